//! Invocations through the real SDK up to the connection.
//!
//! Answers of AWS are hand-written and small, after the API references
//! (<https://docs.aws.amazon.com/codecommit/latest/APIReference/>, <https://docs.aws.amazon.com/codebuild/latest/APIReference/>,
//! <https://docs.aws.amazon.com/codepipeline/latest/APIReference/>, <https://docs.aws.amazon.com/AmazonS3/latest/API/>,
//! <https://docs.aws.amazon.com/sns/latest/api/>).

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

use aws_client::ServerTime;
use aws_client::replay::{Answer, Replay};
use branch_build::Environment;
use branch_finish::{Config, Function};
use jiff::Timestamp;
use lambda_runtime::Diagnostic;
use serde_json::{Value, json};

const NOON: i64 = 1_795_176_000;
const MADE: i64 = NOON - 7_200;

fn environment() -> Environment {
    Environment::of("app", "shop", "feature/login")
}

fn config() -> Config {
    let value = |name: &str| match name {
        "PREFIX" => "app",
        "REPOSITORY_NAME" => "shop",
        "REPOSITORY_HOST" => "codecommit",
        "REPOSITORY_URL" => "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/shop",
        "PROTECTED_BRANCHES" => "release/*",
        "BUCKET_NAME" => "bucket",
        "TOPIC_ARN" => "arn:aws:sns:us-east-1:123456789012:people",
        "CREATE_FUNCTION" => "create",
        "REPOSITORY_GONE" => "keep",
        _ => "destroy",
    };
    Config::from_lookup(|name| Some(value(name).to_owned())).unwrap()
}

async fn answer(replay: &Replay, event: &Value) -> Result<String, (String, String)> {
    let function = Function::new(Ok(config()), &replay.sdk_config(), ServerTime::default());
    let noon = Timestamp::from_second(NOON).unwrap();
    let answered = function.answer(event, noon).await.map_err(|error| {
        let diagnostic = Diagnostic::from(error);
        (diagnostic.error_type, diagnostic.error_message)
    });
    assert!(replay.is_used_up(), "{:?}", replay.requests());
    answered.map(|answer| answer["outcome"].as_str().unwrap().to_owned())
}

fn ended(purpose: &str) -> Value {
    json!({
        "detail-type": "CodeBuild Build State Change", "source": "aws.codebuild",
        "detail": {"project-name": format!("{}-{purpose}", environment()), "build-status": "SUCCEEDED"},
    })
}

fn ok(body: &Value) -> Answer {
    Answer::ok(body.to_string())
}

fn refused(code: &str) -> Answer {
    Answer::error(400, json!({"__type": code, "message": "in words"}).to_string())
}

fn projects(purposes: &[&str], repository: &str) -> Answer {
    let project = |purpose: &&str| {
        json!({
            "name": format!("{}-{purpose}", environment()), "created": MADE,
            "tags": [{"key": "wrasse:repository", "value": repository}],
            "environment": {
                "type": "LINUX_CONTAINER", "image": "i", "computeType": "BUILD_GENERAL1_SMALL",
                "environmentVariables": [{"name": "WRASSE_BRANCH", "value": "feature/login"}],
            },
        })
    };
    ok(&json!({"projects": purposes.iter().map(project).collect::<Vec<_>>()}))
}

/// One build of a project: what lists it, and what it is. It took ten minutes.
fn build(status: &str, commit: Option<&str>, minutes_ago: i64) -> [Answer; 2] {
    let started = NOON - minutes_ago * 60;
    let build = json!({
        "id": "p:1", "buildStatus": status, "sourceVersion": commit, "startTime": started, "endTime": started + 600,
        "phases": [{"phaseType": "BUILD", "contexts": [{"message": "exit status 1"}]}],
        "logs": {"deepLink": "https://console.aws.amazon.com/log"},
    });
    [ok(&json!({"ids": ["p:1"]})), ok(&json!({"builds": [build]}))]
}

fn shop() -> Answer {
    ok(&json!({"repositoryMetadata": {"repositoryName": "shop", "defaultBranch": "main"}}))
}

/// The branch is there, at this commit, and not too old.
fn present(commit: &str) -> Vec<Answer> {
    let no_age = Answer::error(404, "<Error><Code>NoSuchKey</Code><Message>none</Message></Error>");
    vec![shop(), ok(&json!({"branch": {"commitId": commit}})), no_age]
}

fn gone() -> Vec<Answer> {
    vec![shop(), refused("BranchDoesNotExistException")]
}

/// The environment has one project, whose build stands like this, and its branch like that.
fn found(purpose: &str, build: [Answer; 2], branch: Vec<Answer>) -> Vec<Answer> {
    let mut answers = vec![projects(&[purpose], "shop"), projects(&[purpose], "shop")];
    answers.extend(build);
    answers.extend(branch);
    answers
}

fn runs(started: &[i64]) -> Answer {
    let run = |started: &i64| json!({"pipelineExecutionId": "e", "status": "Succeeded", "startTime": started});
    ok(&json!({"pipelineExecutionSummaries": started.iter().map(run).collect::<Vec<_>>()}))
}

fn handed() -> Answer {
    Answer {
        status: 202,
        body: String::new(),
    }
}

fn operations(replay: &Replay) -> Vec<String> {
    let requests = replay.requests();
    requests
        .iter()
        .map(|request| request.lines().next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn the_pipeline_is_started_once_its_source_was_kept() {
    let created = || found("create", build("SUCCEEDED", Some("c1"), 30), present("c1"));
    let mut answers = created();
    answers.extend([
        runs(&[NOON - 1_900, NOON - 9_000]),
        ok(&json!({"pipelineExecutionId": "e"})),
    ]);
    let outcome = answer(&Replay::new(answers), &ended("create")).await.unwrap();
    assert_eq!(outcome, format!("started the pipeline {}", environment()));

    let mut answers = created();
    answers.push(runs(&[NOON - 60, NOON - 9_000]));
    let outcome = answer(&Replay::new(answers), &ended("create")).await.unwrap();
    assert_eq!(outcome, format!("the pipeline {} has run", environment()));
}

#[tokio::test]
async fn what_the_branch_is_now_decides() {
    let succeeded = || build("SUCCEEDED", Some("c1"), 30);
    for (branch, function) in [(present("c2"), "create"), (gone(), "destroy")] {
        let mut answers = found("create", succeeded(), branch);
        answers.push(handed());
        let replay = Replay::new(answers);
        answer(&replay, &ended("create")).await.unwrap();
        let requests = replay.requests();
        let invocation = requests.last().unwrap();
        assert!(
            invocation.contains(&format!("/functions/{function}/invocations")),
            "{invocation}"
        );
        assert!(invocation.ends_with(r#"{"branch":"feature/login"}"#), "{invocation}");
    }
}

#[tokio::test]
async fn what_was_destroyed_is_removed_its_own_project_last() {
    let mut answers = found("destroy", build("SUCCEEDED", None, 30), gone());
    let key = format!("environments/{}/source.zip", environment());
    let listed = format!("<ListBucketResult><Contents><Key>{key}</Key></Contents></ListBucketResult>");
    answers.extend([
        Answer::ok(listed),
        Answer {
            status: 204,
            body: String::new(),
        },
        ok(&json!({})),
    ]);
    let replay = Replay::new(answers);
    assert_eq!(
        answer(&replay, &ended("destroy")).await.unwrap(),
        format!("removed {}", environment())
    );
    let made = operations(&replay);
    assert!(
        made[made.len() - 2].starts_with("DELETE ") && made[made.len() - 2].contains(&key),
        "{made:?}"
    );
    let requests = replay.requests();
    assert!(
        requests.last().unwrap().contains(&format!("{}-destroy", environment())),
        "{requests:?}"
    );
}

#[tokio::test]
async fn a_failure_is_told_with_its_reason_and_nothing_removed() {
    let told = Answer::ok(
        "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>1</MessageId>\
         </PublishResult></PublishResponse>",
    );
    for (purpose, verb, branch) in [("create", "created", present("c1")), ("destroy", "destroyed", gone())] {
        let commit = (purpose == "create").then_some("c1");
        let mut answers = found(purpose, build("FAILED", commit, 12), branch);
        answers.push(told.clone());
        let replay = Replay::new(answers);
        let outcome = answer(&replay, &ended(purpose)).await.unwrap();
        assert!(
            outcome.contains("failed, tried again after 2026-11-20T12:08:00Z"),
            "{outcome}"
        );
        let notice = replay.requests().pop().unwrap();
        for words in [
            format!("could%20not%20be%20{verb}"),
            "exit%20status%201".to_owned(),
            "console.aws.amazon.com".to_owned(),
        ] {
            assert!(notice.contains(&words), "{notice}");
        }
    }
}

#[tokio::test]
async fn a_failure_that_nobody_sent_an_event_of_is_not_told_again() {
    let answers = found("create", build("FAILED", Some("c1"), 12), present("c1"));
    let event = json!({"project": format!("{}-create", environment())});
    assert!(answer(&Replay::new(answers), &event).await.unwrap().contains("failed"));
}

#[tokio::test]
async fn a_project_that_is_not_ours_is_left() {
    for project in [
        "app-create",
        "other-x-abcdefghijkl-create",
        "app-login-abcdefghijkl-build",
    ] {
        let outcome = answer(&Replay::new(vec![]), &json!({"project": project}))
            .await
            .unwrap();
        assert_eq!(outcome, "no environment of this stack", "{project}");
    }
    let of_another = Replay::new(vec![projects(&["create"], "other")]);
    assert_eq!(
        answer(&of_another, &ended("create")).await.unwrap(),
        "no environment of this stack"
    );
}

#[tokio::test]
async fn a_call_that_fails_is_an_error_that_names_it() {
    let replay = Replay::new(vec![refused("ThrottlingException")]);
    let (name, text) = answer(&replay, &ended("create")).await.unwrap_err();
    assert_eq!(name, "CallFailed");
    assert!(
        text.starts_with(&format!("looking at {}: ThrottlingException", environment())),
        "{text}"
    );
}
