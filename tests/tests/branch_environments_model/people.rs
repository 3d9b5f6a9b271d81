//! What happens without any function: people push and delete, events go astray, builds and pipelines go on.

use jiff::SignedDuration;

use crate::script::{BRANCHES, Step};
use crate::world::World;

impl World {
    /// What needs no function to run.
    pub(crate) fn happen(&mut self, step: &Step) {
        let name = |branch: usize| BRANCHES[branch % BRANCHES.len()];
        match *step {
            Step::Push(branch, _) => {
                let event = self.repository.push(name(branch));
                self.events.push(event);
            }
            Step::Delete(branch, _) => {
                let event = self.repository.delete(name(branch));
                self.events.extend(event);
            }
            Step::Restore(branch, _) => {
                let event = self.repository.restore(name(branch));
                self.events.extend(event);
            }
            Step::Rename(branch, other) => {
                let events = self.repository.rename(name(branch), name(other));
                self.events.extend(events.into_iter().flatten());
            }
            Step::Double(which) if !self.events.is_empty() => {
                let copy = self.events[which % self.events.len()].clone();
                self.events.push(copy);
            }
            Step::Lose(which) if !self.events.is_empty() => {
                let lost = self.events.remove(which % self.events.len());
                self.given_up |= lost.tries > 0;
            }
            Step::Progress(which) => {
                if let Some(build) = self.running(which) {
                    self.now += SignedDuration::from_secs(10);
                    self.progress(build);
                }
            }
            Step::Run(which) => {
                let waiting = self.pipelines.waiting();
                if !waiting.is_empty() {
                    self.run(waiting[which % waiting.len()]);
                }
            }
            _ => {}
        }
    }

    /// One of the builds that run.
    pub(crate) fn running(&self, which: usize) -> Option<usize> {
        let builds = self.codebuild.builds.iter().enumerate();
        let running: Vec<usize> = builds
            .filter(|(_, build)| build.is_running())
            .map(|(at, _)| at)
            .collect();
        (!running.is_empty()).then(|| running[which % running.len()])
    }
}
