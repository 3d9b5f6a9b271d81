//! CloudWatch Logs in this function's words. The only file that names its SDK.

use aws_client::{CallError, OnDemand};
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::operation::delete_subscription_filter::DeleteSubscriptionFilterError;
use aws_sdk_cloudwatchlogs::operation::describe_log_groups::DescribeLogGroupsError;
use aws_sdk_cloudwatchlogs::operation::describe_subscription_filters::DescribeSubscriptionFiltersError;
use aws_sdk_cloudwatchlogs::operation::put_retention_policy::PutRetentionPolicyError;
use aws_sdk_cloudwatchlogs::operation::put_subscription_filter::PutSubscriptionFilterError;
use aws_sdk_cloudwatchlogs::types::{LogGroup, LogGroupClass, SubscriptionFilter};
use aws_types::SdkConfig;

use crate::action::OurFilter;
use crate::group::{Class, Filter, Group, Retention};
use crate::turn::Page;

/// The most that AWS gives
/// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html>).
const GROUPS_A_PAGE: i32 = 50;

/// What AWS says while the destination cannot be written to yet: it sends a test message before it accepts a filter,
/// and a role or stream that was only just made fails it
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>).
const NOT_READY: [&str; 2] = [
    "Could not deliver test message",
    "permission to assume the provided role",
];

/// CloudWatch Logs. The SDK's client is made by the first call.
pub(crate) struct Logs {
    client: OnDemand<Client>,
}

/// What AWS answers to a page's token.
#[derive(Debug)]
pub(crate) enum Listing {
    Page(Page),
    /// AWS does not know the token (any more): it expires after 24 hours.
    TokenExpired(CallError),
}

/// What became of the wish to put our filter.
#[derive(Debug)]
pub(crate) enum Subscription {
    Made,
    /// The group has as many filters as it can have: others were faster.
    Full,
    /// The group, or the destination, is not there.
    Missing(CallError),
    /// Another change is under way, or the destination does not take events yet: the same call may succeed later.
    Later(CallError),
}

/// What became of the wish to change a group in another way.
#[derive(Debug)]
pub(crate) enum Change {
    Made,
    /// The group, or the filter, is not there.
    Missing,
    /// Another change is under way: the same call may succeed later.
    Later(CallError),
}

impl Logs {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: OnDemand::new(config, Client::new),
        }
    }

    /// A page of the list of all log groups, the first where there is no token.
    pub(crate) async fn page(&self, token: Option<&str>) -> Result<Listing, CallError> {
        let request = self.client.describe_log_groups().limit(GROUPS_A_PAGE);
        match request.set_next_token(token.map(str::to_owned)).send().await {
            Ok(page) => Ok(Listing::Page(Page {
                groups: page
                    .log_groups
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(group)
                    .collect(),
                token: page.next_token,
            })),
            Err(error)
                if token.is_some()
                    && error
                        .as_service_error()
                        .is_some_and(DescribeLogGroupsError::is_invalid_parameter_exception) =>
            {
                Ok(Listing::TokenExpired(error.into()))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The log group of exactly this name, if there is one: the first of those whose name begins so, as they are sorted.
    pub(crate) async fn group(&self, name: &str) -> Result<Option<Group>, CallError> {
        let request = self.client.describe_log_groups().log_group_name_prefix(name);
        let found = request.limit(1).send().await?.log_groups.unwrap_or_default();
        Ok(found.into_iter().filter_map(group).find(|group| group.name == name))
    }

    /// All subscription filters of a group; none if there is no such group.
    pub(crate) async fn filters(&self, group: &str) -> Result<Option<Vec<Filter>>, CallError> {
        let request = self.client.describe_subscription_filters().log_group_name(group);
        let pages = request.into_paginator().items().send();
        match pages.collect::<Result<Vec<_>, _>>().await {
            Ok(filters) => Ok(Some(filters.into_iter().map(filter).collect())),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DescribeSubscriptionFiltersError::is_resource_not_found_exception) =>
            {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Puts our filter, also over one of its name
    /// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html>).
    pub(crate) async fn subscribe(&self, group: &str, filter: &OurFilter) -> Result<Subscription, CallError> {
        use PutSubscriptionFilterError as E;
        let request = self
            .client
            .put_subscription_filter()
            .log_group_name(group)
            .filter_name(&filter.name)
            .filter_pattern("")
            .destination_arn(&filter.destination)
            .set_role_arn(filter.role.clone());
        let Err(error) = request.send().await else {
            return Ok(Subscription::Made);
        };
        match error.as_service_error() {
            Some(E::LimitExceededException(_)) => Ok(Subscription::Full),
            Some(E::ResourceNotFoundException(_)) => Ok(Subscription::Missing(error.into())),
            Some(E::OperationAbortedException(_)) => Ok(Subscription::Later(error.into())),
            Some(E::InvalidParameterException(refusal)) if is_not_ready(refusal.message()) => {
                Ok(Subscription::Later(error.into()))
            }
            _ => Err(error.into()),
        }
    }

    /// Deletes the filter of this name.
    pub(crate) async fn unsubscribe(&self, group: &str, filter: &str) -> Result<Change, CallError> {
        use DeleteSubscriptionFilterError as E;
        let request = self.client.delete_subscription_filter();
        let Err(error) = request.log_group_name(group).filter_name(filter).send().await else {
            return Ok(Change::Made);
        };
        match error.as_service_error() {
            Some(E::ResourceNotFoundException(_)) => Ok(Change::Missing),
            Some(E::OperationAbortedException(_)) => Ok(Change::Later(error.into())),
            _ => Err(error.into()),
        }
    }

    /// Keeps the group's log events for `days` from now on.
    pub(crate) async fn set_retention(&self, group: &str, days: i32) -> Result<Change, CallError> {
        use PutRetentionPolicyError as E;
        let request = self.client.put_retention_policy();
        let Err(error) = request.log_group_name(group).retention_in_days(days).send().await else {
            return Ok(Change::Made);
        };
        match error.as_service_error() {
            Some(E::ResourceNotFoundException(_)) => Ok(Change::Missing),
            Some(E::OperationAbortedException(_)) => Ok(Change::Later(error.into())),
            _ => Err(error.into()),
        }
    }

    /// ARN of the stream behind a destination of this account, if there is such a destination.
    pub(crate) async fn destination(&self, name: &str) -> Result<Option<String>, CallError> {
        let request = self.client.describe_destinations().destination_name_prefix(name);
        let found = request
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await?;
        let exact = found
            .into_iter()
            .find(|found| found.destination_name.as_deref() == Some(name));
        Ok(exact.and_then(|found| found.target_arn))
    }
}

fn is_not_ready(message: Option<&str>) -> bool {
    message.is_some_and(|message| NOT_READY.iter().any(|phrase| message.contains(phrase)))
}

/// A group without a class is of the standard one: regions without classes leave it out.
fn group(found: LogGroup) -> Option<Group> {
    let class = match found.log_group_class {
        None | Some(LogGroupClass::Standard) => Class::Standard,
        Some(_) => Class::Other,
    };
    let retention = match (found.retention_policy_name, found.retention_in_days) {
        (Some(_), _) => Retention::OfAccount,
        (None, Some(days)) => Retention::Days(days),
        (None, None) => Retention::Forever,
    };
    // The one with `:*` is for policies, the one without for tags:
    // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
    let arn = found.log_group_arn.or(found.arn)?;
    Some(Group {
        name: found.log_group_name?,
        arn: arn.strip_suffix(":*").unwrap_or(&arn).to_owned(),
        class,
        retention,
    })
}

fn filter(found: SubscriptionFilter) -> Filter {
    Filter {
        name: found.filter_name.unwrap_or_default(),
        destination: found.destination_arn.unwrap_or_default(),
        role: found.role_arn.filter(|role| !role.is_empty()),
        pattern: found.filter_pattern.unwrap_or_default(),
    }
}
