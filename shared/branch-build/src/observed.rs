//! What there is of an environment: its projects and their builds.

use jiff::Timestamp;

/// The reason of whoever stops a pipeline's executions before its environment is destroyed. Such an execution deployed nothing
/// for sure, should the branch be there again.
pub const STOPPED: &str = "The branch is gone: its environment is being destroyed.";

/// How a build stands (<https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Build.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Queued or under way.
    Running,
    /// It did everything.
    Succeeded,
    /// It failed, was stopped, or took too long.
    Unsuccessful,
}

/// A build of one of the two projects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// CodeBuild's id: `<project>:<uuid>`.
    pub id: String,
    /// How it stands.
    pub outcome: Outcome,
    /// The commit that it was started with; only a build that creates has one.
    pub commit: Option<String>,
    /// When it was started.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// For people: how and where it failed, and where its log is.
    pub told: String,
}

/// The two projects of an environment, each with its latest builds, the newest first. `None`: there is no such project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// The project that creates.
    pub create: Option<Vec<Build>>,
    /// The project that destroys.
    pub destroy: Option<Vec<Build>>,
}

impl Observed {
    /// The newest build that creates.
    #[must_use]
    pub fn last_create(&self) -> Option<&Build> {
        self.create.as_ref()?.first()
    }

    /// The newest build that destroys, unless one that creates was started after it had ended: then that is what counts.
    #[must_use]
    pub fn last_destroy(&self) -> Option<&Build> {
        let destroy = self.destroy.as_ref()?.first()?;
        let created_since = |ended| self.last_create().is_some_and(|create| create.started > ended);
        let has_ended = destroy.outcome != Outcome::Running;
        let is_over = has_ended && created_since(destroy.ended.unwrap_or(destroy.started));
        (!is_over).then_some(destroy)
    }

    /// The build that creates and the one that destroys, if both run. Both may have been started at once, neither having been
    /// seen by who started the other.
    #[must_use]
    pub fn at_once(&self) -> Option<(&Build, &Build)> {
        let is_running = |build: &&Build| build.outcome == Outcome::Running;
        let create = self.last_create().filter(is_running)?;
        Some((create, self.last_destroy().filter(is_running)?))
    }

    /// Whether nothing was created any more when a build that destroys began: what one removed while another created proves
    /// nothing.
    #[must_use]
    pub fn was_alone(&self, destroy: &Build) -> bool {
        self.last_create()
            .is_none_or(|create| create.ended.is_some_and(|ended| ended <= destroy.started))
    }
}
