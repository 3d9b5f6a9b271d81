//! Git hosts are asked over a connection, as they are on Lambda.

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

mod host;

use std::time::Duration;

use aws_client::CallError;
use branch_build::{Branches, Host, Protection, Repository, Wanted};

use crate::host::{Answer, ONE, OTHER, SECRET, Served, listed, refused, secret};

const LIST: &str = "GET /acme/shop.git/info/refs?service=git-upload-pack";
/// Of `x-access-token:ghp_1`.
const BASIC: &str = "Basic eC1hY2Nlc3MtdG9rZW46Z2hwXzE=";
const READ: &str = "POST /";

#[tokio::test]
async fn one_request_tells_all_branches_and_the_token_is_read_once() {
    let list = || listed(&[("main", ONE), ("feature/é", OTHER)]);
    let served = Served::new([secret("ghp_1"), list(), list()]).await;
    let repository = served.repository(Host::GitHub);
    let all = repository.branches().await.unwrap();
    let heads = [("feature/é", OTHER), ("main", ONE)].map(|(name, id)| (name.to_owned(), id.to_owned()));
    let expected = Branches::Of {
        default: Some("main".to_owned()),
        names: heads.iter().map(|(name, _)| name.clone()).collect(),
        heads: heads.into(),
    };
    assert_eq!(all, expected);
    assert_eq!(repository.head("feature/é").await.unwrap().as_deref(), Some(OTHER));
    let list = format!("{LIST} {BASIC}");
    assert_eq!(served.requests(), [READ.to_owned(), list.clone(), list]);
}

#[tokio::test]
async fn a_branch_is_wanted_by_what_is_listed_now() {
    let list = || listed(&[("main", ONE), ("x", OTHER)]);
    let served = Served::new([secret("ghp_1"), list(), list(), list(), list()]).await;
    let repository = served.repository(Host::GitHub);
    let protection = Protection::of("release/*");
    let there = Wanted::Present {
        commit: OTHER.to_owned(),
    };
    for (branch, expected) in [
        ("x", there),
        ("gone", Wanted::Absent),
        ("main", Wanted::Untouched),
        ("release/1", Wanted::Untouched),
    ] {
        assert_eq!(
            repository.wanted(branch, &protection).await.unwrap(),
            Some(expected),
            "{branch}"
        );
    }
}

#[tokio::test]
async fn a_host_that_does_not_tell_is_an_error_and_never_without_branches() {
    let whole = listed(&[("main", ONE), ("x", OTHER)]);
    let broken = |missing, cut| Answer {
        body: whole.body[..whole.body.len() - cut].to_vec(),
        missing,
        ..whole.clone()
    };
    let elsewhere = Answer {
        head: "location: http://127.0.0.1:1/stolen\r\n".to_owned(),
        ..refused(301)
    };
    for (answer, says) in [
        (refused(401), "may read the repository's contents"),
        (refused(403), "may read the repository's contents"),
        (refused(404), "may not see it"),
        (refused(500), "busy or out of order"),
        (refused(429), "busy or out of order"),
        (elsewhere, "it redirects"),
        (Answer::of(200, "text/html", whole.body.clone()), "clone URL"),
        (broken(4, 4), "broke off"),
        (broken(0, 4), "broke off"),
        (
            Answer::of(200, "application/x-git-upload-pack-advertisement", "?"),
            "cannot be used",
        ),
    ] {
        let asked = [secret("ghp_1"), answer];
        let served = Served::new([asked.clone(), asked].concat()).await;
        for error in [
            served.repository(Host::GitHub).branches().await.map(drop).unwrap_err(),
            wanted(&served.repository(Host::GitHub), "x").await.unwrap_err(),
        ] {
            let text = text(&error);
            assert!(text.contains(says), "{text}");
            assert!(
                !text.contains("ghp_") && !format!("{error:?}").contains("ghp_"),
                "{text}"
            );
        }
    }
}

async fn wanted(repository: &Repository, branch: &str) -> Result<(), CallError> {
    repository.wanted(branch, &Protection::of("")).await.map(drop)
}

/// With its causes, as functions log it.
fn text(error: &dyn std::error::Error) -> String {
    error
        .source()
        .map_or_else(|| error.to_string(), |cause| format!("{error}: {}", text(cause)))
}

#[tokio::test]
async fn a_kept_token_that_is_refused_is_read_anew_once() {
    let list = || listed(&[("x", ONE)]);
    let answers = [
        secret("ghp_0"),
        list(),
        refused(401),
        secret(r#"{"token": "ghp_1"}"#),
        list(),
    ];
    let served = Served::new(answers).await;
    let repository = served.repository(Host::GitHub);
    assert!(repository.head("x").await.is_ok());
    assert!(repository.head("x").await.is_ok());
    assert_eq!(served.requests()[3..], [READ.to_owned(), format!("{LIST} {BASIC}")]);

    let served = Served::new([secret("ghp_0"), list(), refused(401), secret("ghp_1"), refused(401)]).await;
    let repository = served.repository(Host::GitHub);
    assert!(repository.head("x").await.is_ok());
    assert!(repository.head("x").await.is_err());
    assert_eq!(served.requests().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_kept_for_five_minutes() {
    let list = || listed(&[("x", ONE)]);
    let served = Served::new([secret("ghp_1"), list(), list(), secret("ghp_1"), list()]).await;
    let repository = served.repository(Host::GitHub);
    for minutes in [4, 2, 0] {
        assert!(repository.head("x").await.is_ok());
        tokio::time::advance(Duration::from_mins(minutes)).await;
    }
    assert_eq!(served.requests().iter().filter(|request| *request == READ).count(), 2);
}

#[tokio::test]
async fn a_secret_that_is_no_token_goes_to_no_host() {
    for answer in [
        secret("two words"),
        Answer::of(
            400,
            "application/x-amz-json-1.1",
            r#"{"__type": "ResourceNotFoundException"}"#,
        ),
    ] {
        let served = Served::new([answer]).await;
        assert!(served.repository(Host::GitLab).branches().await.is_err());
        assert_eq!(served.requests(), [READ]);
    }
}

#[tokio::test]
async fn a_file_is_read_by_the_hosts_api_or_is_not_there() {
    for (host, target) in [
        (
            Host::GitHub,
            format!("/api/v3/repos/acme/shop/contents/.wrasse.yaml?ref={ONE}"),
        ),
        (
            Host::GitLab,
            format!("/api/v4/projects/acme%2Fshop/repository/files/.wrasse.yaml/raw?ref={ONE}"),
        ),
        (
            Host::Bitbucket,
            format!("/2.0/repositories/acme/shop/src/{ONE}/.wrasse.yaml"),
        ),
    ] {
        let found = Answer::of(200, "text/plain", "environment: true");
        let served = Served::new([secret("ghp_1"), found, refused(404), refused(403), refused(302)]).await;
        let repository = served.repository(host);
        let mut answers = Vec::new();
        for _ in 0..4 {
            answers.push(repository.file(ONE, ".wrasse.yaml").await);
        }
        assert_eq!(answers[0].as_ref().unwrap().as_deref(), Some(&b"environment: true"[..]));
        assert_eq!(answers[1].as_ref().unwrap(), &None);
        assert!(answers[2..].iter().all(Result::is_err));
        assert_eq!(served.requests()[1], format!("GET {target} Bearer ghp_1"));
    }
}

#[tokio::test]
async fn an_answer_without_end_is_an_error() {
    let file = Answer::of(200, "text/plain", vec![b'x'; 1024 * 1024 + 1]);
    let served = Served::new([secret("ghp_1"), file]).await;
    let error = served.repository(Host::GitHub).file(ONE, "f").await.unwrap_err();
    assert!(error.to_string().contains("more than 1048576 bytes"), "{error}");

    let stalled = Answer {
        missing: 1,
        ..listed(&[("x", ONE)])
    };
    let served = Served::new([secret("ghp_1"), stalled]).await;
    let error = served.repository(Host::GitHub).head("x").await.unwrap_err();
    assert!(!error.to_string().contains(SECRET), "{error}");
}
