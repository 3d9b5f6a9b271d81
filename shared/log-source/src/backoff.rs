//! How long to wait before the next try.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

const FIRST: Duration = Duration::from_millis(100);
/// A shard takes 1 MiB a second: a throttled batch of 5 MiB fits again after that long.
const LONGEST: Duration = Duration::from_secs(5);

/// The pause after the failure number `failed_in_a_row` (from 0): twice as long each time up to 5 s, of which `random`
/// (0 to below 1) decides half.
pub(crate) fn pause(failed_in_a_row: u32, random: f64) -> Duration {
    let whole = FIRST.saturating_mul(2_u32.saturating_pow(failed_in_a_row)).min(LONGEST);
    whole.mul_f64(0.5 + random.clamp(0.0, 1.0) / 2.0)
}

/// A number from 0 to below 1, by the standard library's seeds: good enough to spread pauses.
#[must_use]
pub fn random() -> f64 {
    let bits = RandomState::new().hash_one(()) >> 32;
    #[expect(clippy::cast_precision_loss, reason = "32 bits fit")]
    let number = bits as f64;
    number / 2_f64.powi(32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_five_seconds_and_half_of_each_is_chance() {
        let cases = [
            (0, 0.0, 50),
            (0, 0.5, 75),
            (1, 0.0, 100),
            (5, 0.0, 1_600),
            (6, 0.0, 2_500),
            (u32::MAX, 0.0, 2_500),
            (u32::MAX, 1.0, 5_000),
            (0, 7.0, 100),
            (0, -7.0, 50),
        ];
        for (failed, random, milliseconds) in cases {
            assert_eq!(
                pause(failed, random),
                Duration::from_millis(milliseconds),
                "{failed} {random}"
            );
        }
    }

    #[test]
    fn random_numbers_are_from_0_to_below_1_and_differ() {
        let numbers: Vec<f64> = (0..100).map(|_| random()).collect();
        assert!(numbers.iter().all(|number| (0.0..1.0).contains(number)), "{numbers:?}");
        assert!(numbers.windows(2).any(|two| two[0].to_bits() != two[1].to_bits()));
    }
}
