//! Jobs that end before anything is published, through the real SDK and a real connection.
//!
//! S3 and CodePipeline answer by hand-written stand-ins, after the API references
//! (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>,
//! <https://docs.aws.amazon.com/codepipeline/latest/APIReference/>).

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

mod aligning;
mod artifacts;
mod at_once;
mod aws;
mod events;
mod every_call;
mod large;
mod parameters;
mod pointing;
mod pruning;
mod publishing;
mod secrets;
mod settling;
mod sharing;
#[path = "../support/store.rs"]
#[allow(dead_code, reason = "the tests of the artifact use the rest")]
mod store;
mod time;
mod unfinished;
#[path = "../support/zips.rs"]
#[allow(dead_code, reason = "the tests of the artifact use the rest")]
mod zips;

use std::time::Duration;

use lambda_runtime::Diagnostic;
use layer_distributor::Function;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::store::Store;

const JOB: &str = "11111111-abcd-1111-abcd-111111abcdef";
/// Of the job's credentials.
const SECRETS: [&str; 3] = ["ASIAIOSFODNN7EXAMPLE", "its/secret/access/key", "its-session-token"];
const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// The least there is to say.
fn parameters() -> Value {
    json!({"layer_name": "deps", "regions": ["us-east-1", "eu-west-1"], "artifact_path": "layer.zip"})
}

/// A job with these input artifacts, by name.
fn event(user_parameters: &str, artifacts: &[&str]) -> Value {
    let [id, secret, session] = SECRETS;
    let artifact = |name: &&str| {
        let location = json!({"bucketName": "artifacts", "objectKey": format!("shop/{name}/1")});
        json!({"name": name, "location": {"type": "S3", "s3Location": location}, "revision": null})
    };
    json!({"CodePipeline.job": {
        "id": JOB,
        "accountId": "123456789012",
        "data": {
            "actionConfiguration": {"configuration": {"FunctionName": "layers", "UserParameters": user_parameters}},
            "inputArtifacts": artifacts.iter().map(artifact).collect::<Vec<_>>(),
            "outputArtifacts": [],
            "artifactCredentials": {"accessKeyId": id, "secretAccessKey": secret, "sessionToken": session},
            "encryptionKey": {"id": KEY, "type": "KMS"},
        },
    }})
}

/// As most pipelines send it.
fn usual() -> Value {
    event(&parameters().to_string(), &["Built"])
}

/// With more time than any of these takes.
async fn answer(store: &Store, event: &Value) -> Result<(), (String, String)> {
    answer_within(store, event, Duration::from_secs(265)).await
}

async fn answer_within(store: &Store, event: &Value, time: Duration) -> Result<(), (String, String)> {
    let answered = Function::new(&store.config())
        .answer(event, Instant::now() + time)
        .await;
    answered.map_err(|error| {
        let diagnostic = Diagnostic::from(error);
        (diagnostic.error_type, diagnostic.error_message)
    })
}

/// The only answer, after which no other service was called: its operation and body.
#[track_caller]
fn only_answer(store: &Store) -> (String, Value) {
    let mut calls = store.calls();
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert_eq!(store.others().len(), 0, "{:?}", store.others());
    let (operation, body) = calls.remove(0);
    assert_eq!(body["jobId"], JOB);
    (operation, body)
}

/// The job's failure: whose business, and what is said.
#[track_caller]
fn failure(store: &Store) -> (String, String) {
    let (operation, body) = only_answer(store);
    assert_eq!(operation, "PutJobFailureResult");
    let text = |key: &str| body["failureDetails"][key].as_str().unwrap().to_owned();
    (text("type"), text("message"))
}
