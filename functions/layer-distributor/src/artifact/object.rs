//! The artifact's object in S3. The only file beside the layer buckets' that names its SDK.

use std::ops::{Deref, Range};

use aws_client::CallError;
use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Builder, ResponseChecksumValidation};
use aws_sdk_s3::primitives::ByteStream;
use aws_types::SdkConfig;
use codepipeline_job::Artifact;

/// An object, with the credentials to read it.
pub(super) struct Object {
    client: Client,
    bucket: String,
    key: String,
}

/// A part of an object, as it comes in.
pub(super) struct Part {
    /// Where in the object it begins.
    pub(super) start: u64,
    /// The whole object's.
    pub(super) size: u64,
    /// Tells this content of the key from any other.
    pub(super) etag: Option<String>,
    body: ByteStream,
}

impl Object {
    /// A pipeline that spans regions has a bucket in the region of every action, into which it copies the artifacts
    /// (<https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-create-cross-region.html>): it is in this region.
    pub(super) fn new(artifact: &Artifact, credentials: &codepipeline_job::Credentials, config: &SdkConfig) -> Self {
        let credentials = Credentials::new(
            credentials.access_key_id(),
            credentials.secret_access_key(),
            Some(credentials.session_token().to_owned()),
            None,
            "codepipeline-job",
        );
        // Stand-ins for AWS have one endpoint for everything, so buckets cannot be host names there.
        let stand_in = config.endpoint_url().is_some();
        let config = Builder::from(config)
            .credentials_provider(credentials)
            .force_path_style(stand_in)
            // What S3 knows is the checksum of the whole object, and this asks for parts.
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        Self {
            client: Client::from_conf(config),
            bucket: artifact.bucket.clone(),
            key: artifact.key.clone(),
        }
    }

    /// The last bytes, all of an object that is smaller. Whatever is wrong is said in the answer's body, which an answer to
    /// `HeadObject` has not (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>).
    pub(super) async fn end(&self, bytes: u64) -> Result<Option<Part>, CallError> {
        self.get(format!("bytes=-{bytes}"), None).await
    }

    /// These bytes of the content with that `ETag`.
    pub(super) async fn part(&self, bytes: &Range<u64>, etag: Option<&str>) -> Result<Option<Part>, CallError> {
        let part = self
            .get(format!("bytes={}-{}", bytes.start, bytes.end - 1), etag)
            .await?;
        Ok(part.filter(|part| part.start == bytes.start))
    }

    /// Nothing where the answer is not a part of the object
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>).
    async fn get(&self, range: String, etag: Option<&str>) -> Result<Option<Part>, CallError> {
        let request = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(&self.key)
            .range(range);
        let answer = request.set_if_match(etag.map(str::to_owned)).send().await?;
        let empty = || (answer.content_length() == Some(0)).then_some((0, 0));
        let place = answer.content_range().map_or_else(empty, place);
        Ok(place.map(|(start, size)| Part {
            start,
            size,
            etag: answer.e_tag,
            body: answer.body,
        }))
    }
}

impl Part {
    /// More of it; nothing after its end.
    pub(super) async fn next(&mut self) -> Result<Option<impl Deref<Target = [u8]>>, CallError> {
        Ok(self.body.try_next().await?)
    }
}

/// First byte and size of the whole: `bytes 0-9/100` (<https://www.rfc-editor.org/rfc/rfc9110#field.content-range>).
fn place(content_range: &str) -> Option<(u64, u64)> {
    let (bytes, size) = content_range.strip_prefix("bytes ")?.split_once('/')?;
    let (start, _) = bytes.split_once('-')?;
    Some((start.parse().ok()?, size.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_says_where_it_begins_and_how_large_the_whole_is() {
        let cases = [
            ("bytes 0-9/100", Some((0, 100))),
            ("bytes 90-99/5368709121", Some((90, 5_368_709_121))),
            ("bytes 0-9/*", None),
            ("bytes */100", None),
            ("items 0-9/100", None),
            ("", None),
        ];
        for (header, expected) in cases {
            assert_eq!(place(header), expected, "{header}");
        }
    }
}
