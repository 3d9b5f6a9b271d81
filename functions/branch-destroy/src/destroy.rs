//! Looks at a branch and its environment, decides, and does what destroying means of it.

use std::collections::HashMap;
use std::fmt;

use aws_types::SdkConfig;
use branch_build::{
    BRANCH, Builds, Description, Environment, Facts, Next, Occurrence, Project, Projects, Purpose, Source, Started,
    Wanted, Wishes, next,
};
use jiff::Timestamp;

use crate::bucket::Bucket;
use crate::config::Config;
use crate::error::DestroyError;
use crate::pipelines::Pipelines;

/// What the build needs of what the environment was made with, as variables of the project that made it.
const TAKEN_OVER: [&str; 4] = [
    "WRASSE_BUCKET",
    "WRASSE_STATE_KEY",
    "WRASSE_APPLICATION_ROLE",
    "WRASSE_DIRECTORY",
];
const COMMAND: &str = "WRASSE_DESTROY_COMMAND";
/// Who made an environment of which no project is left to tell.
const NOBODY: &str = "branch-reconcile";

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was of a tag, or of another repository.
    OfSomethingElse,
    /// The build that destroys was started.
    Destroying(Environment),
    /// The build that creates was stopped; its end looks again.
    Stopped(Environment),
    /// Nothing is to be destroyed now.
    Left(Next),
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OfSomethingElse => formatter.write_str("no branch of this repository"),
            Self::Destroying(environment) => write!(formatter, "destroying {environment}"),
            Self::Stopped(environment) => write!(formatter, "stopped the build of {environment}"),
            Self::Left(next) => write!(formatter, "left as it is: {next:?}"),
        }
    }
}

pub(crate) struct Destroyer {
    config: Config,
    wishes: Wishes,
    builds: Builds,
    projects: Projects,
    pipelines: Pipelines,
    bucket: Bucket,
}

impl Destroyer {
    pub(crate) fn new(config: Config, sdk_config: &SdkConfig) -> Self {
        Self {
            wishes: Wishes::new(
                &config.prefix,
                &config.repository,
                &config.protected,
                &config.bucket,
                sdk_config,
            )
            .with_gone(config.gone),
            builds: Builds::new(sdk_config),
            projects: Projects::new(sdk_config),
            pipelines: Pipelines::new(sdk_config),
            bucket: Bucket::new(&config.bucket, sdk_config),
            config,
        }
    }

    pub(crate) fn repository(&self) -> &str {
        &self.config.repository.name
    }

    /// Does for a branch what is to be done now. `now` tells the time after the first answers of AWS.
    pub(crate) async fn look_after(
        &self,
        occurrence: &Occurrence,
        now: impl Fn() -> Timestamp,
    ) -> Result<Outcome, DestroyError> {
        let branch = &occurrence.branch;
        let environment = self.wishes.environment(branch);
        let observed = self.builds.observe(&environment).await;
        let observed = observed.map_err(DestroyError::of(format!("looking at the builds of {environment}")))?;
        // Last, so that no build that is seen is of a branch that was not there yet.
        let wanted = self
            .wishes
            .of(branch)
            .await
            .map_err(DestroyError::of("asking for the branch"))?;
        match next(&wanted, &observed, now()) {
            Next::StopCreate { build } => {
                let stopped = self.projects.stop(&build).await;
                stopped.map_err(DestroyError::of(format!("stopping the build {build}")))?;
                Ok(Outcome::Stopped(environment))
            }
            Next::Destroy => self.destroy(&environment, branch, now()).await,
            Next::Nothing if occurrence.orphaned && wanted == Wanted::Absent => {
                self.destroy(&environment, branch, now()).await
            }
            other => Ok(Outcome::Left(other)),
        }
    }

    async fn destroy(&self, environment: &Environment, branch: &str, now: Timestamp) -> Result<Outcome, DestroyError> {
        self.quieten(environment).await?;
        let made = self.projects.make(&self.project(environment, branch, now).await?).await;
        made.map_err(DestroyError::of(format!(
            "making the project that destroys {environment}"
        )))?;
        let name = environment.project(Purpose::Destroy);
        let started = self.projects.start(&name, None).await;
        let started = started.map_err(DestroyError::of(format!(
            "starting the build that destroys {environment}"
        )))?;
        // Two events at once may start both builds, neither having seen the other's. Then the other gives way. A build that
        // runs already may be this one, started by a try whose answer was lost.
        self.stop_builds(&environment.project(Purpose::Create)).await?;
        Ok(match started {
            Started::Build(_) => Outcome::Destroying(environment.clone()),
            Started::Busy => Outcome::Left(Next::Wait),
        })
    }

    /// Stops what may still be deploying.
    async fn quieten(&self, environment: &Environment) -> Result<(), DestroyError> {
        let pipeline = environment.name();
        let stopping = || DestroyError::of(format!("stopping the pipeline {pipeline}"));
        for execution in self.pipelines.running(pipeline).await.map_err(stopping())? {
            self.pipelines.stop(pipeline, &execution).await.map_err(stopping())?;
        }
        for stage in ["build", "deploy"] {
            self.stop_builds(&format!("{environment}-{stage}")).await?;
        }
        Ok(())
    }

    async fn stop_builds(&self, project: &str) -> Result<(), DestroyError> {
        let stopping = || DestroyError::of(format!("stopping the builds of {project}"));
        for build in self.builds.running(project).await.map_err(stopping())? {
            self.projects.stop(&build).await.map_err(stopping())?;
        }
        Ok(())
    }

    async fn project<'a>(
        &'a self,
        environment: &'a Environment,
        branch: &str,
        now: Timestamp,
    ) -> Result<Project<'a>, DestroyError> {
        let known = self.known(environment).await?;
        let key = environment.source_key();
        let has_source = self.bucket.has(&key).await;
        // What was never kept was never deployed by a command: the pipeline begins with it.
        let has_source = has_source.map_err(DestroyError::of("looking for the kept source"))?;
        let value = |name: &str| known.variables.get(name).cloned().unwrap_or_default();
        let command = if has_source { value(COMMAND) } else { String::new() };
        let source = if command.is_empty() {
            Source::Nothing
        } else {
            Source::Object {
                bucket: self.config.bucket.clone(),
                key,
            }
        };
        let facts = Facts::of(
            environment,
            &self.config.repository.name,
            branch,
            &known.tags,
            NOBODY,
            now,
        );
        let mut variables = vec![
            ("WRASSE_NAME", environment.name().to_owned()),
            (BRANCH, branch.to_owned()),
            (COMMAND, command),
        ];
        variables.extend(TAKEN_OVER.map(|name| (name, value(name))));
        Ok(Project {
            environment,
            purpose: Purpose::Destroy,
            source,
            place: &self.config.place,
            variables,
            tags: facts.tags(),
        })
    }

    /// What the environment was made with; of an earlier try to destroy it where that is all that is left.
    async fn known(&self, environment: &Environment) -> Result<Description, DestroyError> {
        for purpose in [Purpose::Create, Purpose::Destroy] {
            let project = environment.project(purpose);
            let found = self.builds.describe(&project).await;
            let found = found.map_err(DestroyError::of(format!("reading the project {project}")))?;
            if let Some(found) = found {
                return Ok(found);
            }
        }
        Ok(Description {
            name: String::new(),
            variables: HashMap::new(),
            tags: HashMap::new(),
        })
    }
}
