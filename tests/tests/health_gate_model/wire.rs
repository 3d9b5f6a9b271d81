//! What goes over the connection, in the services' own formats.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::aws_in_memory::wire::{self, Account, date};
use crate::calls::{Calls, Treatment};
use crate::cbor;
use crate::facts::Caller;
use crate::world::World;

pub(crate) use crate::aws_in_memory::wire::Refusal;

/// A way into the account.
pub(crate) type Wire = wire::Wire<World>;

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

impl Account for World {
    type Service = Service;
    type Caller = Caller;
    type Request = Request;

    fn calls(&mut self) -> &mut Calls {
        &mut self.calls
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

    fn treat(&mut self, request: &Request) -> Treatment {
        let treatment = self.calls.next(request.service);
        let failed = !matches!(treatment, Treatment::Answer | Treatment::Stop { .. });
        self.calls.current().blinded |= failed && matches!(request.service, Service::Health | Service::Table);
        treatment
    }

    fn answer(&mut self, request: &Request) -> HttpResponse {
        let answer = self.take_in(request);
        response(request.service, answer, self.now)
    }

    fn refuse(&self, request: &Request, refusal: Refusal) -> HttpResponse {
        response(request.service, Err(refusal), self.now)
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
