//! The scanner agrees with `serde_json` byte for byte, or declines.

mod support;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use support::{LAYOUTS, check, check_parts, near_message};

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn scanner_and_serde_json_agree_on_what_is_nearly_a_message(
        choices in prop::collection::vec(any::<u8>(), 0..400),
        layout in 0..3_usize,
    ) {
        check(&near_message(&choices), LAYOUTS[layout]);
    }

    #[test]
    fn scanner_and_serde_json_agree_on_any_bytes(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        layout in 0..3_usize,
    ) {
        check(&bytes, LAYOUTS[layout]);
    }

    #[test]
    fn the_parts_of_what_is_nearly_a_message_have_its_lines(
        choices in prop::collection::vec(any::<u8>(), 0..400),
        layout in 0..3_usize,
        parts in 0..9_usize,
    ) {
        check_parts(&near_message(&choices), LAYOUTS[layout], parts);
    }
}

/// Were it to decline them all, it would agree too.
#[test]
fn the_scanner_takes_most_of_what_is_nearly_a_message() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = prop::collection::vec(any::<u8>(), 0..100);
    let mut taken = 0;
    for _ in 0..1_000 {
        let choices = strategy.new_tree(&mut runner).unwrap().current();
        taken += usize::from(check(&near_message(&choices), LAYOUTS[0]));
    }
    assert!(taken > 200, "{taken} of 1,000");
}
