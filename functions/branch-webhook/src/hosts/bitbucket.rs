//! Bitbucket Cloud: <https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/>. Bitbucket Data Center:
//! <https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html>.

use jiff::Timestamp;
use jiff::fmt::strtime;
use serde::Deserialize;

use super::{Change, Event, News, Notice, moved, parse};
use crate::error::WebhookError;

#[derive(Deserialize)]
struct CloudPush {
    actor: Option<CloudUser>,
    repository: CloudRepository,
    push: CloudChanges,
}

#[derive(Deserialize)]
struct CloudUser {
    nickname: Option<String>,
}

#[derive(Deserialize)]
struct CloudRepository {
    full_name: String,
}

#[derive(Deserialize)]
struct CloudChanges {
    changes: Vec<CloudChange>,
}

/// A branch that was not there has no old state, one that is there no more no new one.
#[derive(Deserialize)]
struct CloudChange {
    old: Option<CloudReference>,
    new: Option<CloudReference>,
}

#[derive(Deserialize)]
struct CloudReference {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    target: Option<CloudTarget>,
}

#[derive(Deserialize)]
struct CloudTarget {
    hash: String,
}

#[derive(Deserialize)]
struct DataCenterPush {
    date: Option<String>,
    actor: Option<DataCenterUser>,
    repository: DataCenterRepository,
    changes: Vec<DataCenterChange>,
}

#[derive(Deserialize)]
struct DataCenterUser {
    name: String,
}

#[derive(Deserialize)]
struct DataCenterRepository {
    slug: String,
    project: DataCenterProject,
}

#[derive(Deserialize)]
struct DataCenterProject {
    key: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DataCenterChange {
    ref_id: String,
    from_hash: String,
    to_hash: String,
}

pub(super) fn read(event: &str, body: &[u8]) -> Result<Notice, WebhookError> {
    match event {
        "diagnostics:ping" => Ok(Notice::Ping),
        "repo:push" => cloud(parse(body)?),
        "repo:refs_changed" => data_center(parse(body)?),
        _ => Ok(Notice::OfSomethingElse),
    }
}

fn cloud(told: CloudPush) -> Result<Notice, WebhookError> {
    let changes = told.push.changes.into_iter().map(CloudChange::change);
    let changes: Vec<_> = changes.collect::<Result<_, _>>()?;
    Ok(Notice::of(News {
        repository: told.repository.full_name,
        at: None,
        owner: told.actor.and_then(|user| user.nickname),
        changes: changes.into_iter().flatten().collect(),
    }))
}

impl CloudChange {
    fn change(self) -> Result<Option<Change>, WebhookError> {
        let (event, reference) = match (self.old, self.new) {
            (None, Some(new)) => (Event::Created, new),
            (Some(_), Some(new)) => (Event::Updated, new),
            (Some(old), None) => (Event::Deleted, old),
            (None, None) => return Err(WebhookError::InvalidPayload),
        };
        let commit = reference
            .target
            .filter(|_| event != Event::Deleted)
            .map(|target| target.hash);
        let is_branch = reference.kind == "branch";
        Ok(is_branch.then_some(Change {
            event,
            branch: reference.name,
            commit,
        }))
    }
}

fn data_center(told: DataCenterPush) -> Result<Notice, WebhookError> {
    let at = told.date.as_deref().map(time).transpose()?;
    let changes = told
        .changes
        .iter()
        .filter_map(|change| moved(&change.ref_id, &change.from_hash, &change.to_hash));
    Ok(Notice::of(News {
        repository: format!("{}/{}", told.repository.project.key, told.repository.slug),
        at,
        owner: told.actor.map(|user| user.name),
        changes: changes.collect(),
    }))
}

/// A time as `2017-09-19T09:58:11+1000`.
fn time(text: &str) -> Result<Timestamp, WebhookError> {
    let time = strtime::parse("%Y-%m-%dT%H:%M:%S%z", text).and_then(|time| time.to_timestamp());
    time.map_err(|_| WebhookError::InvalidPayload)
}
