//! Amazon SNS. The only file that names its SDK.

use aws_client::{CallError, OnDemand};
use aws_sdk_sns::Client;
use aws_types::SdkConfig;

use crate::Notice;

/// The topic that people and chat clients subscribe to. The SDK's client is made by the first notice.
pub struct Topic {
    arn: String,
    client: OnDemand<Client>,
}

impl Topic {
    /// Opens no connection.
    #[must_use]
    pub fn new(config: &SdkConfig, arn: &str) -> Self {
        Self {
            arn: arn.to_owned(),
            client: OnDemand::new(config, Client::new),
        }
    }

    /// Tells everybody. SNS has it then; that it reaches anybody is SNS's.
    pub async fn send(&self, notice: &Notice) -> Result<(), CallError> {
        let publish = self.client.publish().topic_arn(&self.arn);
        publish
            .subject(notice.subject())
            .message(notice.message())
            .send()
            .await?;
        Ok(())
    }
}
