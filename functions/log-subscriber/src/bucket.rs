//! Whom a bucket notifies. The only file that names S3's SDK.

use aws_client::{CallError, OnDemand};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_types::SdkConfig;

use crate::guard::Notifications;

/// S3. The SDK's client is made by the first call.
pub(crate) struct Buckets {
    client: OnDemand<Client>,
}

impl Buckets {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: OnDemand::new(config, new_client),
        }
    }

    /// The functions and queues that a bucket tells of its objects. What lies behind a topic or EventBridge is not
    /// followed.
    pub(crate) async fn notifications(&self, bucket: &str) -> Result<Notifications, CallError> {
        let found = self
            .client
            .get_bucket_notification_configuration()
            .bucket(bucket)
            .send()
            .await?;
        let functions = found.lambda_function_configurations.unwrap_or_default();
        let queues = found.queue_configurations.unwrap_or_default();
        Ok(Notifications {
            functions: functions
                .into_iter()
                .map(|function| function.lambda_function_arn)
                .collect(),
            queues: queues.into_iter().map(|queue| queue.queue_arn).collect(),
        })
    }
}

/// Stand-ins for AWS have one endpoint for everything, so buckets cannot be host names there.
fn new_client(config: &SdkConfig) -> Client {
    let stand_in = config.endpoint_url().is_some();
    Client::from_conf(Builder::from(config).force_path_style(stand_in).build())
}
