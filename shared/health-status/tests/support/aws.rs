//! AWS, as small as the tests of health-gate and health-watch need it: answers in the order in which they must be asked for.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aws_client::replay::Replay;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use serde_json::{Value, json};

#[path = "cbor.rs"]
#[allow(dead_code, reason = "nothing is decoded here")]
mod cbor;

/// An operation that must be called next, and what comes back.
pub(crate) type Step = (&'static str, Answer);

#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Said(u16, Vec<u8>),
    /// The connection broke.
    Lost,
    /// Nothing comes.
    Silence,
}

pub(crate) fn ok(operation: &'static str, body: &Value) -> Step {
    (operation, Answer::Said(200, body.to_string().into_bytes()))
}

/// An error of a service that speaks JSON.
pub(crate) fn refused(operation: &'static str, status: u16, code: &str) -> Step {
    let body = json!({"__type": code, "message": "in words"});
    (operation, Answer::Said(status, body.to_string().into_bytes()))
}

/// A page of Health's.
pub(crate) fn page(events: &[Value], next: Option<&str>) -> Step {
    health(200, &json!({"events": events, "nextToken": next}))
}

pub(crate) fn health_error(status: u16, code: &str) -> Step {
    health(
        status,
        &json!({"__type": format!("com.amazonaws.health#{code}"), "message": "in words"}),
    )
}

fn health(status: u16, body: &Value) -> Step {
    ("DescribeEvents", Answer::Said(status, cbor::encode(body)))
}

pub(crate) fn published() -> Step {
    let body = "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>";
    ("Publish", Answer::Said(200, body.into()))
}

/// An open issue of EC2 in us-east-1, with changes. A number with a fraction is a time.
pub(crate) fn issue(id: &str, changes: &Value) -> Value {
    let mut event = json!({
        "arn": format!("arn:aws:health:us-east-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/{id}"),
        "service": "EC2",
        "eventTypeCode": "AWS_EC2_OPERATIONAL_ISSUE",
        "eventTypeCategory": "issue",
        "region": "us-east-1",
        "startTime": 1_795_172_400.5,
        "lastUpdatedTime": 1_795_174_200.5,
        "statusCode": "open",
        "eventScopeCode": "PUBLIC",
    });
    let changes = changes.as_object().unwrap().clone();
    event.as_object_mut().unwrap().extend(changes);
    event
}

/// A call: its operation and its body, which of SNS is a form and of Health is not shown.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) operation: String,
    pub(crate) body: Value,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Aws {
    steps: Arc<Mutex<VecDeque<Step>>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Aws {
    pub(crate) fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self {
            steps: Arc::new(Mutex::new(steps.into_iter().collect())),
            calls: Arc::default(),
        }
    }

    /// The house's configuration of wire tests.
    pub(crate) fn config(&self) -> SdkConfig {
        let connector = SharedHttpConnector::new(self.clone());
        let client = http_client_fn(move |_, _| connector.clone());
        let config = Replay::new(Vec::new()).sdk_config().to_builder();
        config.http_client(client).build()
    }

    /// All calls, once every step was taken.
    #[track_caller]
    pub(crate) fn calls(&self) -> Vec<Call> {
        let left: Vec<&str> = self
            .steps
            .lock()
            .unwrap()
            .iter()
            .map(|(operation, _)| *operation)
            .collect();
        let calls = self.calls.lock().unwrap().clone();
        assert!(left.is_empty(), "not called: {left:?}, after {calls:?}");
        calls
    }

    /// The body of the only call of an operation.
    #[track_caller]
    pub(crate) fn the(&self, operation: &str) -> Value {
        let mut calls = self.calls();
        calls.retain(|call| call.operation == operation);
        assert_eq!(calls.len(), 1, "{operation}: {calls:?}");
        calls.remove(0).body
    }

    pub(crate) fn take(&self, call: Call) -> Answer {
        let step = self.steps.lock().unwrap().pop_front();
        let (expected, answer) = step.unwrap_or(("nothing", Answer::Lost));
        // A panic here would be caught and answered, as one of the function is: it stays a step that was not taken.
        if expected != call.operation {
            self.steps.lock().unwrap().push_front((expected, Answer::Lost));
        }
        self.calls.lock().unwrap().push(call);
        answer
    }
}

impl Call {
    pub(crate) fn read(target: Option<&str>, uri: &str, body: &[u8]) -> Self {
        let form = String::from_utf8_lossy(body);
        let (operation, body) = if let Some(target) = target {
            let operation = target.rsplit('.').next().unwrap_or_default();
            (operation, serde_json::from_slice(body).unwrap())
        } else if let Some((_, operation)) = uri.rsplit_once("/operation/") {
            (operation, Value::Null)
        } else {
            assert!(form.starts_with("Action=Publish&"), "{form}");
            ("Publish", Value::from(form.replace("%20", " ")))
        };
        Self {
            operation: operation.to_owned(),
            body,
        }
    }
}

impl HttpConnector for Aws {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target");
        let body = request.body().bytes().unwrap_or_default();
        let answer = self.take(Call::read(target, request.uri(), body));
        HttpConnectorFuture::new(async move {
            match answer {
                Answer::Said(status, body) => Ok(response(status, body)),
                Answer::Lost => Err(ConnectorError::io("the connection broke".into())),
                Answer::Silence => std::future::pending().await,
            }
        })
    }
}

fn response(status: u16, body: Vec<u8>) -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
    // Of Health's protocol, and what others do not look at.
    response.headers_mut().insert("smithy-protocol", "rpc-v2-cbor");
    response.headers_mut().insert("x-amzn-requestid", "req-1");
    response
}
