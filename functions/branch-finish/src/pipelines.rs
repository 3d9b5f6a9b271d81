//! Branches' pipelines. The only file that names CodePipeline's SDK.

use aws_client::{CallError, OnDemand};
use aws_sdk_codepipeline::Client;
use aws_sdk_codepipeline::types::PipelineExecutionSummary;
use aws_types::SdkConfig;
use branch_build::STOPPED;
use jiff::Timestamp;

use crate::runs::Run;

/// The pipelines of an account. The SDK's client is made by the first call.
pub(crate) struct Pipelines {
    client: OnDemand<Client>,
}

impl Pipelines {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: OnDemand::new(config, Client::new),
        }
    }

    /// The two newest executions, the newest first, as they are listed
    /// (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListPipelineExecutions.html>).
    pub(crate) async fn newest(&self, pipeline: &str) -> Result<Vec<Run>, CallError> {
        let list = self
            .client
            .list_pipeline_executions()
            .pipeline_name(pipeline)
            .max_results(2);
        let listed = list.send().await?.pipeline_execution_summaries.unwrap_or_default();
        Ok(listed.iter().filter_map(run).collect())
    }

    pub(crate) async fn start(&self, pipeline: &str) -> Result<(), CallError> {
        self.client.start_pipeline_execution().name(pipeline).send().await?;
        Ok(())
    }
}

fn run(execution: &PipelineExecutionSummary) -> Option<Run> {
    let reason = execution.stop_trigger.as_ref().and_then(|stop| stop.reason.as_deref());
    Some(Run {
        started: Timestamp::from_nanosecond(execution.start_time?.as_nanos()).ok()?,
        was_stopped: reason == Some(STOPPED),
    })
}
