//! S3 in this function's words. The only file that names the S3 SDK.

use aws_client::{CallError, OnDemand};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::primitives::ByteStream;
use aws_types::SdkConfig;

/// S3. The SDK's client is made by the first call.
pub(crate) struct S3 {
    client: OnDemand<Client>,
}

impl S3 {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: OnDemand::new(config, new_client),
        }
    }

    /// The object's content; `None` where there is no such object or bucket.
    ///
    /// Without permission to list the bucket S3 answers `AccessDenied` instead
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>).
    pub(crate) async fn read(&self, bucket: &str, key: &str) -> Result<Option<Vec<u8>>, CallError> {
        match self.client.get_object().bucket(bucket).key(key).send().await {
            Ok(object) => Ok(Some(object.body.collect().await?.to_vec())),
            Err(error) => {
                let error = CallError::from(error);
                if matches!(error.code(), Some("NoSuchKey" | "NoSuchBucket")) {
                    Ok(None)
                } else {
                    Err(error)
                }
            }
        }
    }

    /// Writes an object of text, over what may be there.
    pub(crate) async fn write(
        &self,
        bucket: &str,
        key: &str,
        content_type: &str,
        content: Vec<u8>,
    ) -> Result<(), CallError> {
        let request = self
            .client
            .put_object()
            .bucket(bucket)
            .key(key)
            .content_type(content_type)
            .body(ByteStream::from(content));
        request.send().await?;
        Ok(())
    }
}

/// Stand-ins for AWS have one endpoint for everything, so buckets cannot be host names there.
fn new_client(config: &SdkConfig) -> Client {
    let stand_in = config.endpoint_url().is_some();
    Client::from_conf(Builder::from(config).force_path_style(stand_in).build())
}
