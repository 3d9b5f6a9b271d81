//! Lambda layers of one region, in this function's words. The only file that names the SDK of Lambda.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_client::{CallError, OnDemand};
use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::Builder;
use aws_sdk_lambda::config::interceptors::InterceptorContext;
use aws_sdk_lambda::config::retry::{ClassifyRetry, RetryAction};
use aws_sdk_lambda::config::timeout::TimeoutConfig;
use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_lambda::operation::publish_layer_version::PublishLayerVersionError;
use aws_sdk_lambda::primitives::{Blob, ByteStreamError};
use aws_sdk_lambda::types::{Architecture, FunctionConfiguration, FunctionVersion, LayerVersionContentInput, Runtime};
use aws_types::SdkConfig;

use crate::parameters::Attributes;
use crate::sharing::Grant;

/// The most that a page of versions or functions holds
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_ListLayerVersions.html>,
/// <https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html>).
const PAGE_SIZE: i32 = 50;
/// One attempt to publish. Lambda fetches the zip from S3 and reads it before it answers; a large one takes far longer than
/// what other calls are given.
const PUBLISH_ATTEMPT_TIMEOUT: Duration = Duration::from_mins(1);
/// A publication with all its attempts, of which all but the last were throttled.
const PUBLISH_TIMEOUT: Duration = Duration::from_mins(2);
/// The one action that a layer's policy can allow
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html>).
const ACTION: &str = "lambda:GetLayerVersion";

/// A version of the layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) number: i64,
    /// With the number at its end.
    pub(crate) arn: String,
    /// Empty where it has none.
    pub(crate) description: String,
}

/// Where Lambda takes a zip from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// The zip itself, in the request.
    Direct(Vec<u8>),
    /// An object in the layer's region.
    Object { bucket: String, key: String },
}

/// One layer in one region. The SDK's client is made by the first call.
pub(crate) struct Layers {
    layer: String,
    client: OnDemand<Client>,
}

impl Layers {
    /// Of the configuration's region. Opens no connection.
    pub(crate) fn new(config: &SdkConfig, layer: &str) -> Self {
        Self {
            layer: layer.to_owned(),
            client: OnDemand::new(config, Client::new),
        }
    }

    /// All versions that are not deleted, the highest number first; none of a layer that is not there
    /// (<https://docs.aws.amazon.com/lambda/latest/api/API_ListLayerVersions.html>).
    pub(crate) async fn versions(&self) -> Result<Vec<Version>, CallError> {
        let pages = self
            .client
            .list_layer_versions()
            .layer_name(&self.layer)
            .into_paginator();
        let mut items = pages.page_size(PAGE_SIZE).items().send();
        let mut versions = Vec::new();
        while let Some(item) = items.next().await {
            let item = match item.map_err(CallError::from) {
                Ok(item) => item,
                Err(error) if is_missing(&error) => return Ok(Vec::new()),
                Err(error) => return Err(error),
            };
            versions.push(Version {
                number: item.version,
                arn: item.layer_version_arn.unwrap_or_default(),
                description: item.description.unwrap_or_default(),
            });
        }
        versions.sort_by_key(|version| std::cmp::Reverse(version.number));
        Ok(versions)
    }

    /// Publishes a version: never twice, whatever becomes of the request.
    ///
    /// Every request that Lambda takes makes another version
    /// (<https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html>), so only one that was throttled is sent
    /// again. After a temporary error the version may be there or not, or come later.
    pub(crate) async fn publish(
        &self,
        description: &str,
        attributes: &Attributes,
        content: Content,
    ) -> Result<Version, CallError> {
        let runtimes = attributes.runtimes.iter().map(|name| Runtime::from(name.as_str()));
        let architectures = attributes.architectures.iter();
        let architectures = architectures.map(|name| Architecture::from(name.as_str()));
        let content = match content {
            Content::Direct(zip) => LayerVersionContentInput::builder().zip_file(Blob::new(zip)),
            Content::Object { bucket, key } => LayerVersionContentInput::builder().s3_bucket(bucket).s3_key(key),
        };
        let request = self.client.publish_layer_version().layer_name(&self.layer);
        let request = request.description(description).content(content.build());
        let request = request
            .set_compatible_runtimes(some(runtimes.collect()))
            .set_compatible_architectures(some(architectures.collect()))
            .set_license_info(attributes.license.clone());
        let answer = match request.customize().config_override(once()).send().await {
            // It broke off while it was read: the version may be there.
            Err(error @ SdkError::ResponseError(_)) => {
                return Err(ByteStreamError::from(std::io::Error::other(error)).into());
            }
            answer => answer?,
        };
        Ok(Version {
            number: answer.version,
            arn: answer.layer_version_arn.unwrap_or_default(),
            description: answer.description.unwrap_or_default(),
        })
    }

    /// The SHA-256 of a version's zip, in base64; none of a version that is not there
    /// (<https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersion.html>).
    pub(crate) async fn code_sha256(&self, number: i64) -> Result<Option<String>, CallError> {
        let request = self.client.get_layer_version().layer_name(&self.layer);
        let answer = request.version_number(number).send().await.map_err(CallError::from);
        let content = found(answer)?.map(|version| version.content);
        // An answer without a hash, which AWS does not give, is no version that has the right one.
        Ok(content.map(|content| content.and_then(|content| content.code_sha256).unwrap_or_default()))
    }

    /// Deletes a version: nobody can begin to use it, and functions that do use it go on
    /// (<https://docs.aws.amazon.com/lambda/latest/api/API_DeleteLayerVersion.html>). One that is gone already is fine.
    pub(crate) async fn delete(&self, number: i64) -> Result<(), CallError> {
        let request = self.client.delete_layer_version().layer_name(&self.layer);
        found(request.version_number(number).send().await.map_err(CallError::from))?;
        Ok(())
    }

    /// A version's policy as JSON; none where nobody outside the account may use it, or there is no such version
    /// (<https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionPolicy.html>).
    pub(crate) async fn policy(&self, number: i64) -> Result<Option<String>, CallError> {
        let request = self.client.get_layer_version_policy().layer_name(&self.layer);
        let answer = request.version_number(number).send().await.map_err(CallError::from);
        Ok(found(answer)?.and_then(|answer| answer.policy))
    }

    /// Adds a statement to a version's policy. That one of its id is there is fine, whatever it says: who must know reads the
    /// policy (<https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html>).
    pub(crate) async fn grant(&self, number: i64, grant: &Grant) -> Result<(), CallError> {
        let (principal, organization) = match grant {
            Grant::Account(account) => (account.as_str(), None),
            Grant::Organization(organization) => ("*", Some(organization.clone())),
            Grant::Public => ("*", None),
        };
        let request = self.client.add_layer_version_permission().layer_name(&self.layer);
        let request = request.version_number(number).statement_id(grant.statement());
        let request = request.action(ACTION).principal(principal);
        match request
            .set_organization_id(organization)
            .send()
            .await
            .map_err(CallError::from)
        {
            Err(error) if error.code() != Some("ResourceConflictException") => Err(error),
            _ => Ok(()),
        }
    }

    /// Removes a statement from a version's policy; one that is gone already is fine
    /// (<https://docs.aws.amazon.com/lambda/latest/api/API_RemoveLayerVersionPermission.html>).
    pub(crate) async fn revoke(&self, number: i64, statement: &str) -> Result<(), CallError> {
        let request = self.client.remove_layer_version_permission().layer_name(&self.layer);
        let request = request.version_number(number).statement_id(statement);
        found(request.send().await.map_err(CallError::from))?;
        Ok(())
    }

    /// The functions of this account and region that use the layer, by the version that they use. A published version of a
    /// function keeps its layers, so all of them are asked; `name:7` is version 7 of a function
    /// (<https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html>).
    pub(crate) async fn users(&self) -> Result<BTreeMap<i64, Vec<String>>, CallError> {
        let pages = self.client.list_functions().function_version(FunctionVersion::All);
        let mut functions = pages.into_paginator().page_size(PAGE_SIZE).items().send();
        let mut users = BTreeMap::<i64, Vec<String>>::new();
        while let Some(function) = functions.next().await {
            let function = function?;
            for number in used(&function, &self.layer) {
                users.entry(number).or_default().push(name(&function));
            }
        }
        Ok(users)
    }
}

/// Whether AWS does not know who asks in this region, which is so where the account has not enabled it.
///
/// Regions since 2019 must be enabled (<https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html>). Until
/// then Lambda and Systems Manager there answer `UnrecognizedClientException`, and services that speak the query protocol
/// `InvalidClientTokenId`, each with "The security token included in the request is invalid"
/// (<https://github.com/epsagon/clear-lambda-storage/issues/9>, <https://github.com/aws/chalice/issues/1445>,
/// <https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/269>). Credentials that are valid nowhere get the same
/// answer; expired ones get another.
pub(crate) fn is_region_disabled(error: &CallError) -> bool {
    matches!(
        error.code(),
        Some("UnrecognizedClientException" | "InvalidClientTokenId")
    )
}

/// Which versions of the layer a function has: of its own account and region, whose layers alone this crate deletes.
fn used(function: &FunctionConfiguration, layer: &str) -> Vec<i64> {
    // `arn:PARTITION:lambda:REGION:ACCOUNT:` is the same, and then `function:NAME` or `layer:NAME:NUMBER`.
    let home = |arn: &str| arn.splitn(6, ':').take(5).map(str::to_owned).collect::<Vec<_>>();
    let function_home = home(function.function_arn().unwrap_or_default());
    let layers = function.layers().iter().filter_map(|layer| layer.arn());
    let number = |arn: &str| {
        let (name, number) = arn.splitn(6, ':').nth(5)?.strip_prefix("layer:")?.split_once(':')?;
        (name == layer && home(arn) == function_home).then(|| number.parse().ok())?
    };
    layers.filter_map(number).collect()
}

fn name(function: &FunctionConfiguration) -> String {
    let name = function.function_name().unwrap_or_default();
    match function.version() {
        None | Some("$LATEST") => name.to_owned(),
        Some(version) => format!("{name}:{version}"),
    }
}

/// An empty list is left out: Lambda has no layer that is compatible with nothing.
fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn found<T>(answer: Result<T, CallError>) -> Result<Option<T>, CallError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_missing(error: &CallError) -> bool {
    error.code() == Some("ResourceNotFoundException")
}

fn once() -> Builder {
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(PUBLISH_ATTEMPT_TIMEOUT)
        .operation_timeout(PUBLISH_TIMEOUT);
    Builder::new()
        .timeout_config(timeouts.build())
        .retry_classifier(OnlyThrottled)
}

/// Forbids to send a request again unless Lambda said that it did not take it. The SDK would also do so after a fault, a
/// broken connection or a time-out. What one classifier forbids, no other allows.
#[derive(Debug)]
struct OnlyThrottled;

impl ClassifyRetry for OnlyThrottled {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else {
            return RetryAction::NoActionIndicated;
        };
        let status = context.response().map(|response| response.status().as_u16());
        let error = error.as_operation_error().and_then(|error| error.downcast_ref());
        if is_throttled(status, error.and_then(PublishLayerVersionError::code)) {
            RetryAction::throttling_error()
        } else {
            RetryAction::RetryForbidden
        }
    }

    fn name(&self) -> &'static str {
        "OnlyThrottled"
    }
}

/// Lambda throttles with `TooManyRequestsException`, status 429
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html>), all of AWS with `ThrottlingException`, status 400
/// (<https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html>).
fn is_throttled(status: Option<u16>, code: Option<&str>) -> bool {
    status == Some(429) || matches!(code, Some("TooManyRequestsException" | "ThrottlingException"))
}

#[cfg(test)]
mod tests;
