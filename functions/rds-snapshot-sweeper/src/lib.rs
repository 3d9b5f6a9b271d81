#![doc = include_str!("../README.md")]

mod config;
mod error;
mod event;
mod executions;
mod made;
mod metric;
mod sweep;

use std::io::Write;

use aws_types::SdkConfig;
use jiff::Timestamp;
use lambda_edge::ConfigError;
use serde::Serialize;
use serde_json::Value;

pub use config::Config;
pub use error::SweepError;

use crate::sweep::Sweep;

/// The answer of an invocation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Response {
    /// What RDS has begun to delete.
    pub swept: Vec<Swept>,
    /// How many temporary resources of the stack stay for now: their run goes on or ended only just now, or RDS is busy
    /// with them. Final snapshots do not count: they are there to stay.
    pub kept: usize,
}

/// Something that was left behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// `instance` or `snapshot`.
    pub kind: &'static str,
    /// Identifier.
    pub id: String,
    /// ARN of the execution that made it.
    pub execution: String,
}

/// The function: its configuration and its clients.
pub struct Function {
    sweep: Result<Sweep, ConfigError>,
}

impl Function {
    /// A bad configuration is kept and reported by every invocation, in words. Ending the process instead would make
    /// Lambda start it again and again.
    #[must_use]
    pub fn new(config: Result<Config, ConfigError>, sdk_config: &SdkConfig) -> Self {
        Self {
            sweep: config.map(|config| Sweep::new(config, sdk_config)),
        }
    }

    /// Sweeps once, and writes the metric to `metrics`, whatever came of it. `clock` is the time where the event has none.
    pub async fn answer(
        &self,
        event: &Value,
        clock: Timestamp,
        mut metrics: impl Write,
    ) -> Result<Response, SweepError> {
        let sweep = self.sweep.as_ref().map_err(Clone::clone).inspect_err(|error| {
            tracing::error!(outcome = "InvalidConfiguration", %error);
        })?;
        let now = event::time(event, clock).inspect_err(|error| {
            tracing::error!(outcome = error.name(), %error);
        })?;
        let (response, failures) = sweep.run(now).await;
        // Standard output is the only way to CloudWatch: there is nobody to tell that it is closed.
        let _ = writeln!(metrics, "{}", metric::line(sweep.stack(), response.swept.len(), now));
        if failures.is_empty() {
            tracing::info!(outcome = "done", swept = response.swept.len(), kept = response.kept);
            return Ok(response);
        }
        let error = SweepError::SweepIncomplete(failures);
        tracing::error!(outcome = error.name(), swept = response.swept.len(), kept = response.kept, %error);
        Err(error)
    }
}
