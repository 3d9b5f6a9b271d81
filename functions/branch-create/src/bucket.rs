//! The stack's bucket. The only file that names the SDK of S3.

use aws_client::{CallError, OnDemand};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::{Client, config};
use aws_types::SdkConfig;

/// Where the pipeline's template is put for builds to read. The SDK's client is made by the first call.
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

    pub(crate) async fn put(&self, key: &str, text: &'static str) -> Result<(), CallError> {
        let put = self.client.put_object().bucket(&self.name).key(key);
        put.body(ByteStream::from_static(text.as_bytes())).send().await?;
        Ok(())
    }
}
