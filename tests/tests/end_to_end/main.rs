//! The shipped template, state machine and release binaries, on the embedded engine with a real PostgreSQL. `make test-e2e`
//! starts the engine around this; the tests share one deployed stack and run one after the other.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends where its own assumption is wrong"
)]

mod aborted;
mod account;
mod engine;
mod failures;
mod fleet;
mod refusals;
mod runs;
mod secrets;
