//! Invocations through the real SDK up to the connection.
//!
//! Answers of AWS are hand-written and small, after the API references
//! (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/>, <https://docs.aws.amazon.com/health/latest/APIReference/>,
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/>, <https://docs.aws.amazon.com/sns/latest/api/>).

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

mod asking;
#[path = "../../../../shared/health-status/tests/support/aws.rs"]
mod aws;
mod holding;
mod mishaps;
mod not_knowing;
mod overriding;
mod secrets;
#[path = "../../../../shared/health-status/tests/support/served.rs"]
mod served;
mod time;

use std::time::Duration;

use aws_client::ServerTime;
use health_gate::{Config, Function};
use jiff::Timestamp;
use lambda_runtime::Diagnostic;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::aws::{Aws, Step, ok, refused};

const JOB: &str = "11111111-abcd-1111-abcd-111111abcdef";
/// Of the job's credentials.
const SECRETS: [&str; 3] = ["AKIAIOSFODNN7EXAMPLE", "its/secret/access/key", "its-session-token"];

fn noon() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn config() -> Config {
    Config {
        table: "gate".to_owned(),
        topic: "arn:aws:sns:us-east-1:123456789012:gate".to_owned(),
        // Nobody is there: the usual endpoint is asked.
        dns_server: Some(([127, 0, 0, 1], 9).into()),
    }
}

fn event(user_parameters: &str, token: Option<&str>) -> Value {
    let [id, secret, session] = SECRETS;
    json!({"CodePipeline.job": {
        "id": JOB,
        "accountId": "123456789012",
        "data": {
            "actionConfiguration": {"configuration": {"FunctionName": "gate", "UserParameters": user_parameters}},
            "inputArtifacts": [],
            "outputArtifacts": [],
            "artifactCredentials": {"accessKeyId": id, "secretAccessKey": secret, "sessionToken": session},
            "continuationToken": token,
        },
    }})
}

/// `UserParameters` of the pipeline `shop`, with more of them.
fn shop(more: &str) -> String {
    let comma = if more.is_empty() { "" } else { ", " };
    format!(r#"{{"pipeline": "shop", "execution": "e-1"{comma}{more}}}"#)
}

/// The job's action as it runs in the execution, another one, and another gate.
fn running(user_parameters: &str) -> Step {
    let action = |name: &str, id: &str, configuration: Value, resolved: Value| {
        json!({
            "pipelineExecutionId": "e-1", "actionExecutionId": id, "stageName": "Gate", "actionName": name,
            "status": "InProgress", "input": {"configuration": configuration, "resolvedConfiguration": resolved},
        })
    };
    let build = json!({"ProjectName": "build"});
    let gate = |parameters: &str| json!({"FunctionName": "gate", "UserParameters": parameters});
    let details = [
        action("Build", "a-0", build.clone(), build),
        action("Costs", "a-2", gate("#{with.variables}"), gate("of another gate")),
        action("Health", "a-1", gate("#{with.variables}"), gate(user_parameters)),
    ];
    ok("ListActionExecutions", &json!({"actionExecutionDetails": details}))
}

fn no_override() -> Step {
    ok("GetItem", &json!({}))
}

fn written() -> Step {
    ok("PutItem", &json!({}))
}

fn failed() -> Step {
    ok("PutJobFailureResult", &json!({}))
}

fn succeeded() -> Step {
    ok("PutJobSuccessResult", &json!({}))
}

/// With the usual time.
async fn answer(aws: &Aws, event: &Value) -> Result<(), (String, String)> {
    answer_within(aws, event, Duration::from_secs(35)).await
}

async fn answer_within(aws: &Aws, event: &Value, time: Duration) -> Result<(), (String, String)> {
    let function = Function::new(Ok(config()), &aws.config(), ServerTime::default());
    let answered = function.answer(event, Instant::now() + time, noon()).await;
    answered.map_err(|error| {
        let diagnostic = Diagnostic::from(error);
        (diagnostic.error_type, diagnostic.error_message)
    })
}

/// The job's failure: whose business, and what is said.
fn failure(aws: &Aws) -> (String, String) {
    let body = aws.the("PutJobFailureResult");
    assert_eq!(body["jobId"], JOB);
    let text = |key: &str| body["failureDetails"][key].as_str().unwrap().to_owned();
    (text("type"), text("message"))
}

/// The job's success.
fn success(aws: &Aws) -> Value {
    let body = aws.the("PutJobSuccessResult");
    assert_eq!(body["jobId"], JOB);
    body
}

fn no_plan() -> Step {
    aws::health_error(400, "SubscriptionRequiredException")
}

fn query(items: &[Value]) -> Step {
    ok("Query", &json!({"Items": items, "Count": items.len()}))
}

fn throttled(operation: &'static str) -> Step {
    refused(operation, 400, "ThrottlingException")
}
