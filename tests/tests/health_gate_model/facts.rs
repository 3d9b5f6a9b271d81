//! What happened that the rules are about, with what whoever did it knew.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::pipelines::{Pipelines, Status};

/// Who calls AWS: one invocation of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Gate,
    Watch,
    Answerer,
}

/// An invocation, and what it could know.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) who: Who,
    /// Something went wrong with a call that tells of Health: Health's own, or the table's.
    pub(crate) blinded: bool,
    /// Something went wrong at all, or others did something meanwhile.
    pub(crate) disturbed: bool,
    /// Gates by their number for which, at one of its calls, nothing blocked.
    pub(crate) clear: BTreeSet<usize>,
    /// Gates for which nobody could say.
    pub(crate) unknown: BTreeSet<usize>,
    /// The key of the block that it claimed last.
    pub(crate) claimed: Option<String>,
    /// The pipeline as it saw it last.
    pub(crate) look: Option<Look>,
}

impl Caller {
    pub(crate) fn new(who: Who, disturbed: bool) -> Self {
        Self {
            who,
            blinded: false,
            disturbed,
            clear: BTreeSet::new(),
            unknown: BTreeSet::new(),
            claimed: None,
            look: None,
        }
    }
}

/// A pipeline's stages at a time.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    pub(crate) stages: Vec<Option<SeenStage>>,
}

/// The execution that was the latest there, and its actions' runs with their state.
type SeenStage = (String, Vec<(String, Status)>);

impl Look {
    pub(crate) fn of(pipelines: &Pipelines, pipeline: usize) -> Self {
        let stages = pipelines.all[pipeline].doors.iter().map(|door| {
            let execution = pipelines.executions[door.latest?].id.clone();
            let runs = door.last.values().map(|run| &pipelines.actions[*run]);
            Some((execution, runs.map(|run| (run.id.clone(), run.status)).collect()))
        });
        Self {
            stages: stages.collect(),
        }
    }
}

/// What a job was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Pass,
    Hold,
    Fail,
}

/// CodePipeline took an answer.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) job: usize,
    pub(crate) kind: Kind,
    pub(crate) caller: Caller,
    pub(crate) at: Timestamp,
}

/// A function asked for a retry.
#[derive(Debug)]
pub(crate) struct Retried {
    pub(crate) caller: Caller,
    pub(crate) execution: String,
    pub(crate) stage: usize,
    /// The runs that were retried; none where CodePipeline refused.
    pub(crate) runs: Option<Vec<usize>>,
    pub(crate) at: Timestamp,
}

#[derive(Debug)]
pub(crate) enum Fact {
    Answered(Answered),
    Retried(Retried),
    /// A person retried these runs.
    RetriedByPerson(Vec<usize>),
    /// An invocation ended well; it had this job, if any.
    Ended {
        job: Option<usize>,
    },
}

/// All facts of a script, in their order, and how many of them were judged.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) all: Vec<Fact>,
    pub(crate) judged: usize,
}

impl Facts {
    pub(crate) fn add(&mut self, fact: Fact) {
        self.all.push(fact);
    }

    pub(crate) fn new_ones(&self) -> impl Iterator<Item = &Fact> {
        self.all[self.judged..].iter()
    }

    pub(crate) fn answers(&self) -> impl Iterator<Item = &Answered> {
        self.new_ones().filter_map(|fact| match fact {
            Fact::Answered(answered) => Some(answered),
            _ => None,
        })
    }
}
