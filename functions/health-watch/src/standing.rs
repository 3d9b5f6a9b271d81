//! Whether a blocked action is still the one to retry. Whoever retried, superseded or stopped it in between knew better.

use gate_record::Block;

/// A stage as CodePipeline shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stage {
    /// The execution that was in it last, and how far it is.
    pub(crate) execution: String,
    pub(crate) status: Progress,
    /// The last execution of the blocked action, if the action is still there.
    pub(crate) action: Option<(String, Progress)>,
}

/// How far a stage or an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    Running,
    Failed,
    Succeeded,
    /// By a person, or for a newer execution.
    Stopped,
    /// By a change of the pipeline.
    Cancelled,
    /// Something that is not known here.
    Other,
}

/// Where the action stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It failed, and nothing happened since: it can be retried.
    Failed,
    /// It failed, and others of its stage still run: CodePipeline retries nothing before they end.
    Early,
    /// Its job was not failed yet.
    Running,
    /// It was retried already.
    Retried,
    /// There is nothing to retry, because somebody wanted it so, for this reason.
    Over(&'static str),
    /// It cannot be retried any more, which nobody may have wanted, for this reason.
    Lost(&'static str),
}

/// `stage` is none where the pipeline or the stage is gone.
pub(crate) fn standing(block: &Block, stage: Option<&Stage>) -> Standing {
    let Some(stage) = stage else {
        return Standing::Lost("the pipeline or its stage is gone, or has another name");
    };
    if stage.execution != block.execution {
        return Standing::Over("a newer execution is in the stage");
    }
    let Some((action_execution, progress)) = &stage.action else {
        return Standing::Lost("the action is gone, or has another name");
    };
    if *action_execution != block.action_execution {
        return Standing::Retried;
    }
    match (stage.status, progress) {
        (Progress::Stopped, _) | (_, Progress::Stopped) => Standing::Over("the execution was stopped"),
        (Progress::Cancelled, _) => Standing::Lost("the pipeline was changed in between"),
        (Progress::Failed, Progress::Failed) => Standing::Failed,
        (_, Progress::Failed) => Standing::Early,
        (_, Progress::Succeeded) => Standing::Over("the action did not fail after all"),
        (_, Progress::Running | Progress::Cancelled | Progress::Other) => Standing::Running,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::block;

    #[test]
    fn only_what_failed_and_was_left_alone_is_to_be_retried() {
        use Progress::{Cancelled, Failed, Other, Running, Stopped, Succeeded};
        let stopped = Standing::Over("the execution was stopped");
        let changed = Standing::Lost("the pipeline was changed in between");
        let passed = Standing::Over("the action did not fail after all");
        let cases = [
            (Failed, Failed, Standing::Failed),
            (Running, Failed, Standing::Early),
            (Other, Failed, Standing::Early),
            (Running, Running, Standing::Running),
            (Failed, Running, Standing::Running),
            (Failed, Other, Standing::Running),
            (Stopped, Failed, stopped),
            (Stopped, Running, stopped),
            (Failed, Stopped, stopped),
            (Cancelled, Failed, changed),
            (Succeeded, Succeeded, passed),
            (Failed, Succeeded, passed),
        ];
        for (status, action, expected) in cases {
            let stage = Stage {
                execution: "e-1".to_owned(),
                status,
                action: Some(("a-1".to_owned(), action)),
            };
            assert_eq!(standing(&block(), Some(&stage)), expected, "{status:?} {action:?}");
        }
    }

    #[test]
    fn another_execution_or_another_try_is_not_ours() {
        let stage = |execution: &str, action: Option<&str>| Stage {
            execution: execution.to_owned(),
            status: Progress::Failed,
            action: action.map(|action| (action.to_owned(), Progress::Failed)),
        };
        let cases = [
            (
                None,
                Standing::Lost("the pipeline or its stage is gone, or has another name"),
            ),
            (
                Some(stage("e-2", Some("a-1"))),
                Standing::Over("a newer execution is in the stage"),
            ),
            (
                Some(stage("e-1", None)),
                Standing::Lost("the action is gone, or has another name"),
            ),
            (Some(stage("e-1", Some("a-2"))), Standing::Retried),
            (Some(stage("e-1", Some("a-1"))), Standing::Failed),
        ];
        for (stage, expected) in cases {
            assert_eq!(standing(&block(), stage.as_ref()), expected, "{stage:?}");
        }
    }
}
