//! Events on their way to a function.

use serde_json::{Value, json};

use crate::wire::Trouble;

/// How often Lambda tries.
pub(crate) const TRIES: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Create,
    Destroy,
    Finish,
    Reconcile,
}

impl Who {
    pub(crate) const ALL: [Self; 4] = [Self::Create, Self::Destroy, Self::Finish, Self::Reconcile];

    /// The function's name.
    pub(crate) fn function(self) -> &'static str {
        match self {
            Self::Create => "branch-create",
            Self::Destroy => "branch-destroy",
            Self::Finish => "branch-finish",
            Self::Reconcile => "branch-reconcile",
        }
    }
}

/// An event that waits for a function.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) who: Who,
    pub(crate) payload: Value,
    /// How often Lambda has tried.
    pub(crate) tries: usize,
    /// What the function dies of, each time: out of memory, say.
    pub(crate) curse: Option<Trouble>,
}

impl Event {
    pub(crate) fn of(who: Who, payload: Value) -> Self {
        Self {
            who,
            payload,
            tries: 0,
            curse: None,
        }
    }

    /// CodeCommit's (<https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html>), to the function that the
    /// stack's rules send it to.
    pub(crate) fn of_branch(branch: &str, change: Change, commit: &str) -> Self {
        let (who, event) = match change {
            Change::Created => (Who::Create, "referenceCreated"),
            Change::Updated => (Who::Create, "referenceUpdated"),
            Change::Deleted => (Who::Destroy, "referenceDeleted"),
        };
        let detail = json!({
            "event": event, "repositoryName": "shop", "referenceType": "branch", "referenceName": branch, "commitId": commit,
            "callerUserArn": "arn:aws:iam::123456789012:user/mira",
        });
        let payload = json!({
            "source": "aws.codecommit", "detail-type": "CodeCommit Repository State Change", "detail": detail,
        });
        Self::of(who, payload)
    }

    /// CodeBuild's (<https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications-ref.html>).
    pub(crate) fn of_build(project: &str, status: &str) -> Self {
        let payload = json!({
            "source": "aws.codebuild", "detail-type": "CodeBuild Build State Change",
            "detail": {"build-status": status, "project-name": project},
        });
        Self::of(Who::Finish, payload)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Created,
    Updated,
    Deleted,
}
