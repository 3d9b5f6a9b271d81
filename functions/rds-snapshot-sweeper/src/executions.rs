//! Step Functions in this function's words. The only file that names its SDK.

use aws_client::{CallError, OnDemand};
use aws_sdk_sfn::Client;
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionError;
use aws_sdk_sfn::primitives::DateTime;
use aws_sdk_sfn::types::ExecutionStatus;
use aws_types::SdkConfig;
use jiff::Timestamp;

/// What became of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Execution {
    /// It is running, or may be for all that is known.
    Running,
    /// It reached its end.
    Succeeded { ended: Timestamp },
    /// It failed, timed out or was aborted.
    Unsuccessful { ended: Timestamp },
    /// Step Functions does not know it: it forgets an execution 90 days after its end, however it ended
    /// (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>).
    Forgotten,
}

/// Step Functions. The SDK's client is made by the first call.
pub(crate) struct Executions {
    client: OnDemand<Client>,
}

impl Executions {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: OnDemand::new(config, Client::new),
        }
    }

    /// What became of an execution (<https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html>).
    pub(crate) async fn look_up(&self, arn: &str) -> Result<Execution, CallError> {
        match self.client.describe_execution().execution_arn(arn).send().await {
            Ok(execution) => Ok(of_answer(&execution.status, execution.stop_date.as_ref())),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DescribeExecutionError::is_execution_does_not_exist) =>
            {
                Ok(Execution::Forgotten)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// A redrive that is pending runs again. A status that AWS adds later counts as running: keeping costs money, deleting
/// costs a run. So does an end without a date, which the API's model allows: how long ago it was cannot be told, and the
/// temporary resources go at the latest when the execution is forgotten.
fn of_answer(status: &ExecutionStatus, stop_date: Option<&DateTime>) -> Execution {
    let ended = stop_date.and_then(|date| Timestamp::from_nanosecond(date.as_nanos()).ok());
    match (status, ended) {
        (ExecutionStatus::Succeeded, Some(ended)) => Execution::Succeeded { ended },
        (ExecutionStatus::Failed | ExecutionStatus::TimedOut | ExecutionStatus::Aborted, Some(ended)) => {
            Execution::Unsuccessful { ended }
        }
        _ => Execution::Running,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_execution_is_over_only_where_aws_says_how_and_when_it_ended() {
        let stop_date = DateTime::from_secs_and_nanos(1_795_176_000, 250_000_000);
        let ended = "2026-11-20T12:00:00.25Z".parse().unwrap();
        let cases = [
            ("RUNNING", Execution::Running),
            ("PENDING_REDRIVE", Execution::Running),
            ("A_STATUS_OF_NEXT_YEAR", Execution::Running),
            ("SUCCEEDED", Execution::Succeeded { ended }),
            ("FAILED", Execution::Unsuccessful { ended }),
            ("TIMED_OUT", Execution::Unsuccessful { ended }),
            ("ABORTED", Execution::Unsuccessful { ended }),
        ];
        for (status, execution) in cases {
            let status = ExecutionStatus::from(status);
            assert_eq!(of_answer(&status, Some(&stop_date)), execution, "{status}");
            assert_eq!(of_answer(&status, None), Execution::Running, "{status}, no date");
            let beyond_time = DateTime::from_secs(i64::MAX);
            assert_eq!(of_answer(&status, Some(&beyond_time)), Execution::Running, "{status}");
        }
    }
}
