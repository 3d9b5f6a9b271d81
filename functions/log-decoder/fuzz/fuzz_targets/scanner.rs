//! The scanner agrees with `serde_json` byte for byte, or declines; and the parts of a message have the lines of the
//! whole.

#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

use libfuzzer_sys::fuzz_target;

// The first byte says what is looked at, and whether the other bytes are a message or choices of which one is made.
fuzz_target!(|data: &[u8]| {
    let [how, rest @ ..] = data else { return };
    let how = usize::from(*how);
    let layout = support::LAYOUTS[how % 3];
    let message = if how / 3 % 4 == 0 {
        rest
    } else {
        &support::near_message(rest)
    };
    match how / 12 % 8 {
        0 => support::check_parts(message, layout, how / 96 * 3),
        _ => _ = support::check(message, layout),
    }
});
