//! Looks at an environment one of whose builds has ended, decides, and goes on.

use std::fmt;

use aws_types::SdkConfig;
use branch_build::{
    Build, Builds, Environment, Next, Observed, Outcome as BuildOutcome, People, Purpose, Wanted, Wishes, next,
};
use jiff::Timestamp;

use crate::bucket::Bucket;
use crate::config::Config;
use crate::error::FinishError;
use crate::event::Ended;
use crate::functions::Functions;
use crate::pipelines::Pipelines;
use crate::projects::Projects;
use crate::runs::has_run;

/// What became of a build's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was no build that creates or destroys an environment of this stack, or the environment is gone.
    OfSomethingElse,
    /// The branch's pipeline was started.
    Started(Environment),
    /// The branch's pipeline ran since the build.
    HasRun(Environment),
    /// The environment is gone, its projects and objects too.
    Removed(Environment),
    /// The branch was handed to branch-create.
    ToCreate(Environment),
    /// The branch was handed to branch-destroy.
    ToDestroy(Environment),
    /// The build had failed; it is tried again after this time.
    Failed(Environment, Timestamp),
    /// Another build runs, or the branch is protected.
    Left(Next),
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OfSomethingElse => formatter.write_str("no environment of this stack"),
            Self::Started(environment) => write!(formatter, "started the pipeline {environment}"),
            Self::HasRun(environment) => write!(formatter, "the pipeline {environment} has run"),
            Self::Removed(environment) => write!(formatter, "removed {environment}"),
            Self::ToCreate(environment) => write!(formatter, "{environment} is to be created"),
            Self::ToDestroy(environment) => write!(formatter, "{environment} is to be destroyed"),
            Self::Failed(environment, at) => write!(formatter, "{environment} failed, tried again after {at}"),
            Self::Left(next) => write!(formatter, "left as it is: {next:?}"),
        }
    }
}

pub(crate) struct Finisher {
    config: Config,
    wishes: Wishes,
    builds: Builds,
    projects: Projects,
    pipelines: Pipelines,
    bucket: Bucket,
    functions: Functions,
    people: People,
}

/// An environment as it was found when one of its builds had ended.
struct Found {
    environment: Environment,
    branch: String,
    wanted: Wanted,
    observed: Observed,
}

impl Finisher {
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
            functions: Functions::new(sdk_config),
            people: People::new(&config.topic, sdk_config),
            config,
        }
    }

    /// Goes on after a build's end. `now` tells the time after the first answers of AWS.
    pub(crate) async fn go_on(&self, ended: &Ended, now: impl Fn() -> Timestamp) -> Result<Outcome, FinishError> {
        let Some(found) = self.look(&ended.project).await? else {
            return Ok(Outcome::OfSomethingElse);
        };
        let environment = found.environment.clone();
        match next(&found.wanted, &found.observed, now()) {
            Next::Settled => self.run_pipeline(environment, found.observed.last_create()).await,
            Next::ForgetDestruction => {
                self.delete(&environment.project(Purpose::Destroy)).await?;
                self.run_pipeline(environment, found.observed.last_create()).await
            }
            Next::CleanUp => {
                self.remove(&found).await?;
                if matches!(found.wanted, Wanted::Present { .. }) {
                    return self.hand_over(&self.config.create_function, &found).await;
                }
                Ok(Outcome::Removed(environment))
            }
            Next::Create { .. } => self.hand_over(&self.config.create_function, &found).await,
            Next::Destroy | Next::StopCreate { .. } => self.hand_over(&self.config.destroy_function, &found).await,
            Next::RetryAt(at) => {
                if ended.by_event {
                    self.tell_of_failure(&found, at).await?;
                }
                Ok(Outcome::Failed(environment, at))
            }
            other => Ok(Outcome::Left(other)),
        }
    }

    /// `None` for a project that is none of this stack's, by its name or its tags, or is gone with its environment.
    async fn look(&self, project: &str) -> Result<Option<Found>, FinishError> {
        let Some((environment, purpose)) = Environment::of_project(&self.config.prefix, project) else {
            return Ok(None);
        };
        let looking = || FinishError::of(format!("looking at {environment}"));
        // A build that creates may end when only the project that destroys is left.
        let other = match purpose {
            Purpose::Create => Purpose::Destroy,
            Purpose::Destroy => Purpose::Create,
        };
        let names = [project.to_owned(), environment.project(other)];
        let described = self.builds.describe_all(&names).await.map_err(looking())?;
        let repository = self.wishes.repository.name();
        let branch = described.iter().find_map(|project| project.branch(repository));
        let Some(branch) = branch.map(str::to_owned) else {
            return Ok(None);
        };
        if self.wishes.environment(&branch) != environment {
            return Ok(None);
        }
        let observed = self.builds.observe(&environment).await.map_err(looking())?;
        // Last, so that no build that is seen is of a branch that was not there yet.
        let wanted = self.wishes.of(&branch).await.map_err(looking())?;
        Ok(Some(Found {
            environment,
            branch,
            wanted,
            observed,
        }))
    }

    /// Starts the pipeline unless it ran since the source was kept.
    async fn run_pipeline(&self, environment: Environment, build: Option<&Build>) -> Result<Outcome, FinishError> {
        let starting = || FinishError::of(format!("starting the pipeline {environment}"));
        let newest = self.pipelines.newest(environment.name()).await.map_err(starting())?;
        if build.is_some_and(|build| has_run(&newest, build)) {
            return Ok(Outcome::HasRun(environment));
        }
        self.pipelines.start(environment.name()).await.map_err(starting())?;
        Ok(Outcome::Started(environment))
    }

    /// The project that destroys goes last: as long as it is there, whoever looks finds what is left to do.
    async fn remove(&self, found: &Found) -> Result<(), FinishError> {
        let environment = &found.environment;
        let emptied = self.bucket.empty(&environment.objects()).await;
        emptied.map_err(FinishError::of(format!("deleting the objects of {environment}")))?;
        // A policy that asks for the environment's tag refuses to delete what is not there.
        if found.observed.create.is_some() {
            self.delete(&environment.project(Purpose::Create)).await?;
        }
        self.delete(&environment.project(Purpose::Destroy)).await
    }

    async fn delete(&self, project: &str) -> Result<(), FinishError> {
        let deleted = self.projects.delete(project).await;
        deleted.map_err(FinishError::of(format!("deleting the project {project}")))
    }

    async fn hand_over(&self, function: &str, found: &Found) -> Result<Outcome, FinishError> {
        let environment = found.environment.clone();
        let handed = self.functions.hand_over(function, &found.branch).await;
        handed.map_err(FinishError::of(format!("handing {environment} to {function}")))?;
        Ok(if *function == self.config.create_function {
            Outcome::ToCreate(environment)
        } else {
            Outcome::ToDestroy(environment)
        })
    }

    async fn tell_of_failure(&self, found: &Found, at: Timestamp) -> Result<(), FinishError> {
        let (environment, branch) = (&found.environment, &found.branch);
        let (verb, builds, build) = match found.observed.last_destroy() {
            Some(build) => ("destroyed", &found.observed.destroy, Some(build)),
            None => ("created", &found.observed.create, found.observed.last_create()),
        };
        let builds = builds.as_deref().unwrap_or_default().iter();
        let tries = builds
            .take_while(|build| build.outcome == BuildOutcome::Unsuccessful)
            .count();
        let told = build.map_or("", |build| build.told.as_str());
        let text = format!(
            "The environment {environment} of the branch {branch} could not be {verb} (try {tries}): {told}\n\n\
             Nothing was removed that the next try needs. It is tried again after {at}, later each time; a push tries at once. \
             docs/branch-environments.md says what to do about builds that keep failing."
        );
        let subject = format!("{}: {environment} could not be {verb}", self.config.repository.name);
        let told = self.people.tell(&subject, &text).await;
        told.map_err(FinishError::of("telling people"))
    }
}
