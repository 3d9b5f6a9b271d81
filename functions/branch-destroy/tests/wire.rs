//! Invocations through the real SDK up to the connection.
//!
//! Answers of AWS are hand-written and small, after the API references
//! (<https://docs.aws.amazon.com/codecommit/latest/APIReference/>, <https://docs.aws.amazon.com/codebuild/latest/APIReference/>,
//! <https://docs.aws.amazon.com/codepipeline/latest/APIReference/>, <https://docs.aws.amazon.com/AmazonS3/latest/API/>).

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

use aws_client::ServerTime;
use aws_client::replay::{Answer, Replay};
use branch_build::Environment;
use branch_destroy::{Config, Function};
use jiff::Timestamp;
use lambda_runtime::Diagnostic;
use serde_json::{Value, json};

const BRANCH: &str = "x;$(touch${IFS}pwned)";
const NOON: i64 = 1_795_176_000;

fn environment() -> Environment {
    Environment::of("app", "shop", BRANCH)
}

fn config(gone: &'static str) -> Config {
    let value = |name: &str| match name {
        "PREFIX" => "app",
        "REPOSITORY_NAME" => "shop",
        "REPOSITORY_HOST" => "codecommit",
        "REPOSITORY_URL" => "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/shop",
        "PROTECTED_BRANCHES" => "release/*",
        "REPOSITORY_GONE" => gone,
        "BUILD_TIMEOUT_MINUTES" => "45",
        "BUCKET_NAME" => "bucket",
        _ => "something",
    };
    Config::from_lookup(|name| Some(value(name).to_owned())).unwrap()
}

async fn answer_where(gone: &'static str, replay: &Replay, event: &Value) -> Result<String, (String, String)> {
    let function = Function::new(Ok(config(gone)), &replay.sdk_config(), ServerTime::default());
    let noon = Timestamp::from_second(NOON).unwrap();
    let answered = function.answer(event, noon).await.map_err(|error| {
        let diagnostic = Diagnostic::from(error);
        (diagnostic.error_type, diagnostic.error_message)
    });
    assert!(replay.is_used_up(), "{:?}", replay.requests());
    answered.map(|answer| answer["outcome"].as_str().unwrap().to_owned())
}

async fn answer(replay: &Replay, event: &Value) -> Result<String, (String, String)> {
    answer_where("keep", replay, event).await
}

fn deleted() -> Value {
    json!({
        "detail-type": "CodeCommit Repository State Change", "source": "aws.codecommit",
        "detail": {
            "event": "referenceDeleted", "repositoryName": "shop", "referenceType": "branch", "referenceName": BRANCH,
        },
    })
}

fn ok(body: &Value) -> Answer {
    Answer::ok(body.to_string())
}

fn refused(code: &str) -> Answer {
    Answer::error(400, json!({"__type": code, "message": "in words"}).to_string())
}

fn no_such_project() -> Answer {
    refused("ResourceNotFoundException")
}

/// The environment's project that creates, whose deployment may have a command that destroys.
fn created(command: &str) -> Answer {
    let variable = |name: &str, value: &str| json!({"name": name, "value": value, "type": "PLAINTEXT"});
    let variables = [
        variable("WRASSE_BRANCH", BRANCH),
        variable("WRASSE_DESTROY_COMMAND", command),
        variable("WRASSE_STATE_KEY", "environments/state"),
        variable("WRASSE_PARAMETERS", "[]"),
    ];
    let tags = [
        json!({"key": "wrasse:owner", "value": "mira"}),
        json!({"key": "wrasse:created", "value": "2026-11-01T00:00:00Z"}),
    ];
    let name = format!("{}-create", environment());
    ok(&json!({"projects": [{"name": name, "tags": tags, "environment": {
        "type": "LINUX_CONTAINER", "image": "i", "computeType": "BUILD_GENERAL1_SMALL", "environmentVariables": variables,
    }}]}))
}

fn build(id: &str, status: &str) -> [Answer; 2] {
    let build = json!({
        "id": id, "buildStatus": status, "sourceVersion": "c1", "startTime": NOON - 1_800, "endTime": NOON - 1_200,
    });
    [ok(&json!({"ids": [id]})), ok(&json!({"builds": [build]}))]
}

fn shop() -> Answer {
    ok(&json!({"repositoryMetadata": {"repositoryName": "shop", "defaultBranch": "main"}}))
}

/// An environment that was created, whose branch is gone.
fn orphan() -> Vec<Answer> {
    let mut answers = vec![created("")];
    answers.extend(build("c:1", "SUCCEEDED"));
    answers.extend([shop(), refused("BranchDoesNotExistException")]);
    answers
}

/// Nothing of the pipeline runs.
fn quiet() -> [Answer; 3] {
    let executions = ok(&json!({"pipelineExecutionSummaries": [{"pipelineExecutionId": "e", "status": "Succeeded"}]}));
    [executions, ok(&json!({"ids": []})), ok(&json!({"ids": []}))]
}

fn is_kept() -> Answer {
    Answer::ok("")
}

fn is_not_kept() -> Answer {
    Answer::error(404, "")
}

fn started() -> Answer {
    ok(&json!({"build": {"id": "d:1"}}))
}

fn body(request: &str) -> Value {
    serde_json::from_str(request.split_once('\n').unwrap().1).unwrap()
}

/// The body of the only call that makes a project.
fn made(replay: &Replay) -> Value {
    let made = replay.requests().into_iter().map(|request| body_or_null(&request));
    let made: Vec<Value> = made.filter(|body| body["serviceRole"].is_string()).collect();
    assert_eq!(made.len(), 1, "{made:?}");
    made[0].clone()
}

fn body_or_null(request: &str) -> Value {
    let body = request.split_once('\n').map_or("", |(_, body)| body);
    serde_json::from_str(body).unwrap_or_default()
}

fn variable(project: &Value, name: &str) -> String {
    let variables = project["environment"]["environmentVariables"].as_array().unwrap();
    let found = variables.iter().find(|variable| variable["name"] == name).unwrap();
    found["value"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_a_gone_branch_left_is_destroyed_with_what_it_was_made_with() {
    let mut answers = orphan();
    answers.extend(quiet());
    answers.extend([
        created(""),
        is_kept(),
        ok(&json!({})),
        started(),
        ok(&json!({"ids": []})),
    ]);
    let replay = Replay::new(answers);
    let outcome = answer(&replay, &deleted()).await.unwrap();
    assert_eq!(outcome, format!("destroying {}", environment()));

    let project = made(&replay);
    assert_eq!(project["name"], format!("{}-destroy", environment()));
    assert_eq!(project["source"]["type"], "NO_SOURCE");
    assert_eq!(project["timeoutInMinutes"], 45);
    assert_eq!(variable(&project, "WRASSE_BRANCH"), BRANCH);
    assert_eq!(variable(&project, "WRASSE_STATE_KEY"), "environments/state");
    assert!(!project["source"]["buildspec"].as_str().unwrap().contains("pwned"));
    let tags = project["tags"].as_array().unwrap();
    let tag = |key: &str| &tags.iter().find(|tag| tag["key"] == key).unwrap()["value"];
    assert_eq!(
        (tag("wrasse:owner"), tag("wrasse:created")),
        (&json!("mira"), &json!("2026-11-01T00:00:00Z"))
    );
    assert_eq!(tag("wrasse:environment"), environment().name());
}

#[tokio::test]
async fn a_command_that_destroys_gets_the_source_that_was_kept_or_does_not_run() {
    for (kept, source, command) in [(is_kept(), "S3", "make destroy"), (is_not_kept(), "NO_SOURCE", "")] {
        let mut answers = orphan();
        answers.extend(quiet());
        answers.extend([
            created("make destroy"),
            kept,
            ok(&json!({})),
            started(),
            ok(&json!({"ids": []})),
        ]);
        let replay = Replay::new(answers);
        answer(&replay, &deleted()).await.unwrap();
        let project = made(&replay);
        assert_eq!(project["source"]["type"], source);
        assert_eq!(variable(&project, "WRASSE_DESTROY_COMMAND"), command);
    }
}

#[tokio::test]
async fn what_still_deploys_is_stopped_before_and_what_creates_after() {
    let mut answers = orphan();
    answers.push(ok(
        &json!({"pipelineExecutionSummaries": [{"pipelineExecutionId": "e", "status": "InProgress"}]}),
    ));
    // It ends meanwhile.
    answers.push(refused("PipelineExecutionNotStoppableException"));
    answers.push(no_such_project());
    answers.extend(build("deploy:1", "IN_PROGRESS"));
    answers.push(ok(&json!({})));
    answers.extend([created(""), is_kept(), ok(&json!({})), started()]);
    answers.extend(build("create:2", "IN_PROGRESS"));
    answers.push(ok(&json!({})));
    let replay = Replay::new(answers);
    answer(&replay, &deleted()).await.unwrap();
    let requests: Vec<Value> = replay.requests().iter().map(|request| body_or_null(request)).collect();
    let at = |wanted: &dyn Fn(&Value) -> bool| requests.iter().position(wanted).unwrap();
    let pipeline = at(&|request| request["abandon"] == true && request["pipelineName"] == environment().name());
    let deploy = at(&|request| request["id"] == "deploy:1");
    let start = at(&|request| request["projectName"] == format!("{}-destroy", environment()));
    let create = at(&|request| request["id"] == "create:2");
    assert!(pipeline < deploy && deploy < start && start < create, "{requests:?}");
}

#[tokio::test]
async fn a_build_that_creates_is_stopped_and_its_end_looks_again() {
    let mut answers = vec![created("")];
    answers.extend(build("c:1", "IN_PROGRESS"));
    answers.extend([shop(), refused("BranchDoesNotExistException"), ok(&json!({}))]);
    let replay = Replay::new(answers);
    let outcome = answer(&replay, &deleted()).await.unwrap();
    assert_eq!(outcome, format!("stopped the build of {}", environment()));
    assert_eq!(body(replay.requests().last().unwrap())["id"], "c:1");
}

#[tokio::test]
async fn a_branch_that_is_there_protected_or_without_environment_is_left() {
    let mut there = vec![created("")];
    there.extend(build("c:1", "SUCCEEDED"));
    let no_age = Answer::error(404, "<Error><Code>NoSuchKey</Code><Message>none</Message></Error>");
    there.extend([shop(), ok(&json!({"branch": {"commitId": "c1"}})), no_age]);
    let outcome = answer(&Replay::new(there), &deleted()).await.unwrap();
    assert_eq!(outcome, "left as it is: Settled");

    for branch in ["main", "release/1"] {
        let replay = Replay::new(vec![ok(&json!({"projects": []})), shop()]);
        let outcome = answer(&replay, &json!({"branch": branch})).await.unwrap();
        assert_eq!(outcome, "left as it is: Nothing", "{branch}");
    }

    let gone = vec![
        ok(&json!({"projects": []})),
        shop(),
        refused("BranchDoesNotExistException"),
    ];
    let outcome = answer(&Replay::new(gone), &deleted()).await.unwrap();
    assert_eq!(outcome, "left as it is: Nothing");
}

#[tokio::test]
async fn a_repository_that_is_gone_takes_environments_along_only_where_it_may() {
    let looked = || {
        let mut answers = vec![created("")];
        answers.extend(build("c:1", "SUCCEEDED"));
        answers.push(refused("RepositoryDoesNotExistException"));
        answers
    };
    let outcome = answer_where("keep", &Replay::new(looked()), &deleted()).await.unwrap();
    assert!(outcome.starts_with("left as it is"), "{outcome}");

    let mut answers = looked();
    answers.extend(quiet());
    answers.extend([
        created(""),
        is_kept(),
        ok(&json!({})),
        started(),
        ok(&json!({"ids": []})),
    ]);
    let outcome = answer_where("destroy", &Replay::new(answers), &deleted())
        .await
        .unwrap();
    assert_eq!(outcome, format!("destroying {}", environment()));
}

#[tokio::test]
async fn a_project_that_is_there_is_brought_up_to_date_and_a_build_that_runs_is_enough() {
    let mut answers = orphan();
    answers.extend(quiet());
    answers.extend([
        created(""),
        is_kept(),
        refused("ResourceAlreadyExistsException"),
        ok(&json!({})),
    ]);
    answers.extend([refused("AccountLimitExceededException"), ok(&json!({"ids": []}))]);
    let outcome = answer(&Replay::new(answers), &deleted()).await.unwrap();
    assert_eq!(outcome, "left as it is: Wait");
}

#[tokio::test]
async fn a_call_that_fails_is_an_error_that_names_it() {
    let mut answers = orphan();
    answers.push(refused("ThrottlingException"));
    let (name, text) = answer(&Replay::new(answers), &deleted()).await.unwrap_err();
    assert_eq!(name, "CallFailed");
    assert!(
        text.starts_with(&format!("stopping the pipeline {}: ThrottlingException", environment())),
        "{text}"
    );
    let (name, _) = answer(&Replay::new(vec![]), &json!({"detail-type": "Scheduled Event"}))
        .await
        .unwrap_err();
    assert_eq!(name, "InvalidEvent");
}
