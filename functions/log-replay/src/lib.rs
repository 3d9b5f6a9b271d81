#![doc = include_str!("../README.md")]

mod bucket;
mod chunk;
mod config;
mod error;
mod invocation;
mod ledger;
mod line;
mod lines;
mod metric;
mod object;
mod outlet;
mod pass;
mod places;
mod replay;
mod request;

use std::io::Write;

use aws_types::SdkConfig;
use lambda_edge::ConfigError;
use serde::Serialize;
use serde_json::Value;

pub use config::Config;
pub use error::{Failure, ReplayError};
pub use invocation::Invocation;

use crate::replay::Replay;

/// The answer of an invocation. Of a dry run: what would be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// Objects that were finished: of which no line stands in the original any more.
    pub objects: u64,
    /// Records that were put into the source.
    pub replayed: u64,
    /// Lines that went to the given-up prefix; an object that is no text of lines counts as one.
    pub given_up: u64,
    /// Lines that the source did not take. They stay under the error prefix.
    pub left: u64,
    /// Whether the time was up before everything was looked at.
    pub more: bool,
    /// Whether nothing was changed.
    pub dry_run: bool,
}

/// The function: its configuration and its clients.
pub struct Function {
    replay: Result<Replay, ConfigError>,
}

impl Function {
    /// A bad configuration is kept and reported by every invocation, in words. Ending the process instead would make
    /// Lambda start it again and again.
    #[must_use]
    pub fn new(config: Result<Config, ConfigError>, sdk_config: &SdkConfig) -> Self {
        Self {
            replay: config.and_then(|config| Replay::new(config, sdk_config)),
        }
    }

    /// Replays once, and writes the metrics to `metrics`, whatever came of it. A dry run writes none.
    pub async fn answer(
        &self,
        event: &Value,
        invocation: &Invocation,
        mut metrics: impl Write,
    ) -> Result<Response, ReplayError> {
        let replay = self.replay.as_ref().map_err(Clone::clone).inspect_err(|error| {
            tracing::error!(outcome = "InvalidConfiguration", %error);
        })?;
        let request = request::read(event, replay.places()).inspect_err(|error| {
            tracing::error!(outcome = error.name(), %error);
        })?;
        let (response, failures) = replay.run(&request, invocation).await;
        if !response.dry_run {
            // Standard output is the only way to CloudWatch: there is nobody to tell that it is closed.
            let _ = writeln!(metrics, "{}", metric::line(replay.stack(), &response, invocation.clock));
        }
        let Response {
            objects,
            replayed,
            given_up,
            left,
            more,
            dry_run,
        } = response;
        if failures.is_empty() {
            tracing::info!(outcome = "done", objects, replayed, given_up, left, more, dry_run);
            return Ok(response);
        }
        let error = ReplayError::ReplayIncomplete(failures);
        tracing::error!(outcome = error.name(), objects, replayed, given_up, left, more, dry_run, %error);
        Err(error)
    }
}
