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
            deadline: Instant::now() + lambda_edge::left(context.deadline, clock, RESERVE),
            random,
        }
    }
}

/// From 0 to below 1, by the standard library's seeds: good enough to spread pauses.
fn random() -> f64 {
    let bits = RandomState::new().hash_one(()) >> 32;
    let bits = bits as u32;
    f64::from(bits) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

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
