//! Invocations through the real SDK up to the connection.
//!
//! Answers of AWS are hand-written and small, after the API references
//! (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/>, <https://docs.aws.amazon.com/health/latest/APIReference/>,
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/>, <https://docs.aws.amazon.com/sns/latest/api/>).

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

#[path = "../../../../shared/health-status/tests/support/aws.rs"]
mod aws;
mod comparing;
mod giving_up;
mod resuming;
mod retrying;
#[path = "../../../../shared/health-status/tests/support/served.rs"]
mod served;
mod taking_in;
mod time;

use aws_client::ServerTime;
use health_watch::{Config, Function};
use jiff::Timestamp;
use lambda_runtime::Diagnostic;
use serde_json::{Value, json};

use crate::aws::{Aws, Step, ok, page, refused};

const ARN: &str = "arn:aws:health:us-east-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/1";
const NOON: i64 = 1_795_176_000_000;
const MINUTE: i64 = 60_000;

fn noon() -> Timestamp {
    Timestamp::from_millisecond(NOON).unwrap()
}

fn config() -> Config {
    Config {
        table: "gate".to_owned(),
        topic: "arn:aws:sns:us-east-1:123456789012:gate".to_owned(),
        // Nobody is there: the usual endpoint is asked.
        dns_server: Some(([127, 0, 0, 1], 9).into()),
    }
}

async fn answer(aws: &Aws, event: &Value) -> Result<(), (String, String)> {
    let function = Function::new(Ok(config()), &aws.config(), ServerTime::default());
    function.answer(event, noon()).await.map_err(|error| {
        let diagnostic = Diagnostic::from(error);
        (diagnostic.error_type, diagnostic.error_message)
    })
}

/// An update of the issue in us-east-1.
fn update(status: &str) -> Value {
    json!({
        "version": "0", "id": "1", "source": "aws.health", "detail-type": "AWS Health Event", "region": "us-east-1",
        "time": "2026-11-20T11:59:00Z", "resources": [],
        "detail": {
            "eventArn": ARN, "service": "EC2", "eventTypeCode": "AWS_EC2_OPERATIONAL_ISSUE", "eventTypeCategory": "issue",
            "eventScopeCode": "PUBLIC", "statusCode": status, "eventRegion": "us-east-1",
            "startTime": "Fri, 20 Nov 2026 11:00:00 GMT", "lastUpdatedTime": "Fri, 20 Nov 2026 11:58:00 GMT",
        },
    })
}

/// A block of the execution e-1 of `shop`, with changes.
fn block(changes: &Value) -> Value {
    let filter = json!({
        "regions": ["us-east-1"], "services": [], "categories": ["issue"], "statuses": ["open"], "account_specific": true,
    });
    let mut item = json!({
        "pk": {"S": "BLOCK"}, "sk": {"S": "shop#e-1#a-1"}, "pipeline": {"S": "shop"}, "execution": {"S": "e-1"},
        "stage": {"S": "Gate"}, "action": {"S": "Health"}, "action_execution": {"S": "a-1"},
        "filter": {"S": filter.to_string()}, "events": {"L": [{"S": ARN}]}, "source": {"S": "api"},
        "blocked_at": {"N": (NOON - 30 * MINUTE).to_string()}, "until": {"N": (NOON + 30 * MINUTE).to_string()},
        "state": {"S": "waiting"}, "reason": {"S": "EC2 has an issue."},
    });
    item.as_object_mut()
        .unwrap()
        .extend(changes.as_object().unwrap().clone());
    item
}

/// Claimed by somebody so many minutes ago.
fn claimed(minutes: i64) -> Value {
    json!({"state": {"S": "resuming"}, "claimed_at": {"N": (NOON - minutes * MINUTE).to_string()}})
}

fn query(items: &[Value]) -> Step {
    ok("Query", &json!({"Items": items, "Count": items.len()}))
}

/// The stage as CodePipeline shows it: the execution in it and the gate's action, each with its status.
fn stage(execution: (&str, &str), action: (&str, &str)) -> Step {
    let other = json!({"stageName": "Source", "actionStates": []});
    let stage = json!({
        "stageName": "Gate",
        "inboundTransitionState": {"enabled": false},
        "actionStates": [
            {"actionName": "Build", "latestExecution": {"actionExecutionId": "a-0", "status": "Succeeded"}},
            {"actionName": "Health", "latestExecution": {"actionExecutionId": action.0, "status": action.1}},
        ],
        "latestExecution": {"pipelineExecutionId": execution.0, "status": execution.1},
    });
    ok(
        "GetPipelineState",
        &json!({"pipelineName": "shop", "stageStates": [other, stage]}),
    )
}

fn failed() -> Step {
    stage(("e-1", "Failed"), ("a-1", "Failed"))
}

fn recorded() -> Step {
    ok("PutItem", &json!({}))
}

/// Of a claim, or of an outcome.
fn changed() -> Step {
    ok("UpdateItem", &json!({}))
}

fn lost_to_another() -> Step {
    refused("UpdateItem", 400, "ConditionalCheckFailedException")
}

fn retried() -> Step {
    ok("RetryStageExecution", &json!({"pipelineExecutionId": "e-1"}))
}

/// What the states of blocks were set to, and why.
#[track_caller]
fn outcomes(aws: &Aws) -> Vec<(String, String)> {
    let calls = aws.calls();
    let values = calls.iter().filter(|call| call.operation == "UpdateItem");
    let values = values.filter_map(|call| call.body.get("ExpressionAttributeValues"));
    let text = |value: &Value| value["S"].as_str().map(str::to_owned);
    values
        .filter_map(|values| Some((text(&values[":outcome"])?, text(&values[":reason"])?)))
        .collect()
}

#[track_caller]
fn outcome(aws: &Aws) -> (String, String) {
    let mut outcomes = outcomes(aws);
    assert_eq!(outcomes.len(), 1, "{outcomes:?}");
    outcomes.remove(0)
}

/// A closing that finds one block, and nothing at Health.
fn closing(block: Value, steps: Vec<Step>) -> Aws {
    let before = vec![recorded(), query(&[block]), page(&[], None), query(&[])];
    Aws::new([before, steps].concat())
}

fn waiting() -> Value {
    block(&json!({}))
}
