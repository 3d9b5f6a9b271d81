//! log-archive. The tests share one deployed archive, and run one after the other.

mod account;
mod archive;
mod delivery;
mod formats;
mod subscriptions;
mod ten_thousand;
