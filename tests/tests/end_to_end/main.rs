//! The shipped template, state machine and release binaries, on the embedded engine with a real PostgreSQL. `make test-e2e`
//! starts the engine around this. A folder a system.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends where its own assumption is wrong"
)]

mod branch_environments;
mod deployment;
mod engine;
mod health_gate;
mod layer_distributor;
mod log_archive;
mod rds_snapshots;
mod time_passes;
