//! The connection: requests of the real SDK are answered from the account, or not.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::calls::{Fault, Treatment};
use crate::cbor;
use crate::gates::HOME;
use crate::health::date;
use crate::world::Shared;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Service {
    Health,
    Table,
    Pipelines,
    Topic,
}

/// What was asked for.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) service: Service,
    pub(crate) operation: String,
    pub(crate) body: Value,
}

/// AWS says no.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    status: u16,
    code: String,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &str) -> Self {
        let code = code.to_owned();
        Self { status, code }
    }

    /// The functions use an operation that nobody has taught this account yet.
    pub(crate) fn unknown(operation: &str) -> Self {
        Self::new(400, &format!("UnknownOperation{operation}"))
    }
}

/// A way into the account. `stopped` says that the current invocation's call was stopped.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) world: Shared,
    pub(crate) stopped: Arc<Notify>,
}

impl Wire {
    /// As the house's own, but for the connection.
    pub(crate) fn sdk_config(&self) -> SdkConfig {
        let connector = SharedHttpConnector::new(self.clone());
        let credentials = Credentials::new("AKIAEXAMPLE", "secret", None, None, "model");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(HOME))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .sleep_impl(TokioSleep::new())
            .retry_config(RetryConfig::standard().with_max_attempts(4))
            .timeout_config(
                TimeoutConfig::builder()
                    .operation_attempt_timeout(Duration::from_secs(10))
                    .operation_timeout(Duration::from_secs(25))
                    .build(),
            )
            .build()
    }

    fn answer(&self, request: &Request) -> HttpResponse {
        let mut world = self.world.lock().unwrap();
        let answer = world.answer(request);
        response(request.service, answer, world.now)
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Wire")
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let request = read(&request);
        let (treatment, now) = {
            let mut world = self.world.lock().unwrap();
            (world.calls.next(request.service), world.now)
        };
        let refused = |status, code| {
            let answer = response(request.service, Err(Refusal::new(status, code)), now);
            HttpConnectorFuture::ready(Ok(answer))
        };
        let done = |effect: bool| drop(effect.then(|| self.answer(&request)));
        match treatment {
            Treatment::Answer => HttpConnectorFuture::ready(Ok(self.answer(&request))),
            Treatment::Refuse => refused(403, "AccessDeniedException"),
            Treatment::Fail(Fault::Throttled) => refused(400, "ThrottlingException"),
            Treatment::Fail(Fault::Broken { effect }) => {
                done(effect);
                refused(500, "InternalFailure")
            }
            Treatment::Fail(Fault::Lost { effect }) => {
                done(effect);
                HttpConnectorFuture::ready(Err(ConnectorError::io("the connection broke".into())))
            }
            Treatment::Silence => HttpConnectorFuture::new(std::future::pending()),
            Treatment::Stop { effect } => {
                let answer = effect.then(|| self.answer(&request));
                let go_on = self.world.lock().unwrap().calls.stop();
                self.stopped.notify_one();
                let wire = self.clone();
                HttpConnectorFuture::new(async move {
                    let _ = go_on.await;
                    Ok(answer.unwrap_or_else(|| wire.answer(&request)))
                })
            }
        }
    }
}

fn read(request: &HttpRequest) -> Request {
    let bytes = request.body().bytes().unwrap_or_default();
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    let (service, operation) = match target.split_once('.') {
        Some(("DynamoDB_20120810", operation)) => (Service::Table, operation),
        Some(("CodePipeline_20150709", operation)) => (Service::Pipelines, operation),
        _ if request.uri().contains("/operation/") => {
            (Service::Health, request.uri().rsplit('/').next().unwrap_or_default())
        }
        _ => (Service::Topic, "Publish"),
    };
    Request {
        service,
        operation: operation.to_owned(),
        body: match service {
            Service::Health => cbor::decode(bytes),
            Service::Table | Service::Pipelines => serde_json::from_slice(bytes).unwrap(),
            Service::Topic => Value::Null,
        },
    }
}

/// In the service's own format, with the account's time.
fn response(service: Service, answer: Result<Value, Refusal>, now: Timestamp) -> HttpResponse {
    let (status, body) = match answer {
        Ok(body) => (200, body),
        Err(refusal) => (refusal.status, json!({"__type": refusal.code, "message": "in words"})),
    };
    let body = match service {
        Service::Health => cbor::encode(&body),
        Service::Table | Service::Pipelines => body.to_string().into_bytes(),
        Service::Topic => b"<PublishResponse><PublishResult/></PublishResponse>".to_vec(),
    };
    let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
    response.headers_mut().insert("date", date(now));
    if service == Service::Health {
        response.headers_mut().insert("smithy-protocol", "rpc-v2-cbor");
        response.headers_mut().insert("content-type", "application/cbor");
    }
    response
}
