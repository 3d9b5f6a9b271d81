//! CodePipeline's pipelines, and what it keeps of their executions.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::gates::Gate;

/// Of an action, of a stage, and of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Running,
    Succeeded,
    Failed,
    Stopped,
    Superseded,
}

/// One run of an action.
#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) id: String,
    pub(crate) execution: usize,
    pub(crate) stage: usize,
    /// Its place in the stage.
    pub(crate) place: usize,
    pub(crate) status: Status,
    /// When it was first told to wait.
    pub(crate) held_since: Option<Timestamp>,
}

/// One ask of a gate's action.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) action: usize,
    pub(crate) token: Option<String>,
    pub(crate) asked: Timestamp,
    pub(crate) answers: usize,
    /// No answer came in time.
    pub(crate) timed_out: bool,
}

/// One run of a pipeline.
#[derive(Debug)]
pub(crate) struct Execution {
    pub(crate) id: String,
    pub(crate) pipeline: usize,
    pub(crate) status: Status,
    /// By stage: the runs that count of its actions.
    pub(crate) current: Vec<BTreeMap<usize, usize>>,
    pub(crate) stages: Vec<Option<Status>>,
}

/// Who is in a stage, who was last, and who waits.
#[derive(Debug, Default)]
pub(crate) struct Door {
    pub(crate) running: Option<usize>,
    pub(crate) latest: Option<usize>,
    pub(crate) waiting: Option<usize>,
    /// By an action's place: its last run.
    pub(crate) last: BTreeMap<usize, usize>,
}

/// What a stage is made of.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    pub(crate) name: &'static str,
    /// Gates run first and at once, then the deployment.
    pub(crate) gates: Vec<usize>,
    pub(crate) deploys: bool,
}

/// A pipeline.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) name: String,
    pub(crate) stages: Vec<Stage>,
    pub(crate) doors: Vec<Door>,
    pub(crate) deleted: bool,
}

/// CodePipeline of one account.
#[derive(Debug, Default)]
pub(crate) struct Pipelines {
    pub(crate) gates: Vec<Gate>,
    pub(crate) all: Vec<Pipeline>,
    pub(crate) executions: Vec<Execution>,
    pub(crate) actions: Vec<Action>,
    pub(crate) jobs: Vec<Job>,
    /// Jobs that the function was not invoked with yet.
    pub(crate) asked: Vec<usize>,
    /// When which action is asked again, with which token.
    pub(crate) due: Vec<(Timestamp, usize, String)>,
}
