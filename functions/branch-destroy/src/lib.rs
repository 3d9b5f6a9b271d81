#![doc = include_str!("../README.md")]

mod bucket;
mod config;
mod destroy;
mod error;
mod pipelines;

use aws_client::ServerTime;
use aws_types::SdkConfig;
use branch_build::Occurrence;
use jiff::Timestamp;
use lambda_edge::ConfigError;
use serde_json::{Value, json};

pub use config::Config;
pub use error::DestroyError;

use crate::destroy::{Destroyer, Outcome};

/// The function: its configuration and its clients.
pub struct Function {
    destroyer: Result<Destroyer, ConfigError>,
    time: ServerTime,
}

impl Function {
    /// A bad configuration is kept and reported by every invocation, in words. Ending the process instead would make
    /// Lambda start it again and again.
    #[must_use]
    pub fn new(config: Result<Config, ConfigError>, sdk_config: &SdkConfig, time: ServerTime) -> Self {
        Self {
            destroyer: config.map(|config| Destroyer::new(config, sdk_config)),
            time,
        }
    }

    /// Does what is to be done for the branch of one event. `clock` is the time until AWS's answers tell it.
    pub async fn answer(&self, event: &Value, clock: Timestamp) -> Result<Value, DestroyError> {
        let done = Box::pin(self.take_in(event, clock)).await;
        match &done {
            Ok(outcome) => tracing::info!(outcome = outcome.to_string(), "done"),
            Err(error) => tracing::error!(outcome = error.name(), %error),
        }
        done.map(|outcome| json!({ "outcome": outcome.to_string() }))
    }

    async fn take_in(&self, event: &Value, clock: Timestamp) -> Result<Outcome, DestroyError> {
        let destroyer = self.destroyer.as_ref().map_err(Clone::clone)?;
        let occurrence = Occurrence::read(event, destroyer.repository()).map_err(DestroyError::InvalidEvent)?;
        let Some(occurrence) = occurrence else {
            return Ok(Outcome::OfSomethingElse);
        };
        destroyer.look_after(&occurrence, || self.time.now(clock)).await
    }
}
