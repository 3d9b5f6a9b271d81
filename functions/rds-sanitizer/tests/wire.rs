//! What AWS is asked, and what is written when it says no: the real SDK over recorded answers.

#![allow(clippy::doc_markdown, reason = "the databases' names are no code")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod support;

use std::path::{Path, PathBuf};

use aws_client::replay::Answer;
use support::{RUN, Run};

const RULES: &str =
    r#"{"version": 1, "databases": [{"name": "a", "sql": ["x"], "verify": [{"expect_no_rows": "y"}]}]}"#;

/// Nothing listens on port 1.
fn no_server() -> Run {
    let ca_bundle = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/test-ca.pem"));
    Run::new(RULES, "127.0.0.1", 1, &ca_bundle)
}

fn denied() -> Answer {
    Answer::error(
        403,
        "<Error><Code>AccessDenied</Code><Message>not authorized</Message></Error>",
    )
}

async fn failure(run: &Run, answers: Vec<Answer>) -> (String, String, Vec<String>) {
    let outcome = run.run_with(answers, std::future::pending()).await;
    let (code, message) = outcome.failed();
    (code.to_owned(), message.to_owned(), outcome.requests)
}

#[tokio::test]
async fn the_secret_is_asked_for_by_its_arn_and_the_report_written_as_json() {
    let run = no_server();
    let outcome = run.run().await;
    let requests = &outcome.requests;
    assert_eq!(
        requests[1],
        format!(
            "POST https://secretsmanager.us-east-1.amazonaws.com/\n{{\"SecretId\":\"{}\"}}",
            support::SECRET_ARN
        )
    );
    let report: serde_json::Value = serde_json::from_slice(&outcome.report_json).unwrap();
    assert_eq!(
        report,
        serde_json::json!({
            "version": 1, "run": RUN, "outcome": "failed", "rules_sha256": outcome.rules_sha256,
            "started_at": "2026-11-20T10:00:00Z", "finished_at": "2026-11-20T10:00:00Z",
            "databases": [{"name": "a", "scripts": [], "tables": [], "unclassified": [], "verifications": []}],
            "problem": {"code": "ServerUnreachable", "message": report["problem"]["message"]},
        })
    );
    let (_, message) = outcome.failed();
    assert!(
        message.starts_with("connecting to 127.0.0.1:1 failed; its security group must let the task in: "),
        "{message}"
    );
    assert!(message.contains("onnection refused"), "{message}");
}

#[tokio::test]
async fn rules_that_cannot_be_read_are_named() {
    let (code, message, requests) = failure(&no_server(), vec![denied(), Answer::ok("")]).await;
    assert_eq!(code, "RulesUnreadable");
    assert!(
        message.starts_with(
            "reading the rules s3://evidence/runs/1/rules.yaml failed; the task's role needs s3:GetObject on it: \
             AccessDenied: not authorized"
        ),
        "{message}"
    );
    assert_eq!(requests.len(), 2);
}

#[tokio::test]
async fn rules_that_are_not_those_of_the_plan_are_refused_before_the_secret_is_read() {
    let run = no_server();
    let changed = RULES.replace("\"x\"", "\"DROP\"");
    let (code, message, requests) = failure(&run, vec![Answer::ok(changed), Answer::ok("")]).await;
    assert_eq!(code, "RulesChanged");
    assert!(message.ends_with(": start a new run"), "{message}");
    assert_eq!(requests.len(), 2);
}

#[tokio::test]
async fn rules_that_are_too_large_or_not_right_are_refused() {
    let huge = "#".repeat(sanitizer_contract::MAX_RULES_BYTES + 1);
    let (code, _, _) = failure(&no_server(), vec![Answer::ok(huge), Answer::ok("")]).await;
    assert_eq!(code, "RulesTooLarge");

    let wrong = r#"{"version": 1, "databases": [{"name": "a", "table": {}, "sql": ["s3cret"], "verify": []}]}"#;
    let run = Run::new(wrong, "127.0.0.1", 1, Path::new("/none"));
    let (code, message, _) = failure(&run, vec![Answer::ok(wrong), Answer::ok("")]).await;
    assert_eq!(code, "RulesInvalid");
    assert_eq!(
        message,
        "the rules document is not right: unknown key \"table\" in databases[0]; known keys: name, sql, \
         before, tables, after, verify; databases[0].verify is empty"
    );
}

#[tokio::test]
async fn a_key_that_cannot_be_read_is_named() {
    let rules = r#"{"version": 1, "seed": "secret", "databases": [{"name": "a", "tables": {"t": "truncate"}}]}"#;
    let run = Run::new(rules, "127.0.0.1", 1, Path::new("/none")).with_key("unused");
    let refused = Answer::error(400, r#"{"__type": "AccessDeniedException", "message": "no"}"#);
    let (code, message, requests) = failure(&run, vec![Answer::ok(rules), refused, Answer::ok("")]).await;
    assert_eq!(code, "SecretUnreadable");
    assert!(
        message.starts_with(&format!("reading the secret {} failed", support::KEY_ARN)),
        "{message}"
    );
    assert!(requests[1].contains(support::KEY_ARN), "{requests:?}");
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_or_understood_is_named_and_not_quoted() {
    let denied = Answer::error(400, r#"{"__type":"AccessDeniedException","Message":"not authorized"}"#);
    let (code, message, _) = failure(&no_server(), vec![Answer::ok(RULES), denied, Answer::ok("")]).await;
    assert_eq!(code, "SecretUnreadable");
    assert!(
        message.contains("secretsmanager:GetSecretValue") && message.contains("not authorized"),
        "{message}"
    );

    let malformed = Answer::ok(r#"{"ARN":"a","Name":"n","SecretString":"{\"password\":\"s3cret\"}"}"#);
    let (code, message, _) = failure(&no_server(), vec![Answer::ok(RULES), malformed, Answer::ok("")]).await;
    assert_eq!(code, "SecretMalformed");
    assert!(!message.contains("s3cret"), "{message}");
}

#[tokio::test]
async fn a_ca_bundle_that_cannot_be_read_is_named() {
    let run = Run::new(RULES, "127.0.0.1", 1, Path::new("/does/not/exist.pem"));
    let answers = run.inputs().into_iter().chain([Answer::ok("")]).collect();
    let (code, message, _) = failure(&run, answers).await;
    assert_eq!(code, "CaBundleUnusable");
    assert!(message.contains("/does/not/exist.pem"), "{message}");
}

#[tokio::test]
async fn a_report_that_cannot_be_written_does_not_hide_why_the_run_failed() {
    let run = no_server();
    let answers = run.inputs().into_iter().chain([denied()]).collect();
    let outcome = run.run_with(answers, std::future::pending()).await;
    assert_eq!(outcome.result.unwrap_err().code(), "ServerUnreachable");
}
