//! The stack's bucket. The only file that names the SDK of S3.

use aws_client::{CallError, OnDemand};
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

    /// Deletes every object whose key begins so. One call each: an environment has a few.
    pub(crate) async fn empty(&self, prefix: &str) -> Result<(), CallError> {
        let list = self.client.list_objects_v2().bucket(&self.name).prefix(prefix);
        let mut pages = list.into_paginator().send();
        while let Some(page) = pages.next().await {
            for key in page?
                .contents
                .unwrap_or_default()
                .into_iter()
                .filter_map(|object| object.key)
            {
                self.client.delete_object().bucket(&self.name).key(key).send().await?;
            }
        }
        Ok(())
    }
}
