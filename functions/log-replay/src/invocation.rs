//! What an invocation brings beside its event.

use std::time::Duration;

use jiff::Timestamp;
use lambda_runtime::Context;
use tokio::time::Instant;

/// Kept of an invocation's time for finishing the object at hand: reading the rest of it and writing that down as left
/// (128 MB, at some 5 MB/s on the smallest functions), the copy and the deletion.
const RESERVE: Duration = Duration::from_mins(1);

/// Time and randomness.
#[derive(Debug, Clone, Copy)]
pub struct Invocation {
    /// When it takes place.
    pub clock: Timestamp,
    /// From when on nothing is put and no object begun.
    pub deadline: Instant,
    /// Numbers from 0 to below 1.
    pub random: fn() -> f64,
}

impl Invocation {
    /// As Lambda tells it.
    #[must_use]
    pub fn of(context: &Context) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the edge at which an invocation gets its time")]
        let clock = Timestamp::now();
        Self {
            clock,
            deadline: Instant::now() + left(context.deadline, clock),
            random: log_source::random,
        }
    }
}

/// What is left for beginning something in an invocation that ends at `deadline`, in milliseconds since 1970.
fn left(deadline: u64, clock: Timestamp) -> Duration {
    let now = u64::try_from(clock.as_millisecond()).unwrap_or_default();
    Duration::from_millis(deadline.saturating_sub(now)).saturating_sub(RESERVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginning_ends_a_minute_before_the_invocation_does() {
        let clock: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        for (milliseconds, expected) in [(900_000, 840_000), (60_001, 1), (60_000, 0), (3_000, 0), (-1, 0)] {
            let deadline = u64::try_from(clock.as_millisecond() + milliseconds).unwrap();
            assert_eq!(left(deadline, clock), Duration::from_millis(expected), "{milliseconds}");
        }
    }
}
