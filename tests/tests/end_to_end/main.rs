//! The shipped template, state machine and release binaries, on the embedded engine with a real PostgreSQL. `make test-e2e`
//! starts the engine around this; the tests share one deployed stack and run one after the other.

mod aborted;
mod account;
mod engine;
mod failures;
mod fleet;
mod refusals;
mod runs;
mod secrets;
