//! Step Functions in this function's words. The only file that names its SDK.

use aws_client::{CallError, OnDemand};
use aws_sdk_sfn::Client;
use aws_sdk_sfn::operation::start_execution::StartExecutionError;
use aws_sdk_sfn::types::ExecutionStatus;
use aws_types::SdkConfig;
use jiff::Timestamp;
use serde_json::Value;

/// The key of an execution's output that names the execution which goes on with its run.
const CONTINUED_BY: &str = "continuedBy";

/// What became of an execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Status {
    Running {
        since: Option<Timestamp>,
    },
    Succeeded {
        /// ARN of the execution that goes on with the run.
        continued_by: Option<String>,
    },
    /// It failed, timed out or was aborted, with this error and cause.
    Unsuccessful(String),
}

/// The executions of one state machine. The SDK's client is made by the first call.
pub(crate) struct Executions {
    machine: String,
    client: OnDemand<Client>,
}

impl Executions {
    pub(crate) fn new(machine: &str, config: &SdkConfig) -> Self {
        Self {
            machine: machine.to_owned(),
            client: OnDemand::new(config, Client::new),
        }
    }

    /// Starts an execution; that one of its name was started before is the same to the caller
    /// (<https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>).
    pub(crate) async fn start(&self, name: &str, input: &Value) -> Result<(), CallError> {
        let request = self.client.start_execution().state_machine_arn(&self.machine);
        match request.name(name).input(input.to_string()).send().await {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(StartExecutionError::is_execution_already_exists) =>
            {
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// ARN of the execution of this name.
    pub(crate) fn arn(&self, name: &str) -> String {
        format!("{}:{name}", self.machine.replacen(":stateMachine:", ":execution:", 1))
    }

    /// What became of an execution (<https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html>).
    pub(crate) async fn look_up(&self, arn: &str) -> Result<Status, CallError> {
        let found = self.client.describe_execution().execution_arn(arn).send().await?;
        let ended_with = || match (found.error.as_deref(), found.cause.as_deref()) {
            (None, None) => found.status.to_string(),
            (error, cause) => format!("{}: {}", error.unwrap_or_default(), cause.unwrap_or_default()),
        };
        Ok(match found.status {
            ExecutionStatus::Succeeded => Status::Succeeded {
                continued_by: found.output.as_deref().and_then(continued_by),
            },
            ExecutionStatus::Failed | ExecutionStatus::TimedOut | ExecutionStatus::Aborted => {
                Status::Unsuccessful(ended_with())
            }
            _ => Status::Running {
                since: Timestamp::from_nanosecond(found.start_date.as_nanos()).ok(),
            },
        })
    }

    /// ARN of the execution that was started last: Step Functions lists the most recent one first
    /// (<https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html>).
    pub(crate) async fn newest(&self) -> Result<Option<String>, CallError> {
        let request = self.client.list_executions().state_machine_arn(&self.machine);
        let found = request.max_results(1).send().await?;
        Ok(found
            .executions
            .into_iter()
            .next()
            .map(|execution| execution.execution_arn))
    }

    /// ARNs of all that run, over all pages.
    pub(crate) async fn running(&self) -> Result<Vec<String>, CallError> {
        let request = self.client.list_executions().state_machine_arn(&self.machine);
        let pages = request
            .status_filter(ExecutionStatus::Running)
            .into_paginator()
            .items()
            .send();
        let running = pages.collect::<Result<Vec<_>, _>>().await?;
        Ok(running.into_iter().map(|execution| execution.execution_arn).collect())
    }

    /// Aborts an execution. One that has ended stays as it is.
    pub(crate) async fn stop(&self, arn: &str, cause: &str) -> Result<(), CallError> {
        self.client
            .stop_execution()
            .execution_arn(arn)
            .cause(cause)
            .send()
            .await?;
        Ok(())
    }
}

fn continued_by(output: &str) -> Option<String> {
    let output: Value = serde_json::from_str(output).ok()?;
    output.get(CONTINUED_BY)?.as_str().map(str::to_owned)
}

/// The name in an execution's ARN.
pub(crate) fn name(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_names_the_execution_that_goes_on() {
        assert_eq!(continued_by(r#"{"continuedBy": "arn"}"#).as_deref(), Some("arn"));
        for output in [r#"{"groups": 7}"#, "null", "", r#"{"continuedBy": 7}"#] {
            assert_eq!(continued_by(output), None, "{output}");
        }
    }
}
