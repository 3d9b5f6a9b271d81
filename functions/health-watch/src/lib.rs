#![doc = include_str!("../README.md")]

mod compare;
mod config;
mod error;
mod event;
#[cfg(test)]
mod fixtures;
mod next;
mod pipeline;
mod resume;
mod standing;
mod watch;

use aws_client::ServerTime;
use aws_types::SdkConfig;
use jiff::Timestamp;
use lambda_edge::ConfigError;
use serde_json::Value;

pub use config::Config;
pub use error::WatchError;

use crate::watch::Watch;

/// The function: its configuration and its clients.
pub struct Function {
    watch: Result<Watch, ConfigError>,
}

impl Function {
    /// A bad configuration is kept and reported by every invocation, in words. Ending the process instead would make
    /// Lambda start it again and again.
    #[must_use]
    pub fn new(config: Result<Config, ConfigError>, sdk_config: &SdkConfig, time: ServerTime) -> Self {
        Self {
            watch: config.map(|config| Watch::new(&config, sdk_config, time)),
        }
    }

    /// Takes in one event. `clock` is the time until AWS's answers tell it.
    pub async fn answer(&self, event: &Value, clock: Timestamp) -> Result<(), WatchError> {
        let done = Box::pin(self.take_in(event, clock)).await;
        done.inspect_err(|error| tracing::error!(outcome = error.name(), %error))
    }

    async fn take_in(&self, event: &Value, clock: Timestamp) -> Result<(), WatchError> {
        let watch = self.watch.as_ref().map_err(Clone::clone)?;
        let input = event::read(event).map_err(WatchError::InvalidEvent)?;
        match watch.take_in(input, clock).await {
            problems if problems.is_empty() => Ok(()),
            problems => Err(WatchError::ServiceUnavailable(problems)),
        }
    }
}
