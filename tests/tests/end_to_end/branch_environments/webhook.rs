//! Webhooks of another host reach the function through its URL.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::team::{HOST_REPOSITORY, Team, WEBHOOK_SECRET, application, team};
use crate::engine::{aws, control, invocations, state, tool};

/// A push to a branch of a repository, as GitHub tells it.
fn push_to(repository: &str, branch: &str, commit: &str, at: u64) -> String {
    let repository = json!({"full_name": repository, "pushed_at": at});
    let sender = json!({"login": "mira"});
    let reference = format!("refs/heads/{branch}");
    let before = "0".repeat(40);
    json!({"ref": reference, "before": before, "after": commit, "repository": repository, "sender": sender}).to_string()
}

fn push(branch: &str, commit: &str, at: u64) -> String {
    push_to(HOST_REPOSITORY, branch, commit, at)
}

fn signature(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let digest = mac.finalize().into_bytes();
    digest.iter().fold("sha256=".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Delivers a push: the status and the answer.
fn deliver(team: &Team, body: &str, signature: Option<&str>) -> (u16, Value) {
    let mut post = ureq::post(team.output("WebhookUrl"))
        .header("content-type", "application/json")
        .header("x-github-event", "push");
    if let Some(signature) = signature {
        post = post.header("x-hub-signature-256", signature);
    }
    let post = post.config().http_status_as_error(false).build();
    let mut answer = post.send(body).unwrap();
    (answer.status().as_u16(), answer.body_mut().read_json().unwrap())
}

/// The function's own time, which the engine's skipped waits do not move.
fn now() -> u64 {
    #[allow(
        clippy::disallowed_methods,
        reason = "who signs and who checks share the machine's clock"
    )]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).unwrap().as_secs()
}

#[test]
fn a_signed_webhook_does_what_an_event_of_codecommit_does() {
    let team = team();
    Team::lose_events(1);
    team.branch("told");
    let body = push("told", &team.head("told"), now());
    let (status, answer) = deliver(&team, &body, Some(&signature(WEBHOOK_SECRET, &body)));
    assert_eq!((status, answer), (200, json!({"outcome": "told"})));
    team.settled(&[("told", "Hello")]);

    Team::lose_events(1);
    team.delete("told");
    let body = push("told", &"0".repeat(40), now());
    let (status, answer) = deliver(&team, &body, Some(&signature(WEBHOOK_SECRET, &body)));
    assert_eq!((status, answer), (200, json!({"outcome": "told"})));
    team.settled(&[]);
}

#[test]
fn a_webhook_that_is_not_signed_well_or_old_does_nothing() {
    let team = team();
    let functions = ["CreateFunctionName", "DestroyFunctionName"];
    let before = functions.map(|function| invocations(team.output(function)));
    let (fresh, old) = (push("told", "1234567", now()), push("told", "1234567", now() - 3_600));
    let of_other = signature("another secret of theirs", &fresh);
    let of_body = signature(WEBHOOK_SECRET, &old);
    for (body, signature, why) in [
        (&fresh, None, "signature"),
        (&fresh, Some(&of_other), "signature"),
        (&fresh, Some(&of_body), "signature"),
        (&old, Some(&of_body), "age"),
    ] {
        let answer = deliver(&team, body, signature.map(String::as_str));
        assert_eq!(answer, (401, json!({"error": why})));
    }
    let got = ureq::get(team.output("WebhookUrl"))
        .config()
        .http_status_as_error(false)
        .build()
        .call()
        .unwrap();
    assert_eq!(got.status(), 405);
    let after = functions.map(|function| invocations(team.output(function)));
    assert_eq!(after, before);
}

/// A repository at GitHub, in which somebody works.
struct Checkout {
    folder: PathBuf,
    url: String,
}

impl Checkout {
    const TOKEN: &str = "github_pat_reads";
    const REPOSITORY: &str = "acme/hub";

    fn new() -> Self {
        let made = control(
            "git-host",
            &json!({"repository": Self::REPOSITORY, "token": Self::TOKEN}),
        );
        let folder = state().join("clone-of-hub");
        let clone = [
            "clone",
            "--quiet",
            made["folder"].as_str().unwrap(),
            folder.to_str().unwrap(),
        ];
        tool("git", &clone);
        let url = made["url"].as_str().unwrap().to_owned();
        Self { folder, url }
    }

    fn git(&self, arguments: &[&str]) -> String {
        let person = ["-c", "user.name=Mira", "-c", "user.email=mira@example.com"];
        let all = [&["-C", self.folder.to_str().unwrap()], &person[..], arguments].concat();
        tool("git", &all).trim().to_owned()
    }

    /// Pushes a commit with these files to a branch: the commit.
    fn push(&self, branch: &str, files: &[(&str, &str)]) -> String {
        self.git(&["checkout", "--quiet", "-B", branch]);
        for (path, content) in files {
            std::fs::write(self.folder.join(path), content).unwrap();
        }
        self.git(&["add", "."]);
        self.git(&["commit", "--quiet", "--message", "words"]);
        self.git(&["push", "--quiet", "origin", branch]);
        self.git(&["rev-parse", "HEAD"])
    }
}

#[test]
fn branches_at_github_get_their_environments_without_a_mirror() {
    let checkout = Checkout::new();
    let secret = ["secretsmanager", "create-secret", "--name", "hub-token"];
    let secret = aws(&[&secret[..], &["--secret-string", Checkout::TOKEN]].concat());
    let own = [
        ("BranchEnvironmentsRepositoryHost", "github"),
        ("BranchEnvironmentsRepositoryName", Checkout::REPOSITORY),
        ("BranchEnvironmentsRepositoryUrl", &checkout.url),
        (
            "BranchEnvironmentsRepositoryTokenSecretArn",
            secret["ARN"].as_str().unwrap(),
        ),
        (
            "BranchEnvironmentsConnectionArn",
            "arn:aws:codeconnections:us-east-1:123456789012:connection/11111111-2222-3333-4444-555555555555",
        ),
        ("BranchEnvironmentsWebhookRepository", Checkout::REPOSITORY),
    ];
    let team = Team::deploy("branches-hub", "hub", &own);
    checkout.push("main", &[("template.yaml", &application("Hello"))]);
    let commit = checkout.push("feature/login", &[(".wrasse.yaml", "deployment: cloudformation\n")]);
    let tell = |commit: &str| {
        let body = push_to(Checkout::REPOSITORY, "feature/login", commit, now());
        let (status, answer) = deliver(&team, &body, Some(&signature(WEBHOOK_SECRET, &body)));
        assert_eq!((status, answer), (200, json!({"outcome": "told"})));
    };
    tell(&commit);
    team.settled(&[("feature/login", "Hello")]);
    tell(&checkout.push("feature/login", &[("template.yaml", &application("Welcome"))]));
    team.settled(&[("feature/login", "Welcome")]);

    // Nobody tells of these.
    checkout.push("feature/late", &[("template.yaml", &application("Late"))]);
    checkout.git(&["push", "--quiet", "--delete", "origin", "feature/login"]);
    team.reconcile();
    team.settled(&[("feature/late", "Late")]);
    checkout.git(&["push", "--quiet", "--delete", "origin", "feature/late"]);
    team.reconcile();
    team.settled(&[]);
}
