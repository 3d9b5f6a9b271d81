//! Lambda in this function's words. The only file that names its SDK.

use aws_client::{CallError, OnDemand};
use aws_sdk_lambda::Client;
use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationError;
use aws_types::SdkConfig;

use crate::arn::Arn;
use crate::guard::Mapping;

/// Lambda. The SDK's client is made by the first call.
pub(crate) struct Functions {
    client: OnDemand<Client>,
}

impl Functions {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: OnDemand::new(config, Client::new),
        }
    }

    /// Every event source mapping of the account and region, over all pages: Lambda finds them by one source only, and
    /// here several count.
    pub(crate) async fn mappings(&self) -> Result<Vec<Mapping>, CallError> {
        let pages = self.client.list_event_source_mappings().into_paginator().items().send();
        let all = pages.collect::<Result<Vec<_>, _>>().await?;
        let mappings = all.into_iter().filter_map(|mapping| {
            Some(Mapping {
                source: mapping.event_source_arn?,
                function: mapping.function_arn?,
            })
        });
        Ok(mappings.collect())
    }

    /// Name of the log group that a function writes to; that of a deleted one is where Lambda puts it by default
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html>).
    pub(crate) async fn log_group(&self, arn: &str) -> Result<String, CallError> {
        let name = Arn::parse(arn).map_or(arn, |arn| arn.name());
        let default = || format!("/aws/lambda/{name}");
        match self.client.get_function_configuration().function_name(arn).send().await {
            Ok(function) => Ok(function
                .logging_config
                .and_then(|logging| logging.log_group)
                .unwrap_or_else(default)),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetFunctionConfigurationError::is_resource_not_found_exception) =>
            {
                Ok(default())
            }
            Err(error) => Err(error.into()),
        }
    }
}
