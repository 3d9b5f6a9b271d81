//! Requests to the function's URL, through the real SDK up to the connection.
//!
//! Answers of AWS are hand-written and small, after the API references
//! (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html>,
//! <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>).

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

mod failing;
mod passing_on;
mod refusing;
mod rotating;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aws_client::replay::{Answer, Replay};
use branch_webhook::{Config, Function};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::Sha256;

const SECRETS_MANAGER: &str = "POST https://secretsmanager.us-east-1.amazonaws.com/\n";
const EVENTBRIDGE: &str = "POST https://events.us-east-1.amazonaws.com/\n";
const ARN: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:webhook-a1b2c3";
const SECRET: &str = "correct horse battery staple";
/// Of Standard Webhooks; its key is `0123456789abcdefghijklmn`.
const STANDARD_SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1u";
const COMMIT: &str = "bb26e21adb5a97d3f7b45d0c29506d52793c8f3b";

fn now() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn seconds(later: i64) -> SignedDuration {
    SignedDuration::from_secs(later)
}

fn config() -> Config {
    let variables = BTreeMap::from([
        ("BUS_NAME", "branches"),
        ("REPOSITORY_NAME", "shop"),
        ("HOST_REPOSITORY", "acme/shop"),
        ("SECRET_ARN", ARN),
        ("MAXIMUM_AGE_SECONDS", "300"),
    ]);
    Config::from_lookup(|name| variables.get(name).map(ToString::to_string)).unwrap()
}

fn function(replay: &Replay) -> Function {
    Function::new(Ok(config()), &replay.sdk_config())
}

/// A version of the secret that was made so many hours before [`now`].
fn version(secret: &str, hours: i64) -> Answer {
    let made = now() - SignedDuration::from_hours(hours);
    Answer::ok(json!({ "ARN": ARN, "CreatedDate": made.as_second(), "SecretString": secret }).to_string())
}

fn no_version() -> Answer {
    let message = "Secrets Manager can't find the specified secret value for staging label: AWSPREVIOUS";
    Answer::error(
        400,
        json!({ "__type": "ResourceNotFoundException", "Message": message }).to_string(),
    )
}

/// EventBridge's answer to so many events.
fn taken(count: usize) -> Answer {
    let entries: Vec<_> = (0..count).map(|id| json!({ "EventId": id.to_string() })).collect();
    Answer::ok(json!({ "FailedEntryCount": 0, "Entries": entries }).to_string())
}

fn request(headers: &Value, body: &[u8], is_encoded: bool) -> Value {
    let body = if is_encoded {
        base64_simd::STANDARD.encode_to_string(body)
    } else {
        String::from_utf8(body.to_vec()).unwrap()
    };
    json!({
        "version": "2.0", "rawPath": "/", "headers": headers, "body": body, "isBase64Encoded": is_encoded,
        "requestContext": { "http": { "method": "POST", "path": "/" } },
    })
}

fn signature(key: &[u8], content: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(content);
    mac.finalize().into_bytes().to_vec()
}

/// As GitHub signs.
fn github_with(secret: &str, event: &str, body: &Value) -> Value {
    let body = body.to_string();
    let bytes = signature(secret.as_bytes(), body.as_bytes());
    let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    });
    let headers = json!({
        "content-type": "application/json", "x-github-event": event, "x-hub-signature-256": format!("sha256={hex}"),
        "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    });
    request(&headers, body.as_bytes(), false)
}

fn github(event: &str, body: &Value) -> Value {
    github_with(SECRET, event, body)
}

fn push(repository: &str, branch: &str, at: Timestamp) -> Value {
    json!({
        "ref": format!("refs/heads/{branch}"), "before": COMMIT, "after": COMMIT, "sender": { "login": "mira" },
        "repository": { "full_name": repository, "pushed_at": at.as_second() },
    })
}

/// As Standard Webhooks are signed.
fn standard(at: Timestamp, body: &[u8]) -> Value {
    let seconds = at.as_second();
    let content = [format!("msg_1.{seconds}.").as_bytes(), body].concat();
    let signature = base64_simd::STANDARD.encode_to_string(signature(b"0123456789abcdefghijklmn", &content));
    let headers = json!({
        "webhook-id": "msg_1", "webhook-timestamp": seconds.to_string(), "webhook-signature": format!("v1,{signature}"),
    });
    request(&headers, body, true)
}

/// The answer's status and body.
async fn ask(function: &Function, request: &Value, clock: Timestamp) -> (u64, Value) {
    let answer = function.answer(request, clock).await;
    assert_eq!(answer["headers"]["content-type"], "application/json");
    let body = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    (answer["statusCode"].as_u64().unwrap(), body)
}

fn told() -> (u64, Value) {
    (200, json!({ "outcome": "told" }))
}

fn refused(status: u64, word: &str) -> (u64, Value) {
    (status, json!({ "error": word }))
}

fn nothing_to_do() -> (u64, Value) {
    (202, json!({ "outcome": "nothing to do" }))
}

/// The calls that were made: the version that was read, or the events that were put.
fn calls(replay: &Replay) -> Vec<Value> {
    let call = |request: &String| {
        if let Some(body) = request.strip_prefix(SECRETS_MANAGER) {
            let body: Value = serde_json::from_str(body).unwrap();
            assert_eq!(body["SecretId"], ARN);
            return body["VersionStage"].clone();
        }
        let body: Value = serde_json::from_str(request.strip_prefix(EVENTBRIDGE).unwrap()).unwrap();
        let entries = body["Entries"].as_array().unwrap();
        let detail = |entry: &Value| -> Value {
            assert_eq!(entry["EventBusName"], "branches");
            assert_eq!(entry["Source"], "wrasse.branches");
            assert_eq!(entry["DetailType"], "Branch State Change");
            serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap()
        };
        entries.iter().map(detail).collect()
    };
    replay.requests().iter().map(call).collect()
}

#[test]
fn everything_missing_is_reported_together() {
    let error = Config::from_lookup(|name| (name == "MAXIMUM_AGE_SECONDS").then(|| "soon".to_owned())).unwrap_err();
    let expected = [
        "BUS_NAME is missing",
        "REPOSITORY_NAME is missing",
        "HOST_REPOSITORY is missing",
        "SECRET_ARN is missing",
        "MAXIMUM_AGE_SECONDS is `soon`, it must be a whole number of seconds",
    ];
    assert_eq!(error.problems, expected);
}
