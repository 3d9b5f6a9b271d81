//! The other functions of the stack. The only file that names Lambda's SDK.

use aws_client::{CallError, OnDemand};
use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use aws_types::SdkConfig;
use serde_json::json;

/// The other functions. The SDK's client is made by the first call.
pub(crate) struct Functions {
    client: OnDemand<Client>,
}

impl Functions {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: OnDemand::new(config, Client::new),
        }
    }

    /// Hands a branch to a function, which Lambda then invokes by itself, again if it fails.
    pub(crate) async fn hand_over(&self, function: &str, branch: &str) -> Result<(), CallError> {
        let payload = Blob::new(json!({ "branch": branch }).to_string());
        let invoke = self.client.invoke().function_name(function);
        invoke
            .invocation_type(InvocationType::Event)
            .payload(payload)
            .send()
            .await?;
        Ok(())
    }
}
