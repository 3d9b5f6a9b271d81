//! Recorded answers for wire tests: requests go through the real SDK up to the connection, answers come from a list.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::test_util::{ReplayEvent, StaticReplayClient};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

/// The request id that every recorded answer carries.
pub const REQUEST_ID: &str = "5fb3a1c2-recorded";

/// One answer: HTTP status and body.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status code.
    pub status: u16,
    /// Body, in the wire format of the service.
    pub body: String,
}

impl Answer {
    /// A successful answer.
    #[must_use]
    pub fn ok(body: impl Into<String>) -> Self {
        Self {
            status: 200,
            body: body.into(),
        }
    }

    /// An error answer.
    #[must_use]
    pub fn error(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            body: body.into(),
        }
    }

    /// An error answer in the format of AWS's query protocol, as RDS sends it.
    #[must_use]
    pub fn query_error(status: u16, code: &str, message: &str) -> Self {
        Self::error(
            status,
            format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
                 <RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
            ),
        )
    }
}

/// Answers in the order in which the requests are expected, and the requests that were made.
#[derive(Debug, Clone)]
pub struct Replay {
    client: StaticReplayClient,
    answers: usize,
}

impl Replay {
    /// A request beyond the last answer fails as one that got no answer.
    ///
    /// # Panics
    /// If a status is not an HTTP status.
    #[must_use]
    pub fn new(answers: Vec<Answer>) -> Self {
        let count = answers.len();
        let events = answers
            .into_iter()
            .map(|answer| {
                #[expect(clippy::expect_used, reason = "a test's own mistake")]
                let status = StatusCode::try_from(answer.status).expect("an HTTP status");
                let mut response = HttpResponse::new(status, SdkBody::from(answer.body));
                response.headers_mut().insert("x-amzn-requestid", REQUEST_ID);
                ReplayEvent::new(HttpRequest::new(SdkBody::empty()), response)
            })
            .collect();
        Self {
            client: StaticReplayClient::new(events),
            answers: count,
        }
    }

    /// Region us-east-1, fixed credentials and no retries, so that a fault reaches the code under test at once.
    #[must_use]
    pub fn sdk_config(&self) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
                "AKIATEST", "test", None, None, "replay",
            )))
            .http_client(self.client.clone())
            .retry_config(RetryConfig::disabled())
            .build()
    }

    /// `METHOD URI` and, on a line of its own, the body, of every request so far.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.client
            .actual_requests()
            .map(|request| {
                let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default());
                let line = format!("{} {}", request.method(), request.uri());
                if body.is_empty() {
                    line
                } else {
                    format!("{line}\n{body}")
                }
            })
            .collect()
    }

    /// Whether every recorded answer was asked for.
    #[must_use]
    pub fn is_used_up(&self) -> bool {
        self.client.actual_requests().count() == self.answers
    }
}
