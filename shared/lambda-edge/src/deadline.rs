//! How long an invocation has.

use std::time::Duration;

use jiff::Timestamp;

/// What is left, save `reserve`, of an invocation that Lambda ends at `deadline`, in milliseconds since 1970.
#[must_use]
pub fn left(deadline: u64, clock: Timestamp, reserve: Duration) -> Duration {
    let now = u64::try_from(clock.as_millisecond()).unwrap_or_default();
    Duration::from_millis(deadline.saturating_sub(now)).saturating_sub(reserve)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reserve_is_kept_of_what_is_left() {
        let clock: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let cases = [(60_000, 50_000), (10_001, 1), (10_000, 0), (3_000, 0), (-1, 0)];
        for (milliseconds, expected) in cases {
            let deadline = u64::try_from(clock.as_millisecond() + milliseconds).unwrap();
            let left = left(deadline, clock, Duration::from_secs(10));
            assert_eq!(left, Duration::from_millis(expected), "{milliseconds}");
        }
    }
}
