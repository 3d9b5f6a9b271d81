use aws_client::Outlook;
use aws_client::replay::{Answer, Replay};
use serde_json::{Value, json};

use super::*;
use crate::served::{self, Served};

fn ok(body: &Value) -> Answer {
    Answer::ok(body.to_string())
}

fn refused(status: u16, code: &str) -> Answer {
    Answer::error(status, json!({"__type": code, "message": "in words"}).to_string())
}

fn pointers(answers: Vec<Answer>) -> (Replay, Pointers) {
    let replay = Replay::new(answers);
    let pointers = Pointers::new(&replay.sdk_config());
    (replay, pointers)
}

/// The JSON of every request.
fn bodies(replay: &Replay) -> Vec<Value> {
    let body = |request: &String| {
        let (line, body) = request.split_once('\n').unwrap();
        assert_eq!(line, "POST https://ssm.us-east-1.amazonaws.com/");
        serde_json::from_str(body).unwrap()
    };
    replay.requests().iter().map(body).collect()
}

fn parameter(name: &str, kind: &str, value: &str) -> Value {
    json!({"Name": name, "Type": kind, "Value": value, "Version": 1})
}

#[tokio::test]
async fn ten_names_are_read_at_a_time_and_those_that_are_not_there_are_left_out() {
    let names: Vec<String> = (0..21).map(|number| format!("/layers/deps/{number}")).collect();
    let (replay, pointers) = pointers(vec![
        ok(&json!({"Parameters": [parameter(&names[3], "String", "three")], "InvalidParameters": [names[0]]})),
        ok(&json!({"Parameters": [parameter(&names[12], "SecureString", "AQIC")]})),
        ok(&json!({"Parameters": [], "InvalidParameters": [names[20]]})),
    ]);
    let pointer = |kind: &str, value: &str| Pointer {
        kind: kind.to_owned(),
        value: value.to_owned(),
    };
    let expected = BTreeMap::from([
        (names[3].clone(), pointer("String", "three")),
        (names[12].clone(), pointer("SecureString", "AQIC")),
    ]);
    assert_eq!(pointers.read(&names).await.unwrap(), expected);
    let asked = |names: &[String]| json!({"Names": names, "WithDecryption": false});
    assert_eq!(
        bodies(&replay),
        [asked(&names[..10]), asked(&names[10..20]), asked(&names[20..])]
    );
}

#[tokio::test]
async fn no_names_are_not_asked_for() {
    let (replay, pointers) = pointers(Vec::new());
    assert_eq!(pointers.read(&[]).await.unwrap(), BTreeMap::new());
    assert!(replay.requests().is_empty());
}

#[tokio::test]
async fn a_pointer_is_a_string_that_is_made_or_written_over() {
    let (replay, pointers) = pointers(vec![ok(&json!({"Version": 1})), ok(&json!({"Version": 2}))]);
    pointers.create("/layers/deps/7", "arn").await.unwrap();
    pointers.replace("/layers/deps/latest", "arn").await.unwrap();
    let written =
        |name: &str, overwrite: bool| json!({"Name": name, "Value": "arn", "Type": "String", "Overwrite": overwrite});
    assert_eq!(
        bodies(&replay),
        [written("/layers/deps/7", false), written("/layers/deps/latest", true)]
    );
}

#[tokio::test]
async fn a_pointer_that_is_there_is_not_made() {
    let (_, pointers) = pointers(vec![refused(400, "ParameterAlreadyExists")]);
    let error = pointers.create("/layers/deps/7", "arn").await.unwrap_err();
    assert_eq!(
        (error.code(), error.outlook()),
        (Some("ParameterAlreadyExists"), Outlook::Refused)
    );
}

#[tokio::test]
async fn a_pointer_that_is_gone_is_removed() {
    let (replay, existing) = pointers(vec![ok(&json!({}))]);
    existing.remove("/layers/deps/7").await.unwrap();
    assert_eq!(bodies(&replay), [json!({"Name": "/layers/deps/7"})]);
    pointers(vec![refused(400, "ParameterNotFound")])
        .1
        .remove("/layers/deps/7")
        .await
        .unwrap();
    let (_, denied) = pointers(vec![refused(400, "AccessDeniedException")]);
    assert_eq!(
        denied.remove("/layers/deps/7").await.unwrap_err().code(),
        Some("AccessDeniedException")
    );
}

#[tokio::test]
async fn a_pointer_that_somebody_else_writes_at_this_moment_is_written_after_that() {
    let said = |status, body: Value| served::Answer::Said(status, "", body.to_string());
    let contended = said(400, json!({"__type": "TooManyUpdates", "message": "in words"}));
    let served = Served::new([contended.clone(), contended, said(200, json!({"Version": 2}))]).await;
    Pointers::new(&served.config())
        .replace("/layers/deps/latest", "arn")
        .await
        .unwrap();
    assert_eq!(served.requests().len(), 3);
}

#[tokio::test]
async fn a_pointer_that_may_not_be_written_is_not_tried_again() {
    let body = json!({"__type": "AccessDeniedException", "message": "in words"}).to_string();
    let served = Served::new([served::Answer::Said(400, "", body)]).await;
    let error = Pointers::new(&served.config())
        .replace("/layers/deps/latest", "arn")
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), served.requests().len()),
        (Some("AccessDeniedException"), 1)
    );
}
