//! Invocations through the real SDK up to the connection.
//!
//! Answers of AWS are hand-written and small, after the API references
//! (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/>,
//! <https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/>,
//! <https://docs.aws.amazon.com/firehose/latest/APIReference/>, <https://docs.aws.amazon.com/lambda/latest/api/>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/>, <https://docs.aws.amazon.com/step-functions/latest/apireference/>).

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

mod answers;
mod checking;
mod creating;
mod deleting;
mod turning;

use std::time::Duration;

use aws_client::replay::{Answer, Replay};
use jiff::Timestamp;
use lambda_runtime::Diagnostic;
use log_subscriber::{Config, Function, Invocation, Pauses};
use serde_json::Value;

const ACCOUNT: &str = "123456789012";
const STREAM: &str = "arn:aws:kinesis:us-east-1:123456789012:stream/archive";
const DELIVERY_STREAM: &str = "arn:aws:firehose:us-east-1:123456789012:deliverystream/archive";
const ROLE: &str = "arn:aws:iam::123456789012:role/logs-to-archive";
const OURS: &str = "wrasse-log-archive-5f0c";
const MACHINE: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:log-subscriptions";

/// A configuration: a Kinesis stream of this account, and every log group.
fn config(changes: &[(&str, &str)]) -> Config {
    let good = [
        ("DESTINATION_ARN", STREAM),
        ("DESTINATION_ROLE_ARN", ROLE),
        ("FILTER_NAME", OURS),
        ("INCLUDE_GROUPS", "*"),
        ("RETENTION_DAYS", "0"),
        ("MAXIMUM_GROUPS", "0"),
        ("STACK_NAME", "wrasse"),
        ("STATE_MACHINE_ARN", MACHINE),
    ];
    Config::from_lookup(|name| {
        let mut all = changes.iter().chain(&good);
        all.find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned())
    })
    .unwrap()
}

fn clock() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

/// An invocation with so many seconds left.
fn invocation(seconds: u64) -> Invocation {
    let deadline = u64::try_from(clock().as_millisecond()).unwrap() + seconds * 1_000;
    Invocation::new(clock(), deadline)
}

const NO_PAUSES: Pauses = Pauses {
    before_another_try: Duration::ZERO,
    before_another_look: Duration::ZERO,
};

/// What came of an event: the answer or the error's name and text, the requests in short, and the metrics.
struct Outcome {
    answer: Result<Value, (String, String)>,
    requests: Vec<String>,
    metrics: String,
}

impl Outcome {
    #[track_caller]
    fn answer(&self) -> &Value {
        self.answer.as_ref().unwrap()
    }

    #[track_caller]
    fn error(&self) -> (&str, &str) {
        let (name, text) = self.answer.as_ref().unwrap_err();
        (name, text)
    }
}

/// Every recorded answer must have been asked for.
async fn outcome(config: Config, event: Value, answers: Vec<Answer>) -> Outcome {
    let replay = Replay::new(answers);
    let function = Function::new(Ok(config), &replay.sdk_config(), NO_PAUSES);
    let mut metrics = Vec::new();
    let answer = function.answer(event, invocation(900), &mut metrics).await;
    let outcome = Outcome {
        answer: answer
            .map(|answer| serde_json::to_value(answer).unwrap())
            .map_err(|error| {
                let diagnostic = Diagnostic::from(error);
                (diagnostic.error_type, diagnostic.error_message)
            }),
        requests: replay.requests().iter().map(|request| short(request)).collect(),
        metrics: String::from_utf8(metrics).unwrap(),
    };
    assert!(replay.is_used_up(), "{:?} after {:?}", outcome.answer, outcome.requests);
    outcome
}

/// `SERVICE BODY`, and for a service whose requests are in the address `SERVICE METHOD PATH`.
fn short(request: &str) -> String {
    let (line, body) = request.split_once('\n').unwrap_or((request, ""));
    let (method, address) = line.split_once(' ').unwrap();
    let address = address.split_once("://").unwrap().1;
    let (host, path) = address.split_once('/').unwrap();
    let service = host.trim_end_matches(".amazonaws.com").trim_end_matches(".us-east-1");
    match body {
        "" => format!("{service} {method} /{path}"),
        _ if path.is_empty() => format!("{service} {body}"),
        _ => format!("{service} {method} /{path} {body}"),
    }
}
