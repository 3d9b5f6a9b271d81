//! What may happen.

use crate::wire::Trouble;

/// The default branch, and one that a pattern protects.
pub(crate) const DEFAULT: &str = "main";
pub(crate) const PROTECTED: &str = "release/1";
/// The branches of the scripts: those that get an environment, then those that never do.
pub(crate) const BRANCHES: [&str; 7] = [
    "feature/login",
    "feature-login",
    "x",
    ";$(touch pwned)",
    "ветка",
    PROTECTED,
    DEFAULT,
];

/// So many environments may exist: more than there are branches, or too few for them.
pub(crate) const ROOMY: usize = 20;
pub(crate) const TIGHT: usize = 3;

/// A history.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    /// Whether there may be fewer environments than branches.
    pub(crate) tight: bool,
    pub(crate) steps: Vec<Step>,
}

/// Numbers choose among what there is at the time.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// A new commit; of a branch that is not there, a new branch.
    Push(usize, Heard),
    Delete(usize, Heard),
    /// A branch that was deleted is there again, at the commit that it was at.
    Restore(usize, Heard),
    /// Deleted, and made anew under another name at the same commit.
    Rename(usize, usize),
    /// A function is invoked with one of the events that wait for it, in any order.
    Invoke(usize, Trouble),
    /// All of them, in their order.
    InvokeAll,
    /// An event comes once more.
    Double(usize),
    /// An event never comes.
    Lose(usize),
    /// A running build does the next part of what it does.
    Progress(usize),
    End(usize, Ending, Heard),
    /// A pipeline's execution goes on to its next stage.
    Run(usize),
    Reconcile(Trouble),
    /// A function that waits at a call goes on, and something else may go wrong with it then.
    GoOn(usize, Trouble),
    /// Minutes.
    Pass(i64),
}

/// How a build ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Succeeded,
    Failed,
    Fault,
    Stopped,
    TimedOut,
}

impl Ending {
    /// CodeBuild's word for it.
    pub(crate) fn status(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Fault => "FAULT",
            Self::Stopped => "STOPPED",
            Self::TimedOut => "TIMED_OUT",
        }
    }
}

/// What follows at once: the function is invoked with the first event that the step brings about, or it waits.
pub(crate) type Heard = Option<Trouble>;
