//! What the hosts of repositories tell of branches, each in its own words. Only requests whose signature holds come here.
//! Which words they are is told by a header that most hosts do not sign: a lie there makes a payload that is not understood.

mod anybody;
mod bitbucket;
mod github;
mod gitlab;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::WebhookError;
use crate::request::Headers;

/// What a webhook says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// The host tries whether anybody is there.
    Ping,
    /// Nothing of a branch.
    OfSomethingElse,
    /// Something happened to branches.
    Of(News),
}

/// What happened to a repository's branches.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct News {
    /// The repository's full name.
    pub(crate) repository: String,
    /// When it happened, where the payload says so.
    pub(crate) at: Option<Timestamp>,
    /// Who did it, by the host's name for them.
    pub(crate) owner: Option<String>,
    /// One a branch.
    pub(crate) changes: Vec<Change>,
}

/// What happened to one branch.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) event: Event,
    pub(crate) branch: String,
    /// The commit it is at since.
    pub(crate) commit: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Event {
    Created,
    Updated,
    Deleted,
}

/// Reads a body whose signature holds.
pub(crate) fn read(headers: &Headers, body: &[u8]) -> Result<Notice, WebhookError> {
    if let Some(event) = headers.get("x-github-event") {
        github::read(event, body)
    } else if headers.get("x-gitlab-event").is_some() {
        gitlab::read(body)
    } else if let Some(event) = headers.get("x-event-key") {
        bitbucket::read(event, body)
    } else {
        anybody::read(body)
    }
}

/// serde's own error may quote what it read, so there is none.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, WebhookError> {
    serde_json::from_slice(body).map_err(|_| WebhookError::InvalidPayload)
}

/// A change as git tells it, from one commit to another; no commit is written as zeros. `None` for what is no branch.
fn moved(reference: &str, before: &str, after: &str) -> Option<Change> {
    let is_none = |commit: &str| commit.bytes().all(|digit| digit == b'0');
    let branch = reference.strip_prefix("refs/heads/")?.to_owned();
    let event = match (is_none(before), is_none(after)) {
        (_, true) => Event::Deleted,
        (true, false) => Event::Created,
        (false, false) => Event::Updated,
    };
    let commit = (event != Event::Deleted).then(|| after.to_owned());
    Some(Change { event, branch, commit })
}

impl Notice {
    fn of(news: News) -> Self {
        if news.changes.is_empty() {
            Self::OfSomethingElse
        } else {
            Self::Of(news)
        }
    }
}

#[cfg(test)]
mod tests;
