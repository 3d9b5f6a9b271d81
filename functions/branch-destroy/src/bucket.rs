//! The stack's bucket. The only file that names the SDK of S3.

use aws_client::{CallError, OnDemand};
use aws_sdk_s3::operation::head_object::HeadObjectError;
use aws_sdk_s3::{Client, config};
use aws_types::SdkConfig;

/// Where sources are kept. The SDK's client is made by the first call.
pub(crate) struct Bucket {
    name: String,
    client: OnDemand<Client>,
}

impl Bucket {
    pub(crate) fn new(name: &str, config: &SdkConfig) -> Self {
        Self {
            name: name.to_owned(),
            // Path style works for every name of a bucket, and for an endpoint without subdomains.
            client: OnDemand::new(config, |config| {
                Client::from_conf(config::Builder::from(config).force_path_style(true).build())
            }),
        }
    }

    pub(crate) async fn has(&self, key: &str) -> Result<bool, CallError> {
        match self.client.head_object().bucket(&self.name).key(key).send().await {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
