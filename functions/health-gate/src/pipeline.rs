//! The pipeline that the job is part of. The only file that names CodePipeline's SDK.

use aws_client::{CallError, OnDemand};
use aws_sdk_codepipeline::Client;
use aws_sdk_codepipeline::operation::list_action_executions::ListActionExecutionsError;
use aws_sdk_codepipeline::types::{ActionExecutionDetail, ActionExecutionFilter, ActionExecutionStatus};
use aws_types::SdkConfig;

use crate::parameters::Target;

/// An action execution in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Running {
    pub(crate) stage: String,
    pub(crate) action: String,
    pub(crate) action_execution: String,
    /// The function that it invokes, where it invokes one.
    pub(crate) function: Option<String>,
    /// As the function gets them.
    pub(crate) user_parameters: Option<String>,
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

    /// The actions of an execution that are in progress: none where the pipeline has no such execution, or is gone
    /// (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListActionExecutions.html>).
    pub(crate) async fn running(&self, target: &Target) -> Result<Vec<Running>, CallError> {
        let filter = ActionExecutionFilter::builder().pipeline_execution_id(&target.execution);
        let mut pages = self
            .client
            .list_action_executions()
            .pipeline_name(&target.pipeline)
            .filter(filter.build())
            .into_paginator()
            .items()
            .send();
        let mut found = Vec::new();
        while let Some(action) = pages.next().await {
            match action {
                Ok(action) => found.extend(running(&action)),
                Err(error) if error.as_service_error().is_some_and(is_not_there) => return Ok(Vec::new()),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(found)
    }
}

fn is_not_there(error: &ListActionExecutionsError) -> bool {
    error.is_pipeline_not_found_exception() || error.is_pipeline_execution_not_found_exception()
}

fn running(detail: &ActionExecutionDetail) -> Option<Running> {
    if detail.status() != Some(&ActionExecutionStatus::InProgress) {
        return None;
    }
    let input = detail.input();
    let written = input.and_then(|input| input.configuration());
    // With the variables filled in.
    let resolved = input.and_then(|input| input.resolved_configuration()).or(written);
    Some(Running {
        stage: detail.stage_name()?.to_owned(),
        action: detail.action_name()?.to_owned(),
        action_execution: detail.action_execution_id()?.to_owned(),
        function: written.and_then(|written| written.get("FunctionName").cloned()),
        user_parameters: resolved.and_then(|resolved| resolved.get("UserParameters").cloned()),
    })
}
