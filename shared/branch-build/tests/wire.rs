//! What is asked of AWS and what is made of its answers, through the real SDK up to the connection.
//!
//! Answers of AWS are hand-written and small, after the API references
//! (<https://docs.aws.amazon.com/codecommit/latest/APIReference/>, <https://docs.aws.amazon.com/codebuild/latest/APIReference/>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/>).

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

use std::collections::BTreeMap;

use aws_client::replay::{Answer, Replay};
use branch_build::{
    Age, Ages, Branches, Build, BuildPlace, Builds, Environment, Gone, Host, Location, Observed, Outcome, Project,
    Projects, Protection, Purpose, Repository, Said, Source, Started, Wanted, Wishes,
};
use serde_json::{Value, json};

fn ok(body: &Value) -> Answer {
    Answer::ok(body.to_string())
}

fn refused(code: &str) -> Answer {
    Answer::error(400, json!({"__type": code, "message": "in words"}).to_string())
}

fn denied() -> Answer {
    refused("AccessDeniedException")
}

/// The bodies of all requests.
#[track_caller]
fn bodies(replay: &Replay) -> Vec<Value> {
    assert!(replay.is_used_up());
    let bodies = replay.requests().into_iter();
    let body = |request: String| serde_json::from_str(request.split_once('\n').unwrap().1).unwrap();
    bodies.map(body).collect()
}

/// The first lines of all requests, without what the SDK says of itself.
#[track_caller]
fn lines(replay: &Replay) -> Vec<String> {
    assert!(replay.is_used_up());
    let lines = replay.requests().into_iter();
    let line = |request: String| request.lines().next().unwrap().to_owned();
    lines.map(line).collect()
}

fn environment() -> Environment {
    Environment::of("app", "shop", "feature/login")
}

// What a repository says.

fn shop_in_codecommit() -> Location {
    Location {
        name: "shop".to_owned(),
        ..Location::default()
    }
}

fn shop(default: &str) -> Answer {
    ok(&json!({"repositoryMetadata": {"repositoryName": "shop", "defaultBranch": default}}))
}

fn head(commit: &str) -> Answer {
    ok(&json!({"branch": {"branchName": "x", "commitId": commit}}))
}

fn present() -> Wanted {
    Wanted::Present {
        commit: "c1".to_owned(),
    }
}

async fn wanted(branch: &str, answers: Vec<Answer>) -> Result<Option<Wanted>, Option<String>> {
    let replay = Replay::new(answers);
    let repository = Repository::new(&shop_in_codecommit(), &replay.sdk_config());
    let wanted = repository.wanted(branch, &Protection::of("release/*")).await;
    assert!(replay.is_used_up());
    wanted.map_err(|error| error.code().map(str::to_owned))
}

#[tokio::test]
async fn a_branch_that_is_there_and_not_protected_is_wanted() {
    assert_eq!(wanted("x", vec![shop("main"), head("c1")]).await, Ok(Some(present())));
    let gone = refused("BranchDoesNotExistException");
    assert_eq!(wanted("x", vec![shop("main"), gone]).await, Ok(Some(Wanted::Absent)));
    for protected in ["main", "release/1"] {
        assert_eq!(wanted(protected, vec![shop("main")]).await, Ok(Some(Wanted::Untouched)));
    }
    let gone = refused("RepositoryDoesNotExistException");
    assert_eq!(wanted("x", vec![gone]).await, Ok(None));
}

#[tokio::test]
async fn a_refusal_is_never_taken_for_an_absence() {
    let refusal = Err(Some("AccessDeniedException".to_owned()));
    assert_eq!(wanted("x", vec![denied()]).await, refusal);
    assert_eq!(wanted("x", vec![shop("main"), denied()]).await, refusal);
    let replay = Replay::new(vec![denied(), denied()]);
    let builds = Builds::new(&replay.sdk_config());
    assert!(builds.of_project("p").await.is_err());
    assert!(
        Ages::new("bucket", &replay.sdk_config())
            .read(&environment())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn branches_come_from_all_pages() {
    let pages = [
        json!({"branches": ["main", "a"], "nextToken": "t"}),
        json!({"branches": ["b"]}),
    ];
    let replay = Replay::new(vec![shop("main"), ok(&pages[0]), ok(&pages[1])]);
    let repository = Repository::new(&shop_in_codecommit(), &replay.sdk_config());
    let found = Branches::Of {
        default: Some("main".to_owned()),
        names: ["main", "a", "b"].map(str::to_owned).into(),
        heads: BTreeMap::new(),
    };
    assert_eq!(repository.branches().await.unwrap(), found);
    let bodies = bodies(&replay);
    assert_eq!(bodies[2], json!({"repositoryName": "shop", "nextToken": "t"}));

    let empty = [json!({"repositoryMetadata": {}}), json!({"branches": []})];
    let replay = Replay::new(vec![ok(&empty[0]), ok(&empty[1])]);
    let found = Branches::Of {
        default: None,
        names: Vec::new(),
        heads: BTreeMap::new(),
    };
    assert_eq!(
        Repository::new(&shop_in_codecommit(), &replay.sdk_config())
            .branches()
            .await
            .unwrap(),
        found
    );

    let replay = Replay::new(vec![refused("RepositoryDoesNotExistException")]);
    let found = Repository::new(&shop_in_codecommit(), &replay.sdk_config())
        .branches()
        .await
        .unwrap();
    assert_eq!(found, Branches::NoRepository);
}

#[tokio::test]
async fn a_branchs_name_is_asked_for_as_it_is() {
    let branch = ";$(touch pwned) é\"'\\";
    let replay = Replay::new(vec![head("c1")]);
    Repository::new(&shop_in_codecommit(), &replay.sdk_config())
        .head(branch)
        .await
        .unwrap();
    assert_eq!(
        bodies(&replay),
        [json!({"repositoryName": "shop", "branchName": branch})]
    );
}

#[tokio::test]
async fn a_file_is_of_its_commit_or_not_there() {
    let found = json!({"commitId": "c1", "blobId": "b", "filePath": "f", "fileMode": "NORMAL", "fileSize": 2,
        "fileContent": "aGk="});
    let replay = Replay::new(vec![ok(&found), refused("FileDoesNotExistException"), denied()]);
    let repository = Repository::new(&shop_in_codecommit(), &replay.sdk_config());
    assert_eq!(
        repository.file("c1", ".wrasse.yaml").await.unwrap(),
        Some(b"hi".to_vec())
    );
    assert_eq!(repository.file("c1", ".wrasse.yaml").await.unwrap(), None);
    assert!(repository.file("c1", ".wrasse.yaml").await.is_err());
    let body = json!({"repositoryName": "shop", "commitSpecifier": "c1", "filePath": ".wrasse.yaml"});
    assert_eq!(bodies(&replay)[0], body);
}

// What is wished for.

async fn wish(gone: Gone, branch: &str, answers: Vec<Answer>) -> Wanted {
    let replay = Replay::new(answers);
    let wishes = Wishes::new(
        "app",
        &shop_in_codecommit(),
        "release/*",
        "bucket",
        &replay.sdk_config(),
    )
    .with_gone(gone);
    let wanted = wishes.of(branch).await.unwrap();
    assert!(replay.is_used_up());
    wanted
}

#[tokio::test]
async fn a_branch_that_was_found_too_old_is_wanted_again_after_a_push() {
    let at = "2026-11-20T12:00:00Z".parse().unwrap();
    let age = Age {
        expired: Some(Said {
            commit: "c1".to_owned(),
            at,
        }),
        ..Age::default()
    };
    let age = || ok(&json!(age));
    assert_eq!(
        wish(Gone::Keep, "x", vec![shop("main"), head("c1"), age()]).await,
        Wanted::Absent
    );
    let pushed = Wanted::Present {
        commit: "c2".to_owned(),
    };
    assert_eq!(
        wish(Gone::Keep, "x", vec![shop("main"), head("c2"), age()]).await,
        pushed
    );
}

#[tokio::test]
async fn without_a_repository_nothing_is_touched_unless_that_is_asked_for() {
    let gone = || vec![refused("RepositoryDoesNotExistException")];
    assert_eq!(wish(Gone::Keep, "x", gone()).await, Wanted::Untouched);
    assert_eq!(wish(Gone::Destroy, "x", gone()).await, Wanted::Absent);
    assert_eq!(wish(Gone::Destroy, "release/1", gone()).await, Wanted::Untouched);
    assert_eq!(wish(Gone::Destroy, "main", vec![shop("main")]).await, Wanted::Untouched);
}

// What there is.

fn build(id: &str, status: &str, started: f64) -> Value {
    json!({"id": id, "buildStatus": status, "startTime": started})
}

#[tokio::test]
async fn builds_are_known_by_outcome_the_newest_first() {
    let name = environment().project(Purpose::Create);
    let statuses = ["SUCCEEDED", "FAILED", "FAULT", "STOPPED", "TIMED_OUT", "IN_PROGRESS"];
    let mut builds: Vec<Value> = (0_u32..)
        .zip(statuses)
        .map(|(age, status)| build(status, status, f64::from(100 - age)))
        .collect();
    builds[0]["sourceVersion"] = "c1".into();
    builds[0]["endTime"] = json!(101.5);
    builds.swap(0, 4);
    builds.push(json!({"id": "queued", "buildStatus": "IN_PROGRESS"}));
    // Of a project of the same name that was deleted.
    builds.push(build("of before", "SUCCEEDED", 94.9));
    let ids: Vec<String> = (0..15).map(|number| format!("b{number}")).collect();
    let answers = vec![
        ok(&json!({"projects": [{"name": name, "created": 95.0}], "projectsNotFound": ["x"]})),
        ok(&json!({"ids": ids})),
        ok(&json!({"builds": builds})),
    ];
    let replay = Replay::new(answers);
    let observed = Builds::new(&replay.sdk_config()).observe(&environment()).await.unwrap();
    let Observed {
        create: Some(create),
        destroy: None,
    } = &observed
    else {
        panic!("{observed:?}");
    };
    let outcomes: Vec<(&str, Outcome)> = create.iter().map(|build| (build.id.as_str(), build.outcome)).collect();
    let wanted = statuses.map(|status| match status {
        "SUCCEEDED" => (status, Outcome::Succeeded),
        "IN_PROGRESS" => (status, Outcome::Running),
        _ => (status, Outcome::Unsuccessful),
    });
    assert_eq!(outcomes, wanted);
    let first: &Build = &create[0];
    assert_eq!(first.commit.as_deref(), Some("c1"));
    assert_eq!(first.ended, Some("1970-01-01T00:01:41.5Z".parse().unwrap()));
    let bodies = bodies(&replay);
    let names = [&name, &environment().project(Purpose::Destroy)];
    assert_eq!(bodies[0], json!({"names": names}));
    assert_eq!(bodies[1], json!({"projectName": name}));
    assert_eq!(bodies[2], json!({"ids": ids[..10]}));
}

#[tokio::test]
async fn a_project_that_never_ran_has_no_builds() {
    let replay = Replay::new(vec![ok(&json!({"ids": []}))]);
    let builds = Builds::new(&replay.sdk_config());
    assert_eq!(builds.of_project("p").await.unwrap(), Some(Vec::new()));
    assert!(replay.is_used_up());
}

#[tokio::test]
async fn environments_are_those_of_the_prefix_once_each() {
    let (one, other) = (environment(), Environment::of("app", "shop", "x"));
    let foreign = Environment::of("web", "shop", "x");
    let pages = [
        json!({"projects": [one.project(Purpose::Create), "app-tool", foreign.project(Purpose::Create)], "nextToken": "t"}),
        json!({"projects": [other.project(Purpose::Destroy), one.project(Purpose::Destroy), format!("{one}-build")]}),
    ];
    let replay = Replay::new(pages.iter().map(ok).collect());
    let found = Builds::new(&replay.sdk_config()).environments("app").await.unwrap();
    let mut wanted = vec![one, other];
    wanted.sort();
    assert_eq!(found, wanted);
    assert_eq!(bodies(&replay)[1], json!({"nextToken": "t"}));
}

#[tokio::test]
async fn a_project_tells_its_branch_if_it_is_of_the_repository() {
    let project = json!({
        "name": "p",
        "environment": {
            "type": "LINUX_CONTAINER", "image": "i", "computeType": "BUILD_GENERAL1_SMALL",
            "environmentVariables": [{"name": "WRASSE_BRANCH", "value": ";$(touch pwned)"}],
        },
        "tags": [{"key": "wrasse:repository", "value": "sh=20op"}],
    });
    let replay = Replay::new(vec![
        ok(&json!({"projects": [project]})),
        ok(&json!({"projectsNotFound": ["q"]})),
    ]);
    let builds = Builds::new(&replay.sdk_config());
    let found = builds.describe("p").await.unwrap().unwrap();
    assert_eq!(found.branch("sh op"), Some(";$(touch pwned)"));
    assert_eq!(found.branch("sh=20op"), None);
    assert_eq!(found.branch("shop"), None);
    assert_eq!(builds.describe("q").await.unwrap(), None);
    assert_eq!(bodies(&replay), [json!({"names": ["p"]}), json!({"names": ["q"]})]);
}

// What is made.

fn place() -> BuildPlace {
    BuildPlace {
        role: "arn:aws:iam::123456789012:role/build".to_owned(),
        image: "aws/codebuild/amazonlinux-aarch64-standard:3.0".to_owned(),
        timeout_minutes: 30,
        log_group: "/builds".to_owned(),
    }
}

fn project<'a>(environment: &'a Environment, place: &'a BuildPlace, purpose: Purpose, source: Source) -> Project<'a> {
    Project {
        environment,
        purpose,
        source,
        place,
        variables: vec![("WRASSE_BRANCH", ";$(touch pwned)".to_owned())],
        tags: vec![("wrasse:branch".to_owned(), "=3B".to_owned())],
    }
}

#[tokio::test]
async fn a_project_is_made_with_all_it_needs_and_the_branch_in_a_variable_only() {
    let (environment, place) = (environment(), place());
    let url = "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/shop".to_owned();
    let replay = Replay::new(vec![ok(&json!({}))]);
    let wanted = project(
        &environment,
        &place,
        Purpose::Create,
        Source::CodeCommit { url: url.clone() },
    );
    Projects::new(&replay.sdk_config()).make(&wanted).await.unwrap();
    let mut body = bodies(&replay).remove(0);
    let buildspec = body["source"].as_object_mut().unwrap().remove("buildspec").unwrap();
    assert!(buildspec.as_str().unwrap().contains("git archive"));
    assert!(!buildspec.as_str().unwrap().contains("touch pwned"));
    assert!(
        !body
            .as_object_mut()
            .unwrap()
            .remove("description")
            .unwrap()
            .as_str()
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        body,
        json!({
            "name": environment.project(Purpose::Create),
            "source": {"type": "CODECOMMIT", "location": url, "gitCloneDepth": 1},
            "artifacts": {"type": "NO_ARTIFACTS"},
            "environment": {
                "type": "ARM_CONTAINER", "image": place.image, "computeType": "BUILD_GENERAL1_SMALL",
                "environmentVariables": [{"name": "WRASSE_BRANCH", "value": ";$(touch pwned)"}],
            },
            "serviceRole": place.role,
            "timeoutInMinutes": 30,
            "logsConfig": {"cloudWatchLogs": {"status": "ENABLED", "groupName": "/builds", "streamName": environment.name()}},
            "concurrentBuildLimit": 1,
            "tags": [{"key": "wrasse:branch", "value": "=3B"}],
        })
    );
}

#[tokio::test]
async fn a_project_that_is_there_is_brought_up_to_date() {
    let (environment, place) = (environment(), place());
    let exists = || refused("ResourceAlreadyExistsException");
    let object = Source::Object {
        bucket: "bucket".to_owned(),
        key: environment.source_key(),
    };
    for (source, shown) in [
        (
            object,
            json!({"type": "S3", "location": format!("bucket/{}", environment.source_key())}),
        ),
        (Source::Nothing, json!({"type": "NO_SOURCE"})),
    ] {
        let replay = Replay::new(vec![exists(), ok(&json!({}))]);
        let wanted = project(&environment, &place, Purpose::Destroy, source);
        Projects::new(&replay.sdk_config()).make(&wanted).await.unwrap();
        let [made, updated] = bodies(&replay).try_into().unwrap();
        for (key, value) in updated.as_object().unwrap() {
            assert_eq!(made[key], *value, "{key}");
        }
        for key in [
            "name",
            "source",
            "environment",
            "serviceRole",
            "timeoutInMinutes",
            "logsConfig",
            "tags",
        ] {
            assert_eq!(updated[key], made[key], "{key}");
        }
        let mut source = updated["source"].clone();
        source.as_object_mut().unwrap().remove("buildspec");
        assert_eq!(source, shown);
    }
    let replay = Replay::new(vec![denied()]);
    let wanted = project(&environment, &place, Purpose::Destroy, Source::Nothing);
    assert!(Projects::new(&replay.sdk_config()).make(&wanted).await.is_err());
}

#[tokio::test]
async fn a_project_of_another_host_clones_by_the_connection_alone() {
    let (environment, place) = (environment(), place());
    let connection = "arn:aws:codeconnections:us-east-1:123456789012:connection/1";
    for (host, url, kind) in [
        (Host::GitHub, "https://github.com/acme/shop.git", "GITHUB"),
        (Host::GitHub, "https://git.acme.example/acme/shop", "GITHUB_ENTERPRISE"),
        (Host::GitLab, "https://gitlab.com/acme/shop.git", "GITLAB"),
        (
            Host::GitLab,
            "https://git.acme.example/acme/shop.git",
            "GITLAB_SELF_MANAGED",
        ),
        (Host::Bitbucket, "https://bitbucket.org/acme/shop.git", "BITBUCKET"),
    ] {
        let location = Location {
            host,
            url: url.parse().unwrap(),
            ..Location::default()
        };
        let replay = Replay::new(vec![ok(&json!({}))]);
        let source = Source::clone_of(&location, connection);
        let wanted = project(&environment, &place, Purpose::Create, source);
        Projects::new(&replay.sdk_config()).make(&wanted).await.unwrap();
        let mut source = bodies(&replay).remove(0)["source"].take();
        source.as_object_mut().unwrap().remove("buildspec");
        let auth = json!({"type": "CODECONNECTIONS", "resource": connection});
        assert_eq!(
            source,
            json!({"type": kind, "location": url, "gitCloneDepth": 1, "auth": auth})
        );
    }
}

#[tokio::test]
async fn a_build_is_started_of_its_commit_unless_another_runs() {
    let started = ok(&json!({"build": {"id": "p:1"}}));
    let busy = refused("AccountLimitExceededException");
    let replay = Replay::new(vec![started.clone(), started, busy, denied()]);
    let projects = Projects::new(&replay.sdk_config());
    assert_eq!(
        projects.start("p", Some("c1")).await.unwrap(),
        Started::Build("p:1".to_owned())
    );
    assert_eq!(
        projects.start("p", None).await.unwrap(),
        Started::Build("p:1".to_owned())
    );
    assert_eq!(projects.start("p", None).await.unwrap(), Started::Busy);
    assert!(projects.start("p", None).await.is_err());
    let bodies = bodies(&replay);
    assert_eq!(bodies[0], json!({"projectName": "p", "sourceVersion": "c1"}));
    assert_eq!(bodies[1], json!({"projectName": "p"}));
}

#[tokio::test]
async fn a_build_is_stopped_by_its_id() {
    let replay = Replay::new(vec![ok(&json!({}))]);
    Projects::new(&replay.sdk_config()).stop("p:1").await.unwrap();
    assert_eq!(bodies(&replay), [json!({"id": "p:1"})]);
}

// What was said of ages.

#[tokio::test]
async fn an_age_is_kept_read_and_forgotten() {
    let said = |commit: &str| {
        Some(Said {
            commit: commit.to_owned(),
            at: "2026-11-20T12:00:00Z".parse().unwrap(),
        })
    };
    let age = Age {
        pushed: said("c1"),
        warned: said("c2"),
        expired: None,
    };
    let replay = Replay::new(vec![Answer::ok(""), ok(&json!(age)), Answer::error(204, "")]);
    let ages = Ages::new("bucket", &replay.sdk_config());
    ages.keep(&environment(), &age).await.unwrap();
    assert_eq!(ages.read(&environment()).await.unwrap(), age);
    ages.forget(&environment()).await.unwrap();
    let url = format!("https://s3.us-east-1.amazonaws.com/bucket/ages/{}.json", environment());
    let wanted = [("PUT", "PutObject"), ("GET", "GetObject"), ("DELETE", "DeleteObject")];
    assert_eq!(
        lines(&replay),
        wanted.map(|(method, operation)| format!("{method} {url}?x-id={operation}"))
    );
    let requests = replay.requests();
    assert_eq!(requests[0].lines().nth(1), Some(json!(age).to_string().as_str()));
}

#[tokio::test]
async fn nothing_was_said_where_there_is_no_object_or_none_that_is_understood() {
    let missing = Answer::error(404, "<Error><Code>NoSuchKey</Code></Error>");
    let replay = Replay::new(vec![missing, Answer::ok("?"), Answer::ok("{}")]);
    let ages = Ages::new("bucket", &replay.sdk_config());
    for _ in 0..3 {
        assert_eq!(ages.read(&environment()).await.unwrap(), Age::default());
    }
}

#[tokio::test]
async fn ages_are_listed_from_all_pages() {
    let page = |keys: &[String], more: &str| {
        let keys = keys.join("</Key></Contents><Contents><Key>");
        Answer::ok(format!(
            "<ListBucketResult>{more}<Contents><Key>{keys}</Key></Contents></ListBucketResult>"
        ))
    };
    let (one, other) = (environment(), Environment::of("app", "shop", "x"));
    let foreign = Environment::of("web", "shop", "x");
    let more = "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>";
    let replay = Replay::new(vec![
        page(&[one.age_key(), foreign.age_key(), "ages/".to_owned()], more),
        page(
            &[other.age_key(), format!("ages/{other}")],
            "<IsTruncated>false</IsTruncated>",
        ),
    ]);
    let found = Ages::new("bucket", &replay.sdk_config()).all("app").await.unwrap();
    assert_eq!(found, [one, other]);
    let lines = lines(&replay);
    assert!(
        lines[0].contains("list-type=2") && lines[0].contains("prefix=ages%2F"),
        "{lines:?}"
    );
    assert!(lines[1].contains("continuation-token=t"), "{lines:?}");
}
