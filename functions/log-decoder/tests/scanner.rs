//! The scanner agrees with `serde_json` byte for byte, or declines.

mod support;

use proptest::prelude::*;
use support::{check, near_message};

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn scanner_and_serde_json_agree_on_what_is_nearly_a_message(choices in prop::collection::vec(any::<u8>(), 0..400)) {
        check(&near_message(&choices));
    }

    #[test]
    fn scanner_and_serde_json_agree_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&bytes);
    }
}
