//! The custom resource: the stack is made, changed or deleted.

use aws_client::replay::{Answer, Replay};
use lambda_edge::ConfigError;
use log_subscriber::{Function, SubscriberError};
use serde_json::{Value, json};

use crate::answers::{error, throttled};
use crate::{NO_PAUSES, OURS, config, invocation, short};

const URL: &str =
    "https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/arn%3Aaws/x?Signature=a%2Bb%3D";
const EXECUTION: &str = "arn:aws:states:us-east-1:123456789012:execution:log-subscriptions";
const REMOVAL: &str = "delete-0b57d0a5-0001";

/// Half an hour, and 45 minutes, before the tests' clock.
const HALF_AN_HOUR_AGO: f64 = 1_795_174_200.0;
const LONG_AGO: f64 = 1_795_173_300.0;

fn request(kind: &str, physical_id: Option<&str>) -> Value {
    let mut request = json!({
        "RequestType": kind,
        "ResponseURL": URL,
        "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/wrasse/5f0c",
        "RequestId": "0b57d0a5-0001",
        "LogicalResourceId": "Subscriptions",
        "ResourceType": "Custom::LogSubscriptions",
        "ResourceProperties": {"ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:log-subscriber"},
    });
    if let Some(id) = physical_id {
        request["PhysicalResourceId"] = id.into();
    }
    request
}

fn deletion() -> Value {
    request("Delete", Some(OURS))
}

/// The result, what was asked of Step Functions, and the answers that were put to CloudFormation.
struct Asked {
    result: Result<Value, SubscriberError>,
    executions: Vec<String>,
    answers: Vec<Value>,
}

async fn ask_of(function: &Function, replay: &Replay, request: Value, seconds: u64) -> Asked {
    let result = function.answer(request, invocation(seconds), Vec::new()).await;
    assert!(replay.is_used_up(), "{result:?} after {:?}", replay.requests());
    let prefix = format!("PUT {URL}\n");
    let (answers, executions): (Vec<String>, Vec<String>) = replay
        .requests()
        .into_iter()
        .partition(|request| request.starts_with("PUT "));
    Asked {
        result: result.map(|answer| serde_json::to_value(answer).unwrap()),
        executions: executions
            .iter()
            .map(|request| short(request).replace(EXECUTION, "ours"))
            .collect(),
        answers: answers
            .iter()
            .map(|put| serde_json::from_str(put.strip_prefix(&prefix).unwrap()).unwrap())
            .collect(),
    }
}

async fn ask(request: Value, seconds: u64, answers: Vec<Answer>) -> Asked {
    let replay = Replay::new(answers);
    let function = Function::new(Ok(config(&[])), &replay.sdk_config(), NO_PAUSES);
    ask_of(&function, &replay, request, seconds).await
}

fn taken() -> Answer {
    Answer::ok("")
}

fn started(name: &str) -> Answer {
    Answer::ok(json!({"executionArn": format!("{EXECUTION}:{name}"), "startDate": HALF_AN_HOUR_AGO}).to_string())
}

fn listed(names: &[&str]) -> Answer {
    let all: Vec<Value> = names
        .iter()
        .map(|name| {
            json!({
                "executionArn": format!("{EXECUTION}:{name}"),
                "stateMachineArn": crate::MACHINE,
                "name": name,
                "status": "RUNNING",
                "startDate": HALF_AN_HOUR_AGO,
            })
        })
        .collect();
    Answer::ok(json!({"executions": all}).to_string())
}

fn status(status: &str, start: f64, more: &Value) -> Answer {
    let mut answer = json!({
        "executionArn": format!("{EXECUTION}:{REMOVAL}"),
        "stateMachineArn": crate::MACHINE,
        "status": status,
        "startDate": start,
    });
    answer
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    Answer::ok(answer.to_string())
}

fn running(start: f64) -> Answer {
    status("RUNNING", start, &json!({}))
}

fn succeeded() -> Answer {
    status("SUCCEEDED", HALF_AN_HOUR_AGO, &json!({"output": r#"{"groups":7}"#}))
}

fn begun(more: Vec<Answer>) -> Vec<Answer> {
    let mut answers = vec![listed(&[]), listed(&[]), started(REMOVAL)];
    answers.extend(more);
    answers
}

fn look(name: &str) -> String {
    format!(r#"states {{"executionArn":"ours:{name}"}}"#)
}

#[tokio::test]
async fn a_stack_that_is_made_or_changed_starts_a_run_and_does_not_wait_for_it() {
    for (kind, physical_id) in [("Create", None), ("Update", Some(OURS))] {
        let asked = ask(
            request(kind, physical_id),
            900,
            vec![started("subscribe-0b57d0a5-0001"), taken()],
        )
        .await;
        assert_eq!(asked.result.unwrap(), json!({"succeeded": true}));
        assert_eq!(
            asked.executions,
            [format!(
                r#"states {{"stateMachineArn":"{}","name":"subscribe-0b57d0a5-0001","input":"{{}}"}}"#,
                crate::MACHINE
            )]
        );
        assert_eq!(
            asked.answers,
            [json!({
                "Status": "SUCCESS",
                "PhysicalResourceId": OURS,
                "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/wrasse/5f0c",
                "RequestId": "0b57d0a5-0001",
                "LogicalResourceId": "Subscriptions",
            })]
        );
    }
}

#[tokio::test]
async fn a_request_that_is_delivered_twice_starts_one_run() {
    let exists = error("ExecutionAlreadyExists", "Execution Already Exists");
    let asked = ask(request("Create", None), 900, vec![exists, taken()]).await;
    assert_eq!(asked.answers[0]["Status"], "SUCCESS");
}

#[tokio::test]
async fn a_run_that_cannot_be_started_fails_the_resource_with_the_reason() {
    for trouble in [
        throttled(),
        error("StateMachineDoesNotExist", "State Machine Does Not Exist"),
    ] {
        let asked = ask(request("Create", None), 900, vec![trouble, taken()]).await;
        assert_eq!(asked.result.unwrap(), json!({"succeeded": false}));
        assert_eq!(asked.answers[0]["Status"], "FAILED");
        let reason = asked.answers[0]["Reason"].as_str().unwrap();
        assert!(reason.contains("start execution `subscribe-0b57d0a5-0001`"), "{reason}");
    }
}

/// The origin's deletion called every group from one invocation.
#[tokio::test]
async fn a_deletion_stops_runs_that_subscribe_and_waits_until_all_our_filters_are_removed() {
    let answers = vec![
        listed(&["5f0c"]),
        listed(&["5f0c", "delete-of-another-request"]),
        Answer::ok(json!({"stopDate": HALF_AN_HOUR_AGO}).to_string()),
        started(REMOVAL),
        running(HALF_AN_HOUR_AGO),
        running(HALF_AN_HOUR_AGO),
        succeeded(),
        taken(),
    ];
    let asked = ask(deletion(), 900, answers).await;
    assert_eq!(
        asked.executions[1..4],
        [
            format!(
                r#"states {{"stateMachineArn":"{}","statusFilter":"RUNNING"}}"#,
                crate::MACHINE
            ),
            r#"states {"executionArn":"ours:5f0c","cause":"The stack is being deleted"}"#.to_owned(),
            format!(
                r#"states {{"stateMachineArn":"{}","name":"{REMOVAL}","input":"{{\"mode\":\"remove\"}}"}}"#,
                crate::MACHINE
            ),
        ]
    );
    assert_eq!(asked.executions[4..], [look(REMOVAL), look(REMOVAL), look(REMOVAL)]);
    assert_eq!(asked.answers[0]["Status"], "SUCCESS");
    assert_eq!(asked.answers[0]["PhysicalResourceId"], OURS);
}

#[tokio::test]
async fn a_removal_that_goes_on_in_a_new_execution_is_followed() {
    let output = json!({"output": json!({"continuedBy": format!("{EXECUTION}:delete-next")}).to_string()});
    let continued = status("SUCCEEDED", LONG_AGO, &output);
    let asked = ask(
        deletion(),
        900,
        begun(vec![continued, running(LONG_AGO), succeeded(), taken()]),
    )
    .await;
    assert_eq!(
        asked.executions[3..],
        [look(REMOVAL), look("delete-next"), look("delete-next")]
    );
    assert_eq!(asked.answers[0]["Status"], "SUCCESS");
}

#[tokio::test]
async fn a_removal_that_failed_fails_the_deletion_with_its_cause_and_the_next_deletion_starts_another() {
    let failed = || {
        let why = json!({"error": "SubscriptionsIncomplete", "cause": "2 log groups could not be dealt with"});
        status("FAILED", HALF_AN_HOUR_AGO, &why)
    };
    let asked = ask(deletion(), 900, begun(vec![failed(), taken()])).await;
    assert_eq!(asked.answers[0]["Status"], "FAILED");
    let reason = asked.answers[0]["Reason"].as_str().unwrap();
    assert!(
        reason.contains("SubscriptionsIncomplete: 2 log groups could not be dealt with. Delete the stack again"),
        "{reason}"
    );
    let answers = vec![
        listed(&["delete-of-another-request"]),
        failed(),
        listed(&[]),
        started(REMOVAL),
        succeeded(),
        taken(),
    ];
    let asked = ask(deletion(), 900, answers).await;
    assert_eq!(asked.answers[0]["Status"], "SUCCESS");
}

#[tokio::test]
async fn a_removal_of_an_earlier_try_or_request_is_followed_and_not_begun_again() {
    for name in [REMOVAL, "delete-of-another-request"] {
        let asked = ask(
            deletion(),
            900,
            vec![listed(&[name]), succeeded(), succeeded(), taken()],
        )
        .await;
        assert_eq!(asked.executions[1..], [look(name), look(name)]);
        assert_eq!(asked.answers[0]["Status"], "SUCCESS");
    }
}

#[tokio::test]
async fn a_removal_that_outlasts_the_invocation_is_left_to_lambdas_next_try() {
    let asked = ask(deletion(), 60, begun(vec![running(HALF_AN_HOUR_AGO)])).await;
    let error = asked.result.unwrap_err();
    assert_eq!(error.name(), "RemovalUnfinished");
    assert!(error.to_string().contains(REMOVAL), "{error}");
    assert!(asked.answers.is_empty(), "an answer now would be final");
}

#[tokio::test]
async fn a_removal_that_outlasts_all_tries_fails_the_deletion_and_says_what_to_do() {
    let of_another = vec![
        listed(&["delete-of-another-request"]),
        running(HALF_AN_HOUR_AGO),
        running(HALF_AN_HOUR_AGO),
        taken(),
    ];
    for answers in [begun(vec![running(LONG_AGO), taken()]), of_another] {
        let asked = ask(deletion(), 60, answers).await;
        assert_eq!(asked.result.unwrap(), json!({"succeeded": false}));
        let reason = asked.answers[0]["Reason"].as_str().unwrap();
        assert!(
            reason.contains("Delete the stack again when that has ended"),
            "{reason}"
        );
    }
}

#[tokio::test]
async fn a_deletion_that_cannot_be_followed_fails_with_the_reason() {
    let denied = || {
        error(
            "AccessDeniedException",
            "not authorized to perform: states:ListExecutions",
        )
    };
    for answers in [
        vec![denied(), taken()],
        vec![listed(&[]), denied(), taken()],
        vec![listed(&[]), listed(&["5f0c"]), denied(), taken()],
        vec![listed(&[]), listed(&[]), denied(), taken()],
        begun(vec![denied(), taken()]),
    ] {
        let asked = ask(deletion(), 900, answers).await;
        assert_eq!(asked.answers[0]["Status"], "FAILED");
        assert!(asked.answers[0]["Reason"].as_str().unwrap().contains("AccessDenied"));
    }
}

#[tokio::test]
async fn an_answer_is_tried_three_times_and_then_lambda_tries_again() {
    let no = || Answer::error(500, "<Error><Code>InternalError</Code></Error>");
    let asked = ask(request("Create", None), 900, vec![started("x"), no(), no(), taken()]).await;
    assert_eq!(asked.result.unwrap(), json!({"succeeded": true}));
    assert_eq!(asked.answers.len(), 3);

    let asked = ask(request("Create", None), 900, vec![started("x"), no(), no(), no()]).await;
    let error = asked.result.unwrap_err();
    assert_eq!(error.name(), "AnswerNotDelivered");
    let text = format!("{error} {}", lambda_edge::with_causes(&error));
    assert!(
        text.contains("0b57d0a5-0001") && text.contains("HTTP status 500"),
        "{text}"
    );
    assert!(!text.contains("Signature") && !text.contains("s3.amazonaws"), "{text}");
}

#[tokio::test]
async fn a_request_that_is_not_understood_is_answered_too() {
    let asked = ask(request("Replace", None), 900, vec![taken()]).await;
    assert_eq!(asked.answers[0]["Status"], "FAILED");
    assert!(
        asked.answers[0]["Reason"]
            .as_str()
            .unwrap()
            .contains("RequestType is `Replace`")
    );
}

#[tokio::test]
async fn a_bad_configuration_is_answered_in_words_and_its_roll_back_succeeds() {
    for (request, expected) in [
        (request("Create", None), "FAILED"),
        (request("Delete", Some("not-configured")), "SUCCESS"),
        (request("Delete", Some(OURS)), "FAILED"),
    ] {
        let replay = Replay::new(vec![taken()]);
        let problems = vec!["DESTINATION_ARN is missing".to_owned()];
        let function = Function::new(Err(ConfigError { problems }), &replay.sdk_config(), NO_PAUSES);
        let physical_id = request["PhysicalResourceId"]
            .as_str()
            .unwrap_or("not-configured")
            .to_owned();
        let asked = ask_of(&function, &replay, request, 900).await;
        assert_eq!(asked.answers[0]["Status"], expected);
        assert_eq!(asked.answers[0]["PhysicalResourceId"], physical_id);
        if expected == "FAILED" {
            assert!(
                asked.answers[0]["Reason"]
                    .as_str()
                    .unwrap()
                    .contains("DESTINATION_ARN is missing")
            );
        }
    }
}

#[tokio::test]
async fn a_bad_configuration_fails_every_other_event() {
    let problems = vec!["DESTINATION_ARN is missing".to_owned()];
    let function = Function::new(
        Err(ConfigError { problems }),
        &Replay::new(vec![]).sdk_config(),
        NO_PAUSES,
    );
    let event = json!({"step": "check", "execution": "x", "input": {}});
    let error = function.answer(event, invocation(900), Vec::new()).await.unwrap_err();
    assert_eq!(error.name(), "InvalidConfiguration");
    assert!(error.to_string().contains("DESTINATION_ARN is missing"), "{error}");
}
