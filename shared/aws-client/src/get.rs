//! A plain GET, for hosts that are not AWS's: over the one HTTP client, so that there is no second TLS stack.

use std::fmt;

use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{Error, Output};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::ser_de::DeserializeResponse;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;

use crate::put::{Refusal, parts};
use crate::server_time::{OfOthers, ServerTime};
use crate::{CallError, Outlook};

/// What a host answered, whatever the status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Got {
    /// HTTP status code.
    pub status: u16,
    /// `Content-Type`, as it came.
    pub content_type: Option<String>,
    /// The whole body of a success; of other answers none.
    pub body: Vec<u8>,
}

/// Gets `url`, once, over the configuration's HTTP client and with its time-outs, but for the body: who calls limits the time.
///
/// Nothing is signed, redirects are not followed, and `headers` may hold secrets: they are in no error's text. The time that the
/// host tells is not taken for AWS's.
///
/// # Errors
/// No answer, one that breaks off or whose body has more than `most` bytes, or an address that is none.
pub async fn get(
    config: &SdkConfig,
    url: &str,
    headers: Vec<(&'static str, String)>,
    most: usize,
) -> Result<Got, CallError> {
    let (endpoint, path) = parts(url).ok_or_else(not_an_address)?;
    let get = Operation::builder()
        .service_name("host")
        .operation_name("get")
        .http_client(
            config
                .http_client()
                .unwrap_or_else(|| crate::http::client(ServerTime::default())),
        )
        .endpoint_url(endpoint)
        .no_auth()
        .no_retry()
        .timeout_config(config.timeout_config().cloned().unwrap_or_else(TimeoutConfig::disabled))
        .serializer(|question: Question| question.request())
        .deserializer_impl::<Answer, Refusal>(Unread)
        .build();
    let path = path.to_owned();
    let answer = get.invoke(Question { path, headers }).await?;
    let body = if (200..300).contains(&answer.status) {
        read(answer.body, most).await?
    } else {
        Vec::new()
    };
    Ok(Got {
        status: answer.status,
        content_type: answer.content_type,
        body,
    })
}

async fn read(body: SdkBody, most: usize) -> Result<Vec<u8>, CallError> {
    let mut body = ByteStream::new(body);
    let mut bytes = Vec::new();
    while let Some(chunk) = body.try_next().await? {
        if bytes.len() + chunk.len() > most {
            let message = format!("the answer has more than {most} bytes");
            return Err(CallError::told(Outlook::Refused, message));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn not_an_address() -> CallError {
    SdkError::<Refusal, HttpResponse>::construction_failure("the address is no absolute URL").into()
}

/// Has no readable `Debug`: a header may be a secret.
struct Question {
    path: String,
    headers: Vec<(&'static str, String)>,
}

impl Question {
    fn request(self) -> Result<HttpRequest, BoxError> {
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_uri(self.path)?;
        request.add_extension(OfOthers);
        for (name, value) in self.headers {
            // Its error would show the value.
            let inserted = request.headers_mut().try_insert(name, value);
            inserted.map_err(|_| format!("the header {name} has characters that no header can have"))?;
        }
        Ok(request)
    }
}

impl fmt::Debug for Question {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Question")
    }
}

#[derive(Debug)]
struct Answer {
    status: u16,
    content_type: Option<String>,
    body: SdkBody,
}

/// Leaves the body unread, so that no more of it is taken than is wanted.
#[derive(Debug)]
struct Unread;

impl DeserializeResponse for Unread {
    fn deserialize_streaming_with_config(
        &self,
        response: &mut HttpResponse,
        _: &ConfigBag,
    ) -> Option<Result<Output, OrchestratorError<Error>>> {
        let content_type = response.headers().get("content-type").map(str::to_owned);
        Some(Ok(Output::erase(Answer {
            status: response.status().as_u16(),
            content_type,
            body: response.take_body(),
        })))
    }

    fn deserialize_nonstreaming_with_config(
        &self,
        _: &HttpResponse,
        _: &ConfigBag,
    ) -> Result<Output, OrchestratorError<Error>> {
        Err(OrchestratorError::other("every answer is read as a stream"))
    }
}
