//! The pipelines. The only file that names CodePipeline's SDK.

use aws_client::{CallError, OnDemand, Outlook};
use aws_sdk_codepipeline::Client;
use aws_sdk_codepipeline::config::Builder;
use aws_sdk_codepipeline::config::retry::RetryConfig;
use aws_sdk_codepipeline::operation::get_pipeline_state::GetPipelineStateError;
use aws_sdk_codepipeline::operation::retry_stage_execution::RetryStageExecutionError;
use aws_sdk_codepipeline::types::{ActionExecutionStatus, StageExecutionStatus, StageRetryMode, StageState};
use aws_types::SdkConfig;
use gate_record::Block;

use crate::standing::{Progress, Stage};

/// What became of a retry.
#[derive(Debug)]
pub(crate) enum Retry {
    /// The stage runs again.
    Begun,
    /// CodePipeline has nothing to retry there.
    Refused(CallError),
    /// Nobody knows, or not now.
    Unclear(CallError),
}

/// CodePipeline. The SDK's client is made by the first call.
pub(crate) struct Pipelines {
    client: OnDemand<Client>,
}

impl Pipelines {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: OnDemand::new(config, Client::new),
        }
    }

    /// The block's stage; none where there is none
    /// (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipelineState.html>).
    pub(crate) async fn stage(&self, block: &Block) -> Result<Option<Stage>, CallError> {
        let pipeline = match self.client.get_pipeline_state().name(&block.pipeline).send().await {
            Ok(pipeline) => pipeline,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetPipelineStateError::is_pipeline_not_found_exception) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let stage = pipeline
            .stage_states()
            .iter()
            .find(|stage| stage.stage_name() == Some(&block.stage));
        Ok(stage.and_then(|stage| of_answer(stage, &block.action)))
    }

    /// Retries the failed actions of the block's stage
    /// (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RetryStageExecution.html>). Asked once: if only the
    /// answer was lost, the stage may have failed again by the time that the SDK would ask again, and that would be a second
    /// retry.
    pub(crate) async fn retry(&self, block: &Block) -> Retry {
        let retry = self
            .client
            .retry_stage_execution()
            .pipeline_name(&block.pipeline)
            .stage_name(&block.stage)
            .pipeline_execution_id(&block.execution)
            .retry_mode(StageRetryMode::FailedActions);
        let once = Builder::new().retry_config(RetryConfig::disabled());
        let Err(error) = retry.customize().config_override(once).send().await else {
            return Retry::Begun;
        };
        let nothing_to_retry = error.as_service_error().is_some_and(|error| {
            matches!(
                error,
                RetryStageExecutionError::NotLatestPipelineExecutionException(_)
                    | RetryStageExecutionError::PipelineNotFoundException(_)
                    | RetryStageExecutionError::StageNotFoundException(_)
                    | RetryStageExecutionError::StageNotRetryableException(_)
            )
        });
        let error = CallError::from(error);
        match error.outlook() {
            Outlook::Refused if nothing_to_retry => Retry::Refused(error),
            _ => Retry::Unclear(error),
        }
    }
}

/// None for a stage that nothing was ever in.
fn of_answer(state: &StageState, action: &str) -> Option<Stage> {
    let latest = state.latest_execution()?;
    let action = state
        .action_states()
        .iter()
        .find(|state| state.action_name() == Some(action))
        .and_then(|state| state.latest_execution());
    Some(Stage {
        execution: latest.pipeline_execution_id().to_owned(),
        status: match latest.status() {
            StageExecutionStatus::InProgress => Progress::Running,
            StageExecutionStatus::Failed => Progress::Failed,
            StageExecutionStatus::Succeeded => Progress::Succeeded,
            StageExecutionStatus::Stopped | StageExecutionStatus::Stopping => Progress::Stopped,
            // The pipeline was updated before the stage was done
            // (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StageExecution.html).
            StageExecutionStatus::Cancelled => Progress::Cancelled,
            _ => Progress::Other,
        },
        action: action.and_then(|action| {
            let progress = match action.status()? {
                ActionExecutionStatus::InProgress => Progress::Running,
                ActionExecutionStatus::Failed => Progress::Failed,
                ActionExecutionStatus::Succeeded => Progress::Succeeded,
                ActionExecutionStatus::Abandoned => Progress::Stopped,
                _ => Progress::Other,
            };
            Some((action.action_execution_id()?.to_owned(), progress))
        }),
    })
}
