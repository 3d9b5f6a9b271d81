//! An invocation's time.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// When an invocation began, and how long it may take.
#[derive(Debug, Clone, Copy)]
pub struct Invocation {
    began: Timestamp,
    measured_from: Instant,
    budget: Duration,
}

impl Invocation {
    /// `deadline` is Lambda's, in milliseconds since 1970
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-next>).
    #[must_use]
    pub fn new(clock: Timestamp, deadline: u64) -> Self {
        let now = u64::try_from(clock.as_millisecond()).unwrap_or_default();
        Self {
            began: clock,
            measured_from: Instant::now(),
            budget: Duration::from_millis(deadline.saturating_sub(now)),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.measured_from.elapsed()).unwrap_or_default();
        self.began.saturating_add(passed).unwrap_or(self.began)
    }

    pub(crate) fn remaining(&self) -> Duration {
        self.budget.saturating_sub(self.measured_from.elapsed())
    }
}
