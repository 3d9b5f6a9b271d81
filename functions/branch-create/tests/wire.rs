//! Invocations through the real SDK up to the connection.
//!
//! Answers of AWS are hand-written and small, after the API references
//! (<https://docs.aws.amazon.com/codecommit/latest/APIReference/>, <https://docs.aws.amazon.com/codebuild/latest/APIReference/>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/>, <https://docs.aws.amazon.com/sns/latest/api/>).

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

use aws_client::ServerTime;
use aws_client::replay::{Answer, Replay};
use branch_build::Environment;
use branch_create::{Config, Function};
use jiff::Timestamp;
use lambda_runtime::Diagnostic;
use serde_json::{Value, json};

const BRANCH: &str = "x;$(touch${IFS}pwned)";

fn noon() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn environment() -> Environment {
    Environment::of("app", "shop", BRANCH)
}

fn config() -> Config {
    let value = |name: &str| match name {
        "PREFIX" => "app",
        "REPOSITORY_NAME" => "shop",
        "REPOSITORY_HOST" => "codecommit",
        "REPOSITORY_URL" => "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/shop",
        "PROTECTED_BRANCHES" => "release/*",
        "MAXIMUM_ENVIRONMENTS" => "2",
        "DAYS_TO_LIVE" => "7",
        "DEPLOYMENT" => "cloudformation",
        "BUILD_IMAGE" => "aws/codebuild/amazonlinux-aarch64-standard:3.0",
        "BUILD_TIMEOUT_MINUTES" => "45",
        "PIPELINE_PARAMETERS" => r#"{"ApplicationRole": "arn:aws:iam::123456789012:role/application"}"#,
        "TOPIC_ARN" => "arn:aws:sns:us-east-1:123456789012:people",
        "BUCKET_NAME" => "bucket",
        _ => "something",
    };
    Config::from_lookup(|name| Some(value(name).to_owned())).unwrap()
}

async fn answer(replay: &Replay, event: &Value) -> Result<String, (String, String)> {
    let function = Function::new(Ok(config()), &replay.sdk_config(), ServerTime::default());
    let answered = function.answer(event, noon()).await.map_err(|error| {
        let diagnostic = Diagnostic::from(error);
        (diagnostic.error_type, diagnostic.error_message)
    });
    assert!(replay.is_used_up(), "{:?}", replay.requests());
    answered.map(|answer| answer["outcome"].as_str().unwrap().to_owned())
}

fn pushed() -> Value {
    json!({
        "detail-type": "CodeCommit Repository State Change", "source": "aws.codecommit",
        "detail": {
            "event": "referenceCreated", "repositoryName": "shop", "referenceType": "branch", "referenceName": BRANCH,
            "callerUserArn": "arn:aws:iam::123456789012:user/mira",
        },
    })
}

fn ok(body: &Value) -> Answer {
    Answer::ok(body.to_string())
}

fn refused(code: &str) -> Answer {
    Answer::error(400, json!({"__type": code, "message": "in words"}).to_string())
}

fn projects(found: &[Value]) -> Answer {
    ok(&json!({"projects": found, "projectsNotFound": []}))
}

fn shop() -> Answer {
    ok(&json!({"repositoryMetadata": {"repositoryName": "shop", "defaultBranch": "main"}}))
}

fn head() -> Answer {
    ok(&json!({"branch": {"branchName": BRANCH, "commitId": "c2"}}))
}

fn no_age() -> Answer {
    Answer::error(404, "<Error><Code>NoSuchKey</Code><Message>none</Message></Error>")
}

fn no_file() -> Answer {
    refused("FileDoesNotExistException")
}

fn names(names: &[&str]) -> Answer {
    ok(&json!({"projects": names}))
}

fn published() -> Answer {
    Answer::ok(
        "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>1</MessageId>\
         </PublishResult></PublishResponse>",
    )
}

/// A branch that is there and has nothing yet.
fn new_branch() -> Vec<Answer> {
    vec![projects(&[]), shop(), head(), no_age()]
}

fn body(request: &str) -> Value {
    serde_json::from_str(request.split_once('\n').unwrap().1).unwrap()
}

#[tokio::test]
async fn a_new_branch_gets_a_project_whose_build_has_its_text_in_variables_alone() {
    let mut answers = new_branch();
    answers.extend([no_file(), names(&["other-create"]), projects(&[]), Answer::ok("")]);
    answers.extend([ok(&json!({})), ok(&json!({"build": {"id": "p:1"}}))]);
    // Nobody destroys it.
    answers.push(refused("ResourceNotFoundException"));
    let replay = Replay::new(answers);
    assert_eq!(
        answer(&replay, &pushed()).await.unwrap(),
        format!("building {}", environment())
    );

    let requests = replay.requests();
    let project = body(&requests[8]);
    assert_eq!(project["name"], format!("{}-create", environment()));
    assert_eq!(project["concurrentBuildLimit"], 1);
    assert_eq!(project["timeoutInMinutes"], 45);
    assert_eq!(project["environment"]["type"], "ARM_CONTAINER");
    assert_eq!(project["source"]["type"], "CODECOMMIT");
    let tags = project["tags"].as_array().unwrap();
    let tag = |key: &str| &tags.iter().find(|tag| tag["key"] == key).unwrap()["value"];
    assert_eq!(tag("wrasse:branch"), "x=3B=24=28touch=24=7BIFS=7Dpwned=29");
    assert_eq!(tag("wrasse:expires"), "2026-11-27T12:00:00Z");
    assert_eq!(tag("wrasse:owner"), "arn:aws:iam::123456789012:user/mira");
    let variables = project["environment"]["environmentVariables"].as_array().unwrap();
    let variable = |name: &str| {
        variables.iter().find(|v| v["name"] == name).unwrap()["value"]
            .as_str()
            .unwrap()
    };
    assert_eq!(variable("WRASSE_BRANCH"), BRANCH);
    assert!(!project["source"]["buildspec"].as_str().unwrap().contains("pwned"));
    let parameters: Vec<Value> = serde_json::from_str(variable("WRASSE_PARAMETERS")).unwrap();
    assert!(parameters.contains(&json!({"ParameterKey": "Branch", "ParameterValue": BRANCH})));
    let started = body(&requests[9]);
    assert_eq!(
        (&started["projectName"], &started["sourceVersion"]),
        (&project["name"], &json!("c2"))
    );
}

#[tokio::test]
async fn a_build_that_destroys_and_began_meanwhile_is_given_way() {
    let mut answers = new_branch();
    answers.extend([no_file(), names(&[]), projects(&[]), Answer::ok(""), ok(&json!({}))]);
    let build =
        |id: &str| ok(&json!({"builds": [{"id": id, "buildStatus": "IN_PROGRESS", "startTime": 1_795_176_000}]}));
    answers.extend([
        ok(&json!({"build": {"id": "p:1"}})),
        ok(&json!({"ids": ["d:1"]})),
        build("d:1"),
    ]);
    answers.extend([ok(&json!({"ids": ["p:1"]})), build("p:1"), ok(&json!({}))]);
    let replay = Replay::new(answers);
    let outcome = answer(&replay, &pushed()).await.unwrap();
    assert_eq!(outcome, format!("{} is being destroyed", environment()));
    assert_eq!(body(replay.requests().last().unwrap())["id"], "p:1");
}

#[tokio::test]
async fn a_branch_that_is_gone_or_protected_gets_nothing() {
    let gone = vec![projects(&[]), shop(), refused("BranchDoesNotExistException")];
    assert_eq!(
        answer(&Replay::new(gone), &pushed()).await.unwrap(),
        "left as it is: Nothing"
    );
    for branch in ["main", "release/1"] {
        let replay = Replay::new(vec![projects(&[]), shop()]);
        let outcome = answer(&replay, &json!({"branch": branch})).await.unwrap();
        assert_eq!(outcome, "left as it is: Nothing", "{branch}");
    }
}

#[tokio::test]
async fn an_environment_too_many_is_told_if_somebody_pushed_and_not_made() {
    let full = || names(&["app-a-abcdefghijkl-create", "app-b-abcdefghijkl-create"]);
    for (event, told) in [(pushed(), true), (json!({"branch": BRANCH}), false)] {
        let mut answers = new_branch();
        answers.extend([no_file(), full()]);
        answers.extend(told.then(published));
        let replay = Replay::new(answers);
        let outcome = answer(&replay, &event).await.unwrap();
        assert_eq!(outcome, "as many environments as may exist do");
    }
}

#[tokio::test]
async fn a_file_that_is_not_understood_is_told_and_nothing_is_built() {
    let file = ok(
        &json!({"commitId": "c2", "blobId": "b", "filePath": ".wrasse.yaml", "fileMode": "NORMAL", "fileSize": 6,
        "fileContent": "ZGVwbG95bWVudDogaGVsbQo="}),
    );
    let mut answers = new_branch();
    answers.extend([file, published()]);
    let replay = Replay::new(answers);
    assert_eq!(
        answer(&replay, &pushed()).await.unwrap(),
        "its .wrasse.yaml is not understood"
    );
    assert!(replay.requests().last().unwrap().contains("helm"));
}

#[tokio::test]
async fn a_call_that_fails_is_an_error_that_names_it() {
    let replay = Replay::new(vec![projects(&[]), shop(), refused("EncryptionKeyDisabledException")]);
    let (name, text) = answer(&replay, &pushed()).await.unwrap_err();
    assert_eq!(name, "CallFailed");
    assert!(
        text.starts_with("asking for the branch: EncryptionKeyDisabledException"),
        "{text}"
    );
    let (name, _) = answer(&Replay::new(vec![]), &json!({"detail-type": "Scheduled Event"}))
        .await
        .unwrap_err();
    assert_eq!(name, "InvalidEvent");
}
