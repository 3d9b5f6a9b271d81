#![doc = include_str!("../README.md")]

mod bucket;
mod config;
mod create;
mod deployment;
mod error;
mod pipeline;
mod repository_file;

use aws_client::ServerTime;
use aws_types::SdkConfig;
use branch_build::Occurrence;
use jiff::Timestamp;
use lambda_edge::ConfigError;
use serde_json::{Value, json};

pub use config::Config;
pub use error::CreateError;

use crate::create::{Creator, Outcome};

/// The function: its configuration and its clients.
pub struct Function {
    creator: Result<Creator, ConfigError>,
    time: ServerTime,
}

impl Function {
    /// A bad configuration is kept and reported by every invocation, in words. Ending the process instead would make
    /// Lambda start it again and again.
    #[must_use]
    pub fn new(config: Result<Config, ConfigError>, sdk_config: &SdkConfig, time: ServerTime) -> Self {
        Self {
            creator: config.map(|config| Creator::new(config, sdk_config)),
            time,
        }
    }

    /// Does what is to be done for the branch of one event. `clock` is the time until AWS's answers tell it.
    pub async fn answer(&self, event: &Value, clock: Timestamp) -> Result<Value, CreateError> {
        let done = Box::pin(self.take_in(event, clock)).await;
        match &done {
            Ok(outcome) => tracing::info!(outcome = outcome.to_string(), "done"),
            Err(error) => tracing::error!(outcome = error.name(), %error),
        }
        done.map(|outcome| json!({ "outcome": outcome.to_string() }))
    }

    async fn take_in(&self, event: &Value, clock: Timestamp) -> Result<Outcome, CreateError> {
        let creator = self.creator.as_ref().map_err(Clone::clone)?;
        let occurrence = Occurrence::read(event, creator.repository()).map_err(CreateError::InvalidEvent)?;
        let Some(occurrence) = occurrence else {
            return Ok(Outcome::OfSomethingElse);
        };
        creator.look_after(&occurrence, || self.time.now(clock)).await
    }
}
