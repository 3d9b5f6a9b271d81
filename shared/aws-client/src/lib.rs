//! Knows how our binaries reach AWS: one HTTP client (rustls over ring), time-outs, retries, where region and
//! credentials come from, what time AWS has, and whether a failed call is worth another try. Does not know any service.
//!
//! Building the configuration opens no file and no connection. What only a request needs (root certificates, the TLS
//! set-up, the credentials chain) is loaded by the first request: a function polls for its first event before that.

mod call_error;
mod config;
mod get;
mod http;
mod on_demand;
mod put;
#[cfg(feature = "test-util")]
pub mod replay;
mod server_time;

pub use call_error::{CallError, Outlook};
pub use config::{Environment, sdk_config, sdk_config_and_time};
pub use get::{Got, get};
pub use on_demand::OnDemand;
pub use put::put;
pub use server_time::ServerTime;
