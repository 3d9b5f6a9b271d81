//! The scanner agrees with `serde_json` byte for byte, or declines; and the parts of a message have the lines of the whole. The first byte says
//! whether the others are a message or choices of which one is made.

#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    match data {
        [] => {}
        [b'{', ..] => _ = support::check(data),
        [_, choices @ ..] => _ = support::check(&support::near_message(choices)),
    }
});
