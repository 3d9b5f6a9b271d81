//! rds-snapshots. The tests share one deployed stack and one production database, and run one after the other.

mod aborted;
mod account;
mod failures;
mod fleet;
mod refusals;
mod runs;
mod secrets;
