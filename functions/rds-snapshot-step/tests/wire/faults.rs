//! Faults of AWS, at every step's first call.

use aws_client::replay::{Answer, Replay};
use serde_json::{Value, json};

use crate::support::*;

fn every_step() -> Vec<Value> {
    vec![
        step("take-snapshot", &json!({})),
        step("find-latest-snapshot", &json!({})),
        step("wait-for-snapshot", &json!({"snapshot": "a"})),
        step("restore", &json!({"snapshot": "a"})),
        step("wait-for-instance", &json!({})),
        step("hand-over-credentials", &json!({})),
        step("wait-for-credentials", &json!({})),
        step(
            "explain-sanitizer-failure",
            &json!({"failure": {"Error": "States.TaskFailed", "Cause": "{}"}}),
        ),
        step(
            "check-evidence",
            &json!({"containers": [{"Name": "guard", "ExitCode": 9}, {"Name": "rds-sanitizer", "ExitCode": 0}]}),
        ),
        step("take-final-snapshot", &json!({})),
        step("share", &json!({})),
        step("clean-up", &json!({"outcome": "failed"})),
        step("retention", &json!({})),
    ]
}

/// The same answer to whatever is asked; its error is read by both of AWS's XML protocols.
fn always(status: u16, code: &str) -> Replay {
    let answer = Answer::error(
        status,
        format!(
            "<ErrorResponse><Error><Code>{code}</Code><Message>as it says</Message></Error>\
             <Code>{code}</Code><Message>as it says</Message></ErrorResponse>"
        ),
    );
    Replay::new(vec![answer; 4])
}

#[tokio::test]
async fn throttling_and_faults_of_aws_are_worth_another_try_at_every_step() {
    for (status, code) in [(400, "Throttling"), (503, "SlowDown"), (500, "InternalFailure")] {
        for request in every_step() {
            let name = request["step"].as_str().unwrap().to_owned();
            let result = ask(&always(status, code), request).await;
            let (error_type, message) = result.unwrap_err();
            assert_eq!(error_type, "ServiceUnavailable", "{name} {code}: {message}");
        }
    }
}

#[tokio::test]
async fn no_answer_at_all_is_worth_another_try_at_every_step() {
    for request in every_step() {
        let name = request["step"].as_str().unwrap().to_owned();
        let (error_type, message) = ask(&Replay::new(vec![]), request).await.unwrap_err();
        assert_eq!(error_type, "ServiceUnavailable", "{name}: {message}");
        assert!(message.contains("the request got no answer"), "{name}: {message}");
    }
}

#[tokio::test]
async fn a_refusal_is_final_and_keeps_awss_words_at_every_step() {
    for request in every_step() {
        let name = request["step"].as_str().unwrap().to_owned();
        if name == "explain-sanitizer-failure" {
            continue;
        }
        let (error_type, message) = ask(&always(403, "AccessDenied"), request).await.unwrap_err();
        assert_eq!(error_type, "ServiceRefused", "{name}: {message}");
        assert!(
            message.contains("AccessDenied: as it says (AWS request id"),
            "{name}: {message}"
        );
    }
}
