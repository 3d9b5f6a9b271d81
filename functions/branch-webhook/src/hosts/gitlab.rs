//! GitLab: <https://docs.gitlab.com/user/project/integrations/webhook_events/#push-events>.

use serde::Deserialize;

use super::{News, Notice, moved, parse};
use crate::error::WebhookError;

#[derive(Deserialize)]
struct Kind {
    object_kind: Option<String>,
}

#[derive(Deserialize)]
struct Push {
    #[serde(rename = "ref")]
    reference: String,
    before: String,
    after: String,
    user_username: Option<String>,
    project: Project,
}

#[derive(Deserialize)]
struct Project {
    path_with_namespace: String,
}

pub(super) fn read(body: &[u8]) -> Result<Notice, WebhookError> {
    let kind: Kind = parse(body)?;
    if kind.object_kind.as_deref() != Some("push") {
        return Ok(Notice::OfSomethingElse);
    }
    let push: Push = parse(body)?;
    Ok(Notice::of(News {
        repository: push.project.path_with_namespace,
        at: None,
        owner: push.user_username,
        changes: moved(&push.reference, &push.before, &push.after).into_iter().collect(),
    }))
}
