#![doc = include_str!("../README.md")]

mod error;
mod record;

use aws_types::SdkConfig;
use codepipeline_job::{Answer, FailureKind, Given, Jobs};
use serde::Serialize;
use serde_json::Value;

pub use error::AnswererError;

use crate::record::Record;

/// The answer of an invocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Response {
    /// The job's id.
    pub job: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It had no answer, and has failed now.
    Failed,
    /// It waits for no answer.
    AlreadyAnswered,
    /// `CodePipeline` does not know it.
    Gone,
}

/// The function: its client.
pub struct Function {
    jobs: Jobs,
}

impl Function {
    /// Opens no connection.
    #[must_use]
    pub fn new(sdk_config: &SdkConfig) -> Self {
        Self {
            jobs: Jobs::new(sdk_config),
        }
    }

    /// Answers the job that a failure record is about.
    pub async fn answer(&self, record: &Value) -> Result<Response, AnswererError> {
        let record = Record::read(record).inspect_err(|error| {
            tracing::error!(outcome = error.name(), %error);
        })?;
        let failure = Answer::Fail {
            message: record.sentence(),
            kind: FailureKind::JobFailed,
        };
        let job = record.job.as_str();
        let given = self.jobs.put(job, failure).await.map_err(|source| {
            let job = job.to_owned();
            let error = AnswererError::ServiceUnavailable { job, source };
            tracing::error!(outcome = error.name(), error = lambda_edge::with_causes(&error));
            error
        })?;
        let outcome = match given {
            Given::Answered(_) => Outcome::Failed,
            Given::AlreadyAnswered => Outcome::AlreadyAnswered,
            Given::Gone => Outcome::Gone,
        };
        tracing::info!(?outcome, job, function = record.function, why = record.why());
        Ok(Response {
            outcome,
            job: record.job,
        })
    }
}
