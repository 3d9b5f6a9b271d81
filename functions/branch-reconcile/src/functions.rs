//! Our other functions. The only file that names Lambda's SDK.

use aws_client::{CallError, OnDemand};
use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use aws_types::SdkConfig;
use serde_json::Value;

use crate::pace::{ASKING, Pace};

/// The functions of an account. The SDK's client is made by the first call.
pub(crate) struct Lambda {
    client: OnDemand<Client>,
    pace: Pace,
}

impl Lambda {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: OnDemand::new(config, Client::new),
            pace: Pace::new(ASKING),
        }
    }

    /// Has a function invoked, and does not wait for it: Lambda has the event when this returns
    /// (<https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>).
    pub(crate) async fn ask(&self, function: &str, payload: &Value) -> Result<(), CallError> {
        let invoke = self.client.invoke().function_name(function);
        let invoke = invoke
            .invocation_type(InvocationType::Event)
            .payload(Blob::new(payload.to_string()));
        self.pace.keep(1, Box::pin(invoke.send())).await?;
        Ok(())
    }
}
