//! The buckets that Lambda takes large layers from. With the artifact's file, the only one that names the SDK of S3.

use std::path::Path;
use std::time::Duration;

use aws_client::{CallError, OnDemand, Outlook};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::put_object::PutObjectError;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ChecksumMode;
use aws_types::SdkConfig;

use crate::archive::LayerZip;
use crate::release::Digest;

/// One attempt to put a layer. 250 MB, as much as Lambda unzips, are 2.1 MB/s then.
const PUT_ATTEMPT_TIMEOUT: Duration = Duration::from_mins(2);
/// A put with all its attempts: what a function of five minutes can spare.
const PUT_TIMEOUT: Duration = Duration::from_mins(3);
/// Bytes that are read from the file at a time, each time on another thread; the SDK's own 4,096 are 60,000 reads.
const BUFFER: usize = 256 * 1024;

/// The buckets of one region. The SDK's client is made by the first call.
pub(crate) struct Buckets {
    client: OnDemand<Client>,
}

impl Buckets {
    /// Of the configuration's region. Opens no connection.
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: OnDemand::new(config, new_client),
        }
    }

    /// Puts a layer there, unless it is there already. S3 compares what arrives with the digest
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html>).
    pub(crate) async fn place(&self, bucket: &str, key: &str, zip: &LayerZip) -> Result<(), CallError> {
        if self.is_there(bucket, key, zip.size, &zip.digest).await? {
            return Ok(());
        }
        self.put(bucket, key, zip.path(), &zip.digest).await
    }

    /// Whether the object has this size and content, as S3 has computed it
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>).
    ///
    /// If S3 refuses, that is no answer yet: without permission to list the bucket it does so for an object that is not there,
    /// and as an answer to HEAD has no body, it says neither with which code nor why. A put then says it.
    async fn is_there(&self, bucket: &str, key: &str, size: u64, digest: &Digest) -> Result<bool, CallError> {
        let request = self.client.head_object().bucket(bucket).key(key);
        let answer = request.checksum_mode(ChecksumMode::Enabled).send().await;
        match answer.map_err(CallError::from) {
            Ok(object) => {
                let found = object.content_length.and_then(|length| u64::try_from(length).ok());
                Ok(found == Some(size) && object.checksum_sha256 == Some(digest.base64()))
            }
            Err(error) if error.outlook() == Outlook::Refused => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Every attempt reads the file anew (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>).
    async fn put(&self, bucket: &str, key: &str, zip: &Path, digest: &Digest) -> Result<(), CallError> {
        let body = ByteStream::read_from().path(zip).buffer_size(BUFFER).build().await;
        let body = body.map_err(SdkError::<PutObjectError, HttpResponse>::construction_failure)?;
        let request = self.client.put_object().bucket(bucket).key(key);
        let request = request.content_type("application/zip").checksum_sha256(digest.base64());
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(PUT_ATTEMPT_TIMEOUT)
            .operation_timeout(PUT_TIMEOUT);
        let patient = Builder::new().timeout_config(timeouts.build());
        request.body(body).customize().config_override(patient).send().await?;
        Ok(())
    }
}

/// Stand-ins for AWS have one endpoint for everything, so buckets cannot be host names there.
fn new_client(config: &SdkConfig) -> Client {
    let stand_in = config.endpoint_url().is_some();
    Client::from_conf(Builder::from(config).force_path_style(stand_in).build())
}

#[cfg(test)]
mod tests;
