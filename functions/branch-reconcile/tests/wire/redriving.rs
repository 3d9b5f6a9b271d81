use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{Aws, World};
use crate::{FIFTEEN_MINUTES, answer, config};

fn arn(function: &str) -> String {
    format!("arn:aws:lambda:us-east-1:123456789012:function:{function}")
}

/// A record of Lambda's.
fn record(id: &str, function: &str) -> Value {
    let body = json!({
        "version": "1.0", "timestamp": "2026-11-20T11:59:00.000Z",
        "requestContext": {
            "requestId": "1", "functionArn": format!("{}:$LATEST", arn(function)), "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": {"branch": id},
    });
    message(id, &body)
}

/// An event that EventBridge could not deliver.
fn event(id: &str, function: &str) -> Value {
    let attribute = |value: &str| json!({"StringValue": value, "DataType": "String"});
    let mut message = message(id, &json!({"detail": {"branch": id}}));
    message["MessageAttributes"] = json!({"TARGET_ARN": attribute(&arn(function))});
    message
}

fn message(id: &str, body: &Value) -> Value {
    json!({"MessageId": id, "ReceiptHandle": format!("receipt-{id}"), "Body": body.to_string()})
}

fn of(receives: &[&[Value]]) -> Aws {
    let messages: VecDeque<Value> = receives.iter().map(|messages| json!({"Messages": messages})).collect();
    Aws::of(World {
        messages,
        ..World::default()
    })
}

async fn redrive(aws: &Aws, left: Duration) -> crate::Answer {
    answer(aws, config(), &json!({"redrive": true}), left).await
}

fn deleted(aws: &Aws) -> Vec<Value> {
    let deleted = aws.all("DeleteMessage").into_iter();
    deleted.map(|call| call["ReceiptHandle"].clone()).collect()
}

#[tokio::test(start_paused = true)]
async fn what_failed_goes_back_to_who_failed_and_out_of_the_queue() {
    let aws = of(&[
        &[record("a", "create"), event("b", "destroy")],
        &[record("c", "finish")],
    ]);
    let done = redrive(&aws, FIFTEEN_MINUTES).await.unwrap();
    assert_eq!(done, json!({"redriven": 3, "left": [], "problems": []}));
    assert_eq!(
        aws.asked(),
        [
            "create {\"branch\":\"a\"}",
            "destroy {\"detail\":{\"branch\":\"b\"}}",
            "finish {\"branch\":\"c\"}",
        ]
    );
    assert_eq!(deleted(&aws), ["receipt-a", "receipt-b", "receipt-c"]);
    assert_eq!(
        aws.all("ReceiveMessage")[0],
        json!({
            "QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/failures", "MaxNumberOfMessages": 10,
            "WaitTimeSeconds": 5, "VisibilityTimeout": 900, "MessageAttributeNames": ["TARGET_ARN"],
        })
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_not_understood_or_of_others_stays_and_is_said() {
    let aws = of(&[&[
        record("a", "payroll"),
        event("b", "reconcile"),
        record("c", "create"),
        message("d", &json!([])),
    ]]);
    let done = redrive(&aws, FIFTEEN_MINUTES).await.unwrap();
    assert_eq!(done["redriven"], 1);
    let left = done["left"].as_array().unwrap();
    assert_eq!(left.len(), 3);
    assert_eq!(
        left[1],
        format!("b: {} is no function that is asked again", arn("reconcile"))
    );
    assert_eq!(deleted(&aws), ["receipt-c"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_accepted_stays() {
    let aws = of(&[&[record("a", "create"), record("b", "create")]]);
    aws.change(|world| world.faults.push(("Invoke", "\"a\"".to_owned())));
    let (name, text) = redrive(&aws, FIFTEEN_MINUTES).await.unwrap_err();
    assert_eq!(name, "Incomplete");
    assert!(text.contains("a: asking create: AccessDeniedException"), "{text}");
    assert_eq!(deleted(&aws), ["receipt-b"]);
}

#[tokio::test(start_paused = true)]
async fn it_ends_when_the_time_is_up() {
    let aws = of(&[
        &[record("a", "create")],
        &[record("b", "create")],
        &[record("c", "create")],
    ]);
    aws.change(|world| world.latency = Duration::from_secs(1));
    let (name, text) = redrive(&aws, Duration::from_secs(5)).await.unwrap_err();
    assert_eq!(name, "Incomplete");
    assert!(
        text.contains("the time was up before the failure queue was empty"),
        "{text}"
    );
    assert_eq!(deleted(&aws), ["receipt-a", "receipt-b"]);
}
