//! A failure record in, an answer to the job out, through the real SDK up to the connection.
//!
//! Answers of AWS are hand-written and small, after the API reference
//! (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobFailureResult.html>).

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

use aws_client::replay::{Answer, Replay};
use job_answerer::{Function, Outcome, Response};
use lambda_runtime::Diagnostic;
use serde_json::{Value, json};

const ID: &str = "c968ef10-6415-4127-80b1-42502218a8c7";

/// A record as Lambda documents it
/// (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>), around a job's event.
fn record(condition: &str, response: Value) -> Value {
    let mut record = json!({
        "version": "1.0",
        "timestamp": "2026-11-20T12:00:00.000Z",
        "requestContext": {
            "requestId": "e4b46cbf-b738-4b2e-8880-a18cdf61200e",
            "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:shop-gate:$LATEST",
            "condition": condition,
            "approximateInvokeCount": 3,
        },
        "requestPayload": {"CodePipeline.job": {
            "id": ID,
            "accountId": "123456789012",
            "data": {
                "actionConfiguration": {"configuration": {
                    "FunctionName": "shop-gate",
                    "UserParameters": "{\"pipeline\": \"secret\"}",
                }},
                "inputArtifacts": [],
                "outputArtifacts": [],
                "artifactCredentials": {
                    "accessKeyId": "secret-id", "secretAccessKey": "secret-key", "sessionToken": "secret-token",
                },
            },
        }},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
    });
    if !response.is_null() {
        record["responsePayload"] = response;
    }
    record
}

fn killed() -> Value {
    let message = "RequestId: e4b46cbf Error: Runtime exited with error: signal: killed, secret";
    record(
        "RetriesExhausted",
        json!({"errorType": "Runtime.ExitError", "errorMessage": message}),
    )
}

async fn answer(replay: &Replay, record: &Value) -> Result<Response, (String, String)> {
    let answer = Function::new(&replay.sdk_config()).answer(record).await;
    answer.map_err(|error| {
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        let Diagnostic {
            error_type,
            error_message,
        } = error.into();
        (error_type, error_message)
    })
}

fn failed(status: u16, code: &str) -> Answer {
    Answer::error(status, json!({"__type": code, "message": "in words"}).to_string())
}

fn refused(code: &str) -> Answer {
    failed(400, code)
}

/// The one request that was made.
fn request(replay: &Replay) -> Value {
    let requests = replay.requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    let (line, body) = requests[0].split_once('\n').unwrap();
    assert_eq!(line, "POST https://codepipeline.us-east-1.amazonaws.com/");
    assert!(!body.contains("secret"), "{body}");
    serde_json::from_str(body).unwrap()
}

fn failure(message: &str) -> Value {
    json!({"jobId": ID, "failureDetails": {"type": "JobFailed", "message": message}})
}

#[tokio::test]
async fn a_job_that_a_crash_left_open_fails_with_the_kind_of_the_crash_and_no_more_of_the_record() {
    let replay = Replay::new(vec![Answer::ok("{}")]);
    let response = answer(&replay, &killed()).await.unwrap();
    assert_eq!(
        serde_json::to_value(response).unwrap(),
        json!({"job": ID, "outcome": "failed"})
    );
    assert_eq!(
        request(&replay),
        failure(
            "the function shop-gate ended without an answer (Runtime.ExitError): look into its log group, then retry \
             the stage"
        )
    );
}

#[tokio::test]
async fn a_job_whose_event_grew_too_old_fails_though_the_record_has_no_response() {
    let replay = Replay::new(vec![Answer::ok("{}")]);
    answer(&replay, &record("EventAgeExceeded", Value::Null)).await.unwrap();
    assert_eq!(
        request(&replay),
        failure("the function shop-gate was not run in time: look into its log group, then retry the stage")
    );
}

#[tokio::test]
async fn a_job_event_of_which_only_the_id_makes_sense_is_answered() {
    let replay = Replay::new(vec![Answer::ok("{}")]);
    let record = json!({"requestPayload": {"CodePipeline.job": {"id": ID, "data": "secret"}}});
    assert_eq!(answer(&replay, &record).await.unwrap().outcome, Outcome::Failed);
    assert_eq!(request(&replay)["jobId"], ID);
}

#[tokio::test]
async fn a_job_that_waits_for_no_answer_stays_as_it_is() {
    let cases = [
        ("InvalidJobStateException", Outcome::AlreadyAnswered, "already-answered"),
        ("JobNotFoundException", Outcome::Gone, "gone"),
    ];
    for (code, outcome, name) in cases {
        let replay = Replay::new(vec![refused(code)]);
        let response = answer(&replay, &killed()).await.unwrap();
        assert_eq!(response.outcome, outcome);
        assert_eq!(serde_json::to_value(response.outcome).unwrap(), name);
    }
}

#[tokio::test]
async fn the_same_record_delivered_twice_answers_once() {
    let replay = Replay::new(vec![Answer::ok("{}"), refused("InvalidJobStateException")]);
    assert_eq!(answer(&replay, &killed()).await.unwrap().outcome, Outcome::Failed);
    assert_eq!(
        answer(&replay, &killed()).await.unwrap().outcome,
        Outcome::AlreadyAnswered
    );
}

#[tokio::test]
async fn what_codepipeline_does_not_take_fails_the_invocation_so_that_lambda_tries_again() {
    let answers = [
        (failed(503, "ServiceUnavailable"), "ServiceUnavailable: in words"),
        (refused("AccessDeniedException"), "AccessDeniedException: in words"),
    ];
    for (answered, cause) in answers {
        let replay = Replay::new(vec![answered]);
        let (name, message) = answer(&replay, &killed()).await.unwrap_err();
        assert_eq!(name, "ServiceUnavailable");
        assert!(message.contains(ID) && message.contains(cause), "{message}");
    }
}

#[tokio::test]
async fn what_is_no_failure_of_a_job_is_refused_without_a_call_and_unquoted() {
    let event = killed()["requestPayload"].clone();
    let records = [
        json!({"secret": 1}),
        json!("secret"),
        event,
        json!({"requestPayload": {"source": "aws.health", "detail": "secret"}}),
        record("Success", Value::Null),
    ];
    for record in records {
        let replay = Replay::new(vec![]);
        let (name, message) = answer(&replay, &record).await.unwrap_err();
        assert_eq!(name, "InvalidEvent");
        assert!(!message.contains("secret"), "{message}");
        assert!(replay.requests().is_empty());
    }
}
