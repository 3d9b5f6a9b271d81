//! Branches' pipelines. The only file that names CodePipeline's SDK.

use aws_client::{CallError, OnDemand};
use aws_sdk_codepipeline::Client;
use aws_sdk_codepipeline::operation::list_pipeline_executions::ListPipelineExecutionsError;
use aws_sdk_codepipeline::operation::stop_pipeline_execution::StopPipelineExecutionError;
use aws_sdk_codepipeline::types::PipelineExecutionStatus;
use aws_types::SdkConfig;
use branch_build::STOPPED;

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

    /// Ids of the executions under way; none if there is no such pipeline. Executions of a pipeline supersede one another, so
    /// that those under way are among the newest
    /// (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListPipelineExecutions.html>).
    pub(crate) async fn running(&self, pipeline: &str) -> Result<Vec<String>, CallError> {
        let list = self
            .client
            .list_pipeline_executions()
            .pipeline_name(pipeline)
            .max_results(100);
        let listed = match list.send().await {
            Ok(listed) => listed.pipeline_execution_summaries.unwrap_or_default(),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(ListPipelineExecutionsError::is_pipeline_not_found_exception) =>
            {
                return Ok(Vec::new());
            }
            Err(error) => return Err(error.into()),
        };
        let running = listed
            .into_iter()
            .filter(|execution| execution.status == Some(PipelineExecutionStatus::InProgress));
        Ok(running
            .filter_map(|execution| execution.pipeline_execution_id)
            .collect())
    }

    /// Stops an execution at once: what its builds do is stopped apart. One that ends in the meantime is stopped enough.
    pub(crate) async fn stop(&self, pipeline: &str, execution: &str) -> Result<(), CallError> {
        let stop = self.client.stop_pipeline_execution().pipeline_name(pipeline);
        match stop
            .pipeline_execution_id(execution)
            .abandon(true)
            .reason(STOPPED)
            .send()
            .await
        {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(ends) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn ends(error: &StopPipelineExecutionError) -> bool {
    error.is_pipeline_execution_not_stoppable_exception() || error.is_duplicated_stop_request_exception()
}
