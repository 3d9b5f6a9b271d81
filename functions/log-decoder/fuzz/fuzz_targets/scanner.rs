//! The scanner agrees with `serde_json` byte for byte, or declines; and the parts of a message have the lines of the
//! whole.

#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

use libfuzzer_sys::fuzz_target;

// The first byte says how the message is looked at, and whether the other bytes are one or choices of which one is
// made.
fuzz_target!(|data: &[u8]| {
    let [how, rest @ ..] = data else { return };
    let how = usize::from(*how);
    let layout = support::LAYOUTS[how % 3];
    let parts = how / 6 % 5;
    if how / 3 % 2 == 0 {
        support::check(&support::near_message(rest), layout, parts);
    } else {
        support::check(rest, layout, parts);
    }
});
