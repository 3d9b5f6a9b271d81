//! The only file that names S3's SDK.

use aws_client::CallError;
use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use sanitizer_contract::MAX_RULES_BYTES;

use crate::config::S3Uri;
use crate::error::{Cause, Error};

/// The bytes of the rules document.
///
/// # Errors
/// [`Error::RulesUnreadable`], [`Error::RulesTooLarge`].
pub(crate) async fn rules(s3: &Client, uri: &S3Uri) -> Result<Vec<u8>, Error> {
    let unreadable = |source: Cause| Error::RulesUnreadable {
        uri: uri.clone(),
        source,
    };
    let request = s3.get_object().bucket(&uri.bucket).key(&uri.key);
    let object = request
        .send()
        .await
        .map_err(|error| unreadable(CallError::from(error).into()))?;
    let mut body = object.body;
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        bytes.extend_from_slice(&chunk.map_err(|error| unreadable(error.into()))?);
        if bytes.len() > MAX_RULES_BYTES {
            return Err(Error::RulesTooLarge {
                uri: uri.clone(),
                limit: MAX_RULES_BYTES,
            });
        }
    }
    Ok(bytes)
}

/// Writes a JSON object, over an earlier one of the same name.
///
/// # Errors
/// [`Error::EvidenceNotWritten`].
pub(crate) async fn put_json(s3: &Client, uri: &S3Uri, json: Vec<u8>) -> Result<(), Error> {
    s3.put_object()
        .bucket(&uri.bucket)
        .key(&uri.key)
        .content_type("application/json")
        .body(ByteStream::from(json))
        .send()
        .await
        .map(|_| ())
        .map_err(|error| Error::EvidenceNotWritten {
            uri: uri.clone(),
            source: CallError::from(error).into(),
        })
}
