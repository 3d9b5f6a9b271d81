//! Removing build projects. The only file of this function that names CodeBuild's SDK.

use aws_client::{CallError, OnDemand};
use aws_sdk_codebuild::Client;
use aws_types::SdkConfig;

/// The build projects of an account. The SDK's client is made by the first call.
pub(crate) struct Projects {
    client: OnDemand<Client>,
}

impl Projects {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: OnDemand::new(config, Client::new),
        }
    }

    /// Deletes a project. That there is none is no error, to CodeBuild neither
    /// (<https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteProject.html>).
    pub(crate) async fn delete(&self, name: &str) -> Result<(), CallError> {
        self.client.delete_project().name(name).send().await?;
        Ok(())
    }
}
