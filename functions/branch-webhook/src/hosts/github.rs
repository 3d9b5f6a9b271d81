//! GitHub: <https://docs.github.com/en/webhooks/webhook-events-and-payloads>.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{Change, Event, News, Notice, moved, parse};
use crate::error::WebhookError;

#[derive(Deserialize)]
struct Push {
    #[serde(rename = "ref")]
    reference: String,
    before: String,
    after: String,
    repository: Repository,
    sender: Option<User>,
}

#[derive(Deserialize)]
struct CreateOrDelete {
    #[serde(rename = "ref")]
    reference: String,
    ref_type: String,
    repository: Repository,
    sender: Option<User>,
}

#[derive(Deserialize)]
struct Repository {
    full_name: String,
    /// In a push it is in seconds since 1970, and the time of that push. Elsewhere it is a text, and the time of some push.
    pushed_at: Option<Value>,
}

#[derive(Deserialize)]
struct User {
    login: String,
}

pub(super) fn read(event: &str, body: &[u8]) -> Result<Notice, WebhookError> {
    match event {
        "ping" => Ok(Notice::Ping),
        "push" => {
            let push: Push = parse(body)?;
            let pushed = push.repository.pushed_at.and_then(|pushed| pushed.as_i64());
            Ok(Notice::of(News {
                repository: push.repository.full_name,
                at: pushed.and_then(|pushed| Timestamp::from_second(pushed).ok()),
                owner: push.sender.map(|user| user.login),
                changes: moved(&push.reference, &push.before, &push.after).into_iter().collect(),
            }))
        }
        "create" => of_one(Event::Created, body),
        "delete" => of_one(Event::Deleted, body),
        _ => Ok(Notice::OfSomethingElse),
    }
}

fn of_one(event: Event, body: &[u8]) -> Result<Notice, WebhookError> {
    let told: CreateOrDelete = parse(body)?;
    let change = Change {
        event,
        branch: told.reference,
        commit: None,
    };
    Ok(Notice::of(News {
        repository: told.repository.full_name,
        at: None,
        owner: told.sender.map(|user| user.login),
        changes: (told.ref_type == "branch").then_some(change).into_iter().collect(),
    }))
}
