//! S3 in this function's words. The only file that names its SDK.

use aws_client::{CallError, OnDemand};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::primitives::ByteStream;
use aws_types::SdkConfig;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Bytes of an object that are read in one call. No connection is kept open while records are put, which may take minutes.
const RANGE: u64 = 8 * 1024 * 1024;

/// A slash stays in a path, and so does what no URL gives a meaning to.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// An object as it was listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) key: String,
    /// Tells this content of the key from any other.
    pub(crate) etag: String,
    pub(crate) bytes: u64,
}

/// A page of a listing.
pub(crate) struct Page {
    pub(crate) objects: Vec<Object>,
    /// Asks for the next page; none after the last.
    pub(crate) next: Option<String>,
}

/// What became of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Copy {
    Made,
    /// S3's answer says nothing of the copy.
    Unconfirmed,
    /// There is no such object any more.
    Gone,
}

/// The archive's bucket. The SDK's client is made by the first call.
pub(crate) struct Bucket {
    name: String,
    client: OnDemand<Client>,
}

impl Bucket {
    pub(crate) fn new(name: String, config: &SdkConfig) -> Self {
        Self {
            name,
            client: OnDemand::new(config, new_client),
        }
    }

    /// Up to 1,000 objects, in the order of their keys
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>).
    pub(crate) async fn list(&self, prefix: &str, page: Option<String>) -> Result<Page, CallError> {
        let request = self.client.list_objects_v2().bucket(&self.name).prefix(prefix);
        let answer = request.set_continuation_token(page).send().await?;
        let objects = answer.contents.unwrap_or_default().into_iter().filter_map(|object| {
            Some(Object {
                key: object.key?,
                etag: object.e_tag?,
                bytes: u64::try_from(object.size?).ok()?,
            })
        });
        Ok(Page {
            objects: objects.collect(),
            next: answer.next_continuation_token,
        })
    }

    /// The object's bytes from `start` on, as many as make a good call, of the content that was listed; none where it is
    /// gone.
    pub(crate) async fn read(&self, object: &Object, start: u64) -> Result<Option<Vec<u8>>, CallError> {
        let end = object.bytes.min(start + RANGE);
        let request = self.client.get_object().bucket(&self.name).key(&object.key);
        let request = request
            .if_match(&object.etag)
            .range(format!("bytes={start}-{}", end - 1));
        let range = content(request.send().await.map(|answer| answer.body).map_err(CallError::from)).await?;
        Ok(range.filter(|bytes| !bytes.is_empty()))
    }

    /// A small object's content; none where there is none.
    ///
    /// Without permission to list the bucket S3 answers `AccessDenied` instead
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>).
    pub(crate) async fn read_small(&self, key: &str) -> Result<Option<Vec<u8>>, CallError> {
        let request = self.client.get_object().bucket(&self.name).key(key);
        content(request.send().await.map(|answer| answer.body).map_err(CallError::from)).await
    }

    /// Writes an object, over what may be there.
    pub(crate) async fn write(&self, key: &str, content_type: &str, content: Vec<u8>) -> Result<(), CallError> {
        let request = self.client.put_object().bucket(&self.name).key(key);
        let request = request.content_type(content_type).body(ByteStream::from(content));
        request.send().await?;
        Ok(())
    }

    /// Copies the content that was listed, over what may be there; up to 5 GiB
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html>).
    pub(crate) async fn copy(&self, object: &Object, to: &str) -> Result<Copy, CallError> {
        let source = format!("{}/{}", self.name, utf8_percent_encode(&object.key, PATH));
        let request = self.client.copy_object().bucket(&self.name).key(to);
        let request = request.copy_source(source).copy_source_if_match(&object.etag);
        match request.send().await.map_err(CallError::from) {
            Ok(answer) if answer.copy_object_result.is_some() => Ok(Copy::Made),
            Ok(_) => Ok(Copy::Unconfirmed),
            Err(error) if is_gone(&error) => Ok(Copy::Gone),
            Err(error) => Err(error),
        }
    }

    /// Deletes the object if it still has the content that was listed; that it is gone already is fine
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html>).
    pub(crate) async fn delete(&self, object: &Object) -> Result<(), CallError> {
        let request = self.client.delete_object().bucket(&self.name).key(&object.key);
        match request.if_match(&object.etag).send().await.map_err(CallError::from) {
            Ok(_) => Ok(()),
            Err(error) if is_gone(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

async fn content(answer: Result<ByteStream, CallError>) -> Result<Option<Vec<u8>>, CallError> {
    match answer {
        Ok(body) => Ok(Some(body.collect().await?.to_vec())),
        Err(error) if is_gone(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_gone(error: &CallError) -> bool {
    error.code() == Some("NoSuchKey")
}

/// Stand-ins for AWS have one endpoint for everything, so buckets cannot be host names there.
fn new_client(config: &SdkConfig) -> Client {
    let stand_in = config.endpoint_url().is_some();
    Client::from_conf(Builder::from(config).force_path_style(stand_in).build())
}
