//! A plain HTTPS PUT, for addresses that AWS hands out ready-signed.

use std::error::Error;
use std::fmt;

use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;

use crate::CallError;
use crate::server_time::ServerTime;

/// Puts `body` to a presigned `url`, once, over the configuration's HTTP client and with its time-outs.
///
/// Nothing is signed, and no `Content-Type` is sent: a presigned URL covers the one that it was signed with, which is
/// none for CloudFormation's `ResponseURL`
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html>).
/// Whoever knows the URL may write there, so it is in no error's text.
///
/// # Errors
/// An answer that is no 2xx, no answer, or an address that is none.
pub async fn put(config: &SdkConfig, url: &str, body: String) -> Result<(), CallError> {
    let (endpoint, path) = parts(url).ok_or_else(not_an_address)?;
    let put = Operation::builder()
        .service_name("presigned")
        .operation_name("put")
        .http_client(
            config
                .http_client()
                .unwrap_or_else(|| crate::http::client(ServerTime::default())),
        )
        .endpoint_url(endpoint)
        .no_auth()
        .no_retry()
        .timeout_config(config.timeout_config().cloned().unwrap_or_else(TimeoutConfig::disabled))
        .serializer(|upload: Upload| upload.request())
        .deserializer(|response: &HttpResponse| {
            if response.status().is_success() {
                Ok(())
            } else {
                Err(OrchestratorError::operation(Refusal(ErrorMetadata::builder().build())))
            }
        })
        .build();
    let path = path.to_owned();
    Ok(put.invoke(Upload { path, body }).await?)
}

/// Scheme and authority, then path and query as they came: a signature covers them as they are written.
pub(crate) fn parts(url: &str) -> Option<(&str, &str)> {
    let authority = url.find("://")? + "://".len();
    let path = authority + url[authority..].find('/')?;
    (path > authority).then(|| url.split_at(path))
}

fn not_an_address() -> CallError {
    SdkError::<Refusal, HttpResponse>::construction_failure("the address is no absolute URL").into()
}

/// Has no readable `Debug`: the path holds a signature.
struct Upload {
    path: String,
    body: String,
}

impl Upload {
    fn request(self) -> Result<HttpRequest, BoxError> {
        let mut request = HttpRequest::new(SdkBody::from(self.body));
        request.set_method("PUT")?;
        request.set_uri(self.path)?;
        Ok(request)
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Upload")
    }
}

/// The other side said no. What it said is not kept: S3 repeats parts of the request.
#[derive(Debug)]
pub(crate) struct Refusal(ErrorMetadata);

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("refused")
    }
}

impl Error for Refusal {}

impl ProvideErrorMetadata for Refusal {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_split_where_its_path_begins_and_nothing_else_is() {
        let cases = [
            (
                "https://bucket.s3.amazonaws.com/arn%3Aaws/x?Signature=a%2Bb%3D",
                Some(("https://bucket.s3.amazonaws.com", "/arn%3Aaws/x?Signature=a%2Bb%3D")),
            ),
            ("http://127.0.0.1:4566/", Some(("http://127.0.0.1:4566", "/"))),
            ("https://bucket", None),
            ("https:///path", None),
            ("", None),
        ];
        for (url, expected) in cases {
            assert_eq!(parts(url), expected, "{url}");
        }
    }
}

#[cfg(all(test, feature = "test-util"))]
mod wire {
    use super::*;
    use crate::Outlook;
    use crate::replay::{Answer, Replay};

    const URL: &str = "https://bucket.s3.amazonaws.com/arn%3Aaws/x?Expires=1&Signature=a%2Bb%3D";

    #[tokio::test]
    async fn the_address_arrives_as_it_is_signed() {
        let replay = Replay::new(vec![Answer::ok("")]);
        put(&replay.sdk_config(), URL, "{}".into()).await.unwrap();
        assert_eq!(replay.requests(), [format!("PUT {URL}\n{{}}")]);
    }

    #[tokio::test]
    async fn a_refusal_says_its_status_and_never_the_address() {
        for (status, outlook) in [(500, Outlook::Temporary), (403, Outlook::Refused)] {
            let replay = Replay::new(vec![Answer::error(status, "Signature=secret")]);
            let error = put(&replay.sdk_config(), URL, "{}".into()).await.unwrap_err();
            assert_eq!(error.outlook(), outlook);
            let text = format!("{error} {error:?}");
            assert!(text.contains(&format!("HTTP status {status}")), "{text}");
            assert!(!text.contains("Signature") && !text.contains("s3.amazonaws"), "{text}");
        }
        let error = put(&Replay::new(vec![]).sdk_config(), "Signature=secret", String::new()).await;
        assert!(!format!("{:?}", error.unwrap_err()).contains("secret"));
    }
}
