//! Replays through the real SDK up to the connection, on a clock that moves by itself.

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

mod ends;
mod losing_nothing;
mod order;
mod world;
