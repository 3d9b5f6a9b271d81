//! Webhooks of another host reach the function through its URL.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::team::{HOST_REPOSITORY, Team, WEBHOOK_SECRET, team};
use crate::engine::invocations;

/// A push to a branch, as GitHub tells it.
fn push(branch: &str, commit: &str, at: u64) -> String {
    let repository = json!({"full_name": HOST_REPOSITORY, "pushed_at": at});
    let sender = json!({"login": "mira"});
    let reference = format!("refs/heads/{branch}");
    let before = "0".repeat(40);
    json!({"ref": reference, "before": before, "after": commit, "repository": repository, "sender": sender}).to_string()
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
