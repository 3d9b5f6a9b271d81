//! Step Functions in this function's words. The only file that names its SDK.

use std::sync::OnceLock;

use aws_client::CallError;
use aws_sdk_sfn::Client;
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionError;
use aws_sdk_sfn::types::ExecutionStatus;
use aws_types::SdkConfig;

/// Whether an execution may still use what it made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Execution {
    /// It is running, or may be soon.
    Running,
    /// It ended. Step Functions forgets an execution 90 days after that.
    Over,
}

/// Step Functions. The SDK's client is made by the first call.
pub(crate) struct Executions {
    config: SdkConfig,
    client: OnceLock<Client>,
}

impl Executions {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            config: config.clone(),
            client: OnceLock::new(),
        }
    }

    /// What an execution does (<https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html>).
    pub(crate) async fn look_up(&self, arn: &str) -> Result<Execution, CallError> {
        let client = self.client.get_or_init(|| Client::new(&self.config));
        match client.describe_execution().execution_arn(arn).send().await {
            Ok(execution) => Ok(of_status(&execution.status)),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DescribeExecutionError::is_execution_does_not_exist) =>
            {
                Ok(Execution::Over)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// A redrive that is pending runs again. A status that AWS adds later counts as running: keeping costs money, deleting
/// costs a run.
fn of_status(status: &ExecutionStatus) -> Execution {
    match status {
        ExecutionStatus::Succeeded | ExecutionStatus::Failed | ExecutionStatus::TimedOut | ExecutionStatus::Aborted => {
            Execution::Over
        }
        _ => Execution::Running,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_execution_that_ended_is_over() {
        let cases = [
            ("RUNNING", Execution::Running),
            ("PENDING_REDRIVE", Execution::Running),
            ("A_STATUS_OF_NEXT_YEAR", Execution::Running),
            ("SUCCEEDED", Execution::Over),
            ("FAILED", Execution::Over),
            ("TIMED_OUT", Execution::Over),
            ("ABORTED", Execution::Over),
        ];
        for (status, execution) in cases {
            assert_eq!(of_status(&ExecutionStatus::from(status)), execution, "{status}");
        }
    }
}
