//! What an invocation brings beside its event.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use jiff::Timestamp;
use lambda_runtime::Context;
use tokio::time::Instant;

/// Kept of an invocation's time, after the last put, for writing the answer and sending it: some seconds on the slowest
/// function.
const RESERVE: Duration = Duration::from_secs(10);

/// Time, randomness and name.
#[derive(Debug)]
pub struct Invocation<'c, R> {
    /// The function's name: the dimension of its metrics.
    pub function: &'c str,
    /// When it takes place.
    pub clock: Timestamp,
    /// When putting back has to end.
    pub deadline: Instant,
    /// Numbers from 0 to below 1.
    pub random: R,
}

impl<'c> Invocation<'c, fn() -> f64> {
    /// As Lambda tells it.
    #[must_use]
    pub fn of(context: &'c Context) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the edge at which an invocation gets its time")]
        let clock = Timestamp::now();
        Self {
            function: &context.env_config.function_name,
            clock,
            deadline: Instant::now() + left(context.deadline, clock),
            random,
        }
    }
}

/// What is left for putting back of an invocation that ends at `deadline`, in milliseconds since 1970.
fn left(deadline: u64, clock: Timestamp) -> Duration {
    let now = u64::try_from(clock.as_millisecond()).unwrap_or_default();
    Duration::from_millis(deadline.saturating_sub(now)).saturating_sub(RESERVE)
}

/// From 0 to below 1, by the standard library's seeds: good enough to spread pauses.
fn random() -> f64 {
    let bits = RandomState::new().hash_one(()) >> 32;
    let bits = bits as u32;
    f64::from(bits) / (f64::from(u32::MAX) + 1.0)
}

/// A panic's text can quote what it was about, a log, and goes to the function's own log: from now on only its place does.
pub fn keep_panics_quiet() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(
            outcome = "Panicked",
            place,
            "a fault of this function: please report it"
        );
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn putting_back_ends_before_the_invocation_does() {
        let clock: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let cases = [(60_000, 50_000), (10_001, 1), (10_000, 0), (3_000, 0), (-1, 0)];
        for (milliseconds, expected) in cases {
            let deadline = u64::try_from(clock.as_millisecond() + milliseconds).unwrap();
            assert_eq!(left(deadline, clock), Duration::from_millis(expected), "{milliseconds}");
        }
    }

    #[test]
    fn random_numbers_are_from_0_to_below_1_and_differ() {
        let numbers: Vec<f64> = (0..100).map(|_| random()).collect();
        assert!(numbers.iter().all(|number| (0.0..1.0).contains(number)), "{numbers:?}");
        assert!(
            numbers.iter().any(|number| (number - numbers[0]).abs() > 0.01),
            "{numbers:?}"
        );
    }
}
