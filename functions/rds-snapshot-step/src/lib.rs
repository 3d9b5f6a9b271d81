#![doc = include_str!("../README.md")]

mod config;
mod error;
mod rds;
mod request;
mod s3;
mod status;
mod steps;

use aws_types::SdkConfig;
use lambda_edge::ConfigError;
use serde_json::Value;

pub use config::{Config, RulesSource};
pub use error::{StepError, TEMPORARY};
pub use request::{
    Container, Execution, Failure, FrozenRules, Outcome, Request, Response, Run, SnapshotSource, Source,
};

use crate::rds::Rds;
use crate::s3::S3;

/// What a step works with.
pub(crate) struct Context {
    config: Config,
    rds: Rds,
    s3: S3,
}

/// The function: its configuration and its clients.
pub struct Function {
    context: Result<Context, ConfigError>,
}

impl Function {
    /// A bad configuration is kept and reported by every invocation. Ending the process instead would give the state
    /// machine a `Runtime.ExitError` without a word of what to do, and Lambda would start it again and again.
    #[must_use]
    pub fn new(config: Result<Config, ConfigError>, sdk_config: &SdkConfig) -> Self {
        let context = config.map(|config| Context {
            config,
            rds: Rds::new(sdk_config),
            s3: S3::new(sdk_config),
        });
        Self { context }
    }

    /// Does one step, and logs one line about it.
    ///
    /// The event is taken as plain JSON and parsed here: Lambda's own parsing would report a bad one under a Rust type
    /// path instead of [`StepError::InvalidRequest`].
    pub async fn answer(&self, event: Value) -> Result<Response, StepError> {
        let context = self.context.as_ref().map_err(Clone::clone).inspect_err(|error| {
            tracing::error!(outcome = "InvalidConfiguration", %error);
        })?;
        let request = Request::parse(event).inspect_err(|error| {
            tracing::error!(outcome = error.name(), error = lambda_edge::with_causes(error));
        })?;
        let step: &str = (&request).into();
        let run = request.run_id();
        let result = steps::perform(request, context).await;
        match &result {
            Ok(response) => tracing::info!(step, run, outcome = "done", resource = response.resource()),
            Err(error) => {
                let (outcome, message) = (error.name(), lambda_edge::with_causes(error));
                match error {
                    StepError::NotReady(_) => tracing::info!(step, run, outcome, message),
                    StepError::ServiceUnavailable { .. } => tracing::warn!(step, run, outcome, message),
                    _ => tracing::error!(step, run, outcome, message),
                }
            }
        }
        result
    }
}
