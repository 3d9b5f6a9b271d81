//! AWS Health and a DNS server, both as small as the tests need them.

// Each test file is a program of its own and uses its own part of this.
#![allow(dead_code)]

pub(crate) mod cbor;
pub(crate) mod dns;

use aws_client::replay::Replay;
use aws_smithy_http_client::test_util::{ReplayEvent, StaticReplayClient};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use aws_types::region::Region;
use health_status::{Filter, Status};
use serde_json::{Value, json};

/// One answer of the API.
#[derive(Clone)]
pub(crate) struct Answer {
    status: u16,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn ok(body: &Value) -> Self {
        Self::raw(200, cbor::encode(body))
    }

    /// An error as the protocol has it
    /// (<https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html#operation-error-serialization>).
    pub(crate) fn error(status: u16, code: &str) -> Self {
        let body = json!({"__type": format!("com.amazonaws.health#{code}"), "message": "in words"});
        Self::raw(status, cbor::encode(&body))
    }

    pub(crate) fn raw(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            body: body.into(),
        }
    }

    pub(crate) fn page(ids: &[&str], next: Option<&str>) -> Self {
        let events: Vec<Value> = ids.iter().map(|id| event(id)).collect();
        Self::ok(&json!({"events": events, "nextToken": next}))
    }
}

pub(crate) fn arn(id: &str) -> String {
    format!("arn:aws:health:us-east-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/{id}")
}

/// An open issue. Times are seconds since 1970: see [`cbor`].
pub(crate) fn event(id: &str) -> Value {
    json!({
        "arn": arn(id),
        "service": "EC2",
        "eventTypeCode": "AWS_EC2_OPERATIONAL_ISSUE",
        "eventTypeCategory": "issue",
        "region": "us-east-1",
        "startTime": 1_795_176_000.0,
        "lastUpdatedTime": 1_795_177_800.5,
        "statusCode": "open",
        "eventScopeCode": "PUBLIC",
    })
}

/// What the SDK asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    pub(crate) uri: String,
    /// The region that the request was signed for.
    pub(crate) signed_for: String,
    pub(crate) body: Value,
}

/// The API: answers in order; after the last one there is no answer.
#[derive(Clone)]
pub(crate) struct Api(StaticReplayClient);

impl Api {
    pub(crate) fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        let events = answers.into_iter().map(|answer| {
            let status = StatusCode::try_from(answer.status).unwrap();
            let mut response = HttpResponse::new(status, SdkBody::from(answer.body));
            response.headers_mut().insert("smithy-protocol", "rpc-v2-cbor");
            response.headers_mut().insert("content-type", "application/cbor");
            response.headers_mut().insert("x-amzn-requestid", "req-1");
            ReplayEvent::new(HttpRequest::new(SdkBody::empty()), response)
        });
        Self(StaticReplayClient::new(events.collect()))
    }

    /// The house's configuration of wire tests, in a stack of `region`.
    pub(crate) fn config(&self, region: &'static str) -> SdkConfig {
        let config = Replay::new(Vec::new()).sdk_config().to_builder();
        config
            .region(Region::from_static(region))
            .http_client(self.0.clone())
            .build()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        let requests = self.0.actual_requests();
        requests
            .map(|request| {
                let authorization = request.headers().get("authorization").unwrap();
                let scope = authorization.split("Credential=").nth(1).unwrap();
                let scope: Vec<&str> = scope.split(',').next().unwrap().split('/').collect();
                assert_eq!(scope[3..], ["health", "aws4_request"]);
                Asked {
                    uri: request.uri().to_owned(),
                    signed_for: scope[2].to_owned(),
                    body: cbor::decode(request.body().bytes().unwrap()),
                }
            })
            .collect()
    }

    /// The region of every request, which its URI and its signature agree on.
    pub(crate) fn regions(&self) -> Vec<String> {
        let region = |asked: Asked| {
            let host = asked.uri.split('/').nth(2).unwrap();
            assert!(
                host.starts_with(&format!("health.{}.amazonaws.com", asked.signed_for)),
                "{asked:?}"
            );
            assert!(asked.uri.ends_with("/operation/DescribeEvents"), "{asked:?}");
            asked.signed_for
        };
        self.asked().into_iter().map(region).collect()
    }
}

/// Open issues of us-east-1.
pub(crate) fn filter() -> Filter {
    Filter {
        regions: vec!["us-east-1".into()],
        services: Vec::new(),
        categories: vec!["issue".into()],
        statuses: vec![Status::Open],
        account_specific: true,
    }
}
