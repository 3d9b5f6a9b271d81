//! What one run found and did.

use serde::Serialize;

use crate::plan::{Action, Plan};

/// The answer of a run, and its line in the log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Summary {
    /// Branches that may have an environment.
    pub(crate) branches: usize,
    /// Environments of the repository, without orphans.
    pub(crate) environments: usize,
    /// Asked of `branch-create`.
    pub(crate) created: usize,
    /// Asked of `branch-destroy`.
    pub(crate) destroyed: usize,
    /// Asked of `branch-finish`.
    pub(crate) finished: usize,
    /// A build is under way.
    pub(crate) waiting: usize,
    /// The pause after a failure is not over.
    pub(crate) retrying: usize,
    /// Found too old; they are among the destroyed.
    pub(crate) expired: usize,
    /// People were told that they will be.
    pub(crate) warned: usize,
    /// More may not exist.
    pub(crate) over_cap: usize,
    /// Stacks without a project, of no branch; they are among the destroyed.
    pub(crate) orphans: usize,
    /// Not known to be anybody's. People were told.
    pub(crate) unsure: usize,
    /// What could not be done.
    pub(crate) problems: Vec<String>,
}

impl Summary {
    /// Counts a plan that was carried out.
    pub(crate) fn add(&mut self, plan: &Plan) {
        match plan.action {
            Action::Create | Action::CreateNew => self.created += 1,
            Action::HoldBack => self.over_cap += 1,
            Action::Destroy => self.destroyed += 1,
            Action::DestroyOrphan => {
                self.destroyed += 1;
                self.orphans += 1;
            }
            Action::Finish(_) => self.finished += 1,
            Action::Wait => self.waiting += 1,
            Action::Pause => self.retrying += 1,
            Action::Nothing => {}
        }
        self.expired += usize::from(plan.expires);
        self.warned += usize::from(plan.warning.is_some());
    }
}
