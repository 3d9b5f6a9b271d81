#![doc = include_str!("../README.md")]

mod bucket;
mod config;
mod error;
mod event;
mod finish;
mod functions;
mod pipelines;
mod projects;
mod runs;

use aws_client::ServerTime;
use aws_types::SdkConfig;
use jiff::Timestamp;
use lambda_edge::ConfigError;
use serde_json::{Value, json};

pub use config::Config;
pub use error::FinishError;

use crate::finish::{Finisher, Outcome};

/// The function: its configuration and its clients.
pub struct Function {
    finisher: Result<Finisher, ConfigError>,
    time: ServerTime,
}

impl Function {
    /// A bad configuration is kept and reported by every invocation, in words. Ending the process instead would make
    /// Lambda start it again and again.
    #[must_use]
    pub fn new(config: Result<Config, ConfigError>, sdk_config: &SdkConfig, time: ServerTime) -> Self {
        Self {
            finisher: config.map(|config| Finisher::new(config, sdk_config)),
            time,
        }
    }

    /// Goes on after one build's end. `clock` is the time until AWS's answers tell it.
    pub async fn answer(&self, event: &Value, clock: Timestamp) -> Result<Value, FinishError> {
        let done = Box::pin(self.take_in(event, clock)).await;
        match &done {
            Ok(outcome) => tracing::info!(outcome = outcome.to_string(), "done"),
            Err(error) => tracing::error!(outcome = error.name(), %error),
        }
        done.map(|outcome| json!({ "outcome": outcome.to_string() }))
    }

    async fn take_in(&self, event: &Value, clock: Timestamp) -> Result<Outcome, FinishError> {
        let finisher = self.finisher.as_ref().map_err(Clone::clone)?;
        let ended = event::read(event).map_err(FinishError::InvalidEvent)?;
        finisher.go_on(&ended, || self.time.now(clock)).await
    }
}
