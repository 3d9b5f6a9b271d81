//! Everybody else: `{"type": "branch.created", "data": {"repository": "acme/shop", "branch": "feature/login"}}`, in the
//! structure that Standard Webhooks recommends
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#payload-structure>).

use serde::Deserialize;
use serde_json::Value;

use super::{Change, Event, News, Notice, parse};
use crate::error::WebhookError;

#[derive(Deserialize)]
struct Told {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    data: Value,
}

#[derive(Deserialize)]
struct Data {
    repository: String,
    branch: String,
    commit: Option<String>,
    owner: Option<String>,
}

pub(super) fn read(body: &[u8]) -> Result<Notice, WebhookError> {
    let told: Told = parse(body)?;
    let event = match told.kind.as_str() {
        "ping" => return Ok(Notice::Ping),
        "branch.created" => Event::Created,
        "branch.updated" => Event::Updated,
        "branch.deleted" => Event::Deleted,
        _ => return Ok(Notice::OfSomethingElse),
    };
    let data = Data::deserialize(told.data).map_err(|_| WebhookError::InvalidPayload)?;
    if data.branch.is_empty() {
        return Err(WebhookError::InvalidPayload);
    }
    Ok(Notice::Of(News {
        repository: data.repository,
        at: None,
        owner: data.owner,
        changes: vec![Change {
            event,
            branch: data.branch,
            commit: data.commit,
        }],
    }))
}
