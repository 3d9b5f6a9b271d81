//! The jobs of `CodePipeline`. The only file that names its SDK.

use std::collections::BTreeMap;

use aws_client::{CallError, OnDemand};
use aws_sdk_codepipeline::Client;
use aws_sdk_codepipeline::types::{ExecutionDetails, FailureDetails, FailureType};
use aws_types::SdkConfig;

use crate::answer::{Answer, FailureKind, Given};
use crate::fitting::fitted;

/// `CodePipeline`, to which jobs are answered. The SDK's client is made by the first answer.
pub struct Jobs {
    client: OnDemand<Client>,
}

impl Jobs {
    /// Opens no connection.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self {
            client: OnDemand::new(config, Client::new),
        }
    }

    /// Answers a job. A job that waits for no answer is no error: Lambda delivers an event more than once.
    ///
    /// If the pipeline has no room left for the variables, the answer is given without them.
    ///
    /// # Errors
    /// `CodePipeline` did not take the answer: where it failed temporarily, after the SDK's own retries.
    pub async fn put(&self, job_id: &str, answer: Answer) -> Result<Given, CallError> {
        let answer = fitted(answer);
        let error = match self.call(job_id, &answer).await {
            Ok(()) => return Ok(Given::Answered(answer)),
            Err(error) => error,
        };
        match (error.code(), answer) {
            (Some("InvalidJobStateException"), _) => Ok(Given::AlreadyAnswered),
            (Some("JobNotFoundException"), _) => Ok(Given::Gone),
            (Some("OutputVariablesSizeExceededException"), Answer::Succeed { summary, variables })
                if !variables.is_empty() =>
            {
                let bare = Answer::Succeed {
                    summary: format!("(Without output variables: the pipeline has no room for them.) {summary}"),
                    variables: BTreeMap::new(),
                };
                Box::pin(self.put(job_id, bare)).await
            }
            _ => Err(error),
        }
    }

    /// `PutJobSuccessResult` (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobSuccessResult.html>)
    /// or `PutJobFailureResult` (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobFailureResult.html>).
    async fn call(&self, job_id: &str, answer: &Answer) -> Result<(), CallError> {
        match answer {
            Answer::Succeed { summary, variables } => {
                let request = self.client.put_job_success_result().job_id(job_id);
                let variables = (!variables.is_empty()).then(|| variables.clone().into_iter().collect());
                let request = request.set_execution_details(details(summary, None));
                request.set_output_variables(variables).send().await?;
            }
            Answer::Continue {
                token,
                summary,
                percent,
            } => {
                let request = self.client.put_job_success_result().job_id(job_id);
                let request = request.set_execution_details(details(summary, *percent));
                request.continuation_token(token).send().await?;
            }
            Answer::Fail { message, kind } => {
                let request = self.client.put_job_failure_result().job_id(job_id);
                let details = FailureDetails::builder().r#type(failure(*kind)).message(message);
                // Only what is missing fails, and both are there.
                request.set_failure_details(details.build().ok()).send().await?;
            }
        }
        Ok(())
    }
}

/// A summary has at least one character.
fn details(summary: &str, percent: Option<u8>) -> Option<ExecutionDetails> {
    let summary = (!summary.is_empty()).then(|| summary.to_owned());
    (summary.is_some() || percent.is_some()).then(|| {
        ExecutionDetails::builder()
            .set_summary(summary)
            .set_percent_complete(percent.map(i32::from))
            .build()
    })
}

fn failure(kind: FailureKind) -> FailureType {
    match kind {
        FailureKind::JobFailed => FailureType::JobFailed,
        FailureKind::ConfigurationError => FailureType::ConfigurationError,
        FailureKind::PermissionError => FailureType::PermissionError,
        FailureKind::RevisionOutOfSync => FailureType::RevisionOutOfSync,
        FailureKind::RevisionUnavailable => FailureType::RevisionUnavailable,
        FailureKind::SystemUnavailable => FailureType::SystemUnavailable,
    }
}
