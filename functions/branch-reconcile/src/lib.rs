#![doc = include_str!("../README.md")]

mod config;
mod error;
mod expiry;
mod failure;
mod found;
mod functions;
mod gathered;
mod look;
mod messages;
mod pace;
mod plan;
mod queue;
mod reconcile;
mod redrive;
mod room;
mod stacks;
mod summary;

use std::time::Duration;

use aws_client::ServerTime;
use aws_types::SdkConfig;
use jiff::Timestamp;
use lambda_edge::ConfigError;
use serde_json::Value;
use tokio::time::Instant;

pub use config::{Config, Functions};
pub use error::ReconcileError;

use crate::reconcile::Reconciler;
use crate::redrive::Redriver;

/// The function: its configuration and its clients.
pub struct Function {
    workers: Result<(Reconciler, Redriver), ConfigError>,
    time: ServerTime,
}

impl Function {
    /// A bad configuration is kept and reported by every invocation, in words. Ending the process instead would make
    /// Lambda start it again and again.
    #[must_use]
    pub fn new(config: Result<Config, ConfigError>, sdk_config: &SdkConfig, time: ServerTime) -> Self {
        let workers = |config: Config| {
            let redriver = Redriver::new(&config, sdk_config);
            (Reconciler::new(config, sdk_config), redriver)
        };
        Self {
            workers: config.map(workers),
            time,
        }
    }

    /// One run, of at most about the time that is `left`. `{"redrive": true}` does again what failed; every other object is a
    /// reconciliation. `clock` is the time until AWS's answers tell it.
    pub async fn answer(&self, event: &Value, clock: Timestamp, left: Duration) -> Result<Value, ReconcileError> {
        let done = Box::pin(self.run(event, clock, Instant::now() + left)).await;
        if let Err(error) = &done {
            tracing::error!(outcome = error.name(), %error);
        }
        done
    }

    async fn run(&self, event: &Value, clock: Timestamp, deadline: Instant) -> Result<Value, ReconcileError> {
        let (reconciler, redriver) = self.workers.as_ref().map_err(Clone::clone)?;
        let (answer, problems) = match event.get("redrive") {
            Some(Value::Bool(true)) => {
                let done = redriver.run(deadline).await?;
                (serde_json::json!(done), done.problems)
            }
            None | Some(Value::Bool(false)) => {
                let summary = reconciler.run(|| self.time.now(clock), deadline).await?;
                (serde_json::json!(summary), summary.problems)
            }
            Some(other) => {
                return Err(ReconcileError::InvalidEvent(format!(
                    "its redrive is {other}, and neither true nor false"
                )));
            }
        };
        tracing::info!(%answer, "done");
        if problems.is_empty() {
            Ok(answer)
        } else {
            Err(ReconcileError::Incomplete(problems))
        }
    }
}
