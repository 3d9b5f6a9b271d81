//! What may happen.

use crate::calls::Trouble;
use crate::gates::Gate;
use crate::pipelines::Stage;

/// An account and what happens in it.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    /// Whether it has a support plan at first.
    pub(crate) plan: bool,
    /// The regions without a forwarder.
    pub(crate) silent: Vec<&'static str>,
    pub(crate) pipelines: Vec<(Shape, Vec<Gate>)>,
    pub(crate) steps: Vec<Step>,
    /// Whether all incidents close in the end.
    pub(crate) peace: bool,
}

/// A pipeline's stages.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// The gate has a stage of its own.
    Before,
    /// The gate and the deployment share a stage.
    Within,
    /// So do two gates that are asked at once.
    Two,
}

/// Numbers choose among what there is at the time.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Open {
        region: &'static str,
        service: &'static str,
        investigation: bool,
        specific: bool,
        unnamed: bool,
        heard: Heard,
    },
    Update(usize, Heard),
    Close(usize, Heard),
    /// A function is invoked with one of the events that wait for it, in any order.
    Invoke(usize, Trouble),
    /// All of them, in their order.
    InvokeAll,
    /// An event comes once more.
    Double(usize),
    /// A notice of Health never comes.
    Lose(usize),
    /// The forwarders' schedules.
    Heartbeats,
    Compare(Trouble),
    /// A function that waits at a call goes on.
    GoOn(usize),
    Release(usize, Heard),
    /// A person retries a stage, of all its actions or of those that failed.
    Retry {
        pipeline: usize,
        all: bool,
    },
    Stop(usize),
    Delete(usize),
    /// A person lets a pipeline pass for so many minutes, or writes nonsense.
    Override {
        pipeline: usize,
        minutes: i64,
        odd: bool,
    },
    Plan(bool),
    /// Whether the API tells nothing new.
    Lag(bool),
    /// Seconds.
    Pass(i64),
}

/// What follows at once: the function is invoked with the first event that the step brings about, or it waits.
pub(crate) type Heard = Option<Trouble>;

impl Shape {
    /// With these gates, by their numbers.
    pub(crate) fn stages(self, gates: Vec<usize>) -> Vec<Stage> {
        let stage = |name, gates, deploys| Stage { name, gates, deploys };
        match self {
            Self::Before => vec![stage("Gate", gates, false), stage("Deploy", Vec::new(), true)],
            Self::Within | Self::Two => vec![stage("Deploy", gates, true)],
        }
    }
}
