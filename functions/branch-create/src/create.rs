//! Looks at a branch and its environment, decides, and does what creating means of it.

use std::fmt;

use aws_types::SdkConfig;
use branch_build::{
    BRANCH, Builds, Environment, Facts, Next, Occurrence, People, Project, Projects, Purpose, Source, Started, Wishes,
    expiry, next,
};
use jiff::{SignedDuration, Timestamp};

use crate::bucket::Bucket;
use crate::config::Config;
use crate::error::CreateError;
use crate::pipeline::{TEMPLATE, template_key};
use crate::repository_file::{self, RepositoryFile};

/// Who made an environment that no event asked for.
const NOBODY: &str = "branch-reconcile";

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was of a tag, or of another repository.
    OfSomethingElse,
    /// A build was started, for this environment.
    Building(Environment),
    /// Nothing is to be created now.
    Left(Next),
    /// The branch's file says that it gets no environment.
    NotWantedByBranch,
    /// The branch's file is not understood. People were told.
    FileNotUnderstood,
    /// As many environments as may exist do. People were told.
    CapReached,
    /// A build that destroys began at the same time.
    GivenWay(Environment),
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OfSomethingElse => formatter.write_str("no branch of this repository"),
            Self::Building(environment) => write!(formatter, "building {environment}"),
            Self::Left(next) => write!(formatter, "left as it is: {next:?}"),
            Self::NotWantedByBranch => formatter.write_str("its .wrasse.yaml says that it gets no environment"),
            Self::FileNotUnderstood => formatter.write_str("its .wrasse.yaml is not understood"),
            Self::CapReached => formatter.write_str("as many environments as may exist do"),
            Self::GivenWay(environment) => write!(formatter, "{environment} is being destroyed"),
        }
    }
}

pub(crate) struct Creator {
    config: Config,
    wishes: Wishes,
    builds: Builds,
    projects: Projects,
    bucket: Bucket,
    people: People,
}

impl Creator {
    pub(crate) fn new(config: Config, sdk_config: &SdkConfig) -> Self {
        Self {
            wishes: Wishes::new(
                &config.prefix,
                &config.repository,
                &config.protected,
                &config.bucket,
                sdk_config,
            ),
            builds: Builds::new(sdk_config),
            projects: Projects::new(sdk_config),
            bucket: Bucket::new(&config.bucket, sdk_config),
            people: People::new(&config.topic, sdk_config),
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
    ) -> Result<Outcome, CreateError> {
        let branch = &occurrence.branch;
        let environment = self.wishes.environment(branch);
        let observed = self.builds.observe(&environment).await;
        let observed = observed.map_err(CreateError::of(format!("looking at the builds of {environment}")))?;
        // Last, so that no build that is seen is of a branch that was not there yet.
        let wanted = self
            .wishes
            .of(branch)
            .await
            .map_err(CreateError::of("asking for the branch"))?;
        let commit = match next(&wanted, &observed, now()) {
            Next::Create { commit } => commit,
            Next::StopCreate { .. } if observed.at_once().is_some() => return self.give_way(environment).await,
            other => return Ok(Outcome::Left(other)),
        };
        let file = match self.file(&commit).await? {
            Ok(file) if file.wants_environment() => file,
            Ok(_) => return Ok(Outcome::NotWantedByBranch),
            Err(why) => {
                let text = format!(
                    "The branch {branch} of {} is not deployed: its .wrasse.yaml (commit {commit}) is not understood: {why}. \
                     A push that mends it is deployed.",
                    self.config.repository.name
                );
                // Reconcile asks again and again: people are told when somebody pushed.
                if occurrence.by_event {
                    self.tell("a branch is not deployed", &text).await?;
                }
                return Ok(Outcome::FileNotUnderstood);
            }
        };
        if observed.create.is_none() && self.is_full().await? {
            let text = format!(
                "The branch {branch} of {} gets no environment: {} exist, and no more may. Delete a branch, or raise \
                 MaximumEnvironments; branch-reconcile then makes up for it.",
                self.config.repository.name, self.config.maximum
            );
            // Reconcile asks again and again: people are told when somebody pushed.
            if occurrence.by_event {
                self.tell("no more environments may exist", &text).await?;
            }
            return Ok(Outcome::CapReached);
        }
        self.build(&environment, occurrence, &commit, &file, now()).await
    }

    async fn file(&self, commit: &str) -> Result<Result<RepositoryFile, String>, CreateError> {
        let found = self.wishes.repository.file(commit, repository_file::PATH).await;
        let found = found.map_err(CreateError::of("reading .wrasse.yaml"))?;
        Ok(found.map_or_else(|| Ok(RepositoryFile::default()), |text| RepositoryFile::read(&text)))
    }

    async fn is_full(&self) -> Result<bool, CreateError> {
        let environments = self.builds.environments(&self.config.prefix).await;
        let environments = environments.map_err(CreateError::of("counting environments"))?;
        Ok(environments.len() >= self.config.maximum)
    }

    async fn tell(&self, subject: &str, text: &str) -> Result<(), CreateError> {
        let subject = format!("{}: {subject}", self.config.repository.name);
        let told = self.people.tell(&subject, text).await;
        told.map_err(CreateError::of("telling people"))
    }

    async fn build(
        &self,
        environment: &Environment,
        occurrence: &Occurrence,
        commit: &str,
        file: &RepositoryFile,
        now: Timestamp,
    ) -> Result<Outcome, CreateError> {
        let name = environment.project(Purpose::Create);
        let making = || CreateError::of(format!("making the build project of {environment}"));
        let known = self.builds.describe(&name).await.map_err(making())?;
        let known = known.map(|project| project.tags).unwrap_or_default();
        let put = self.bucket.put(&template_key(), TEMPLATE).await;
        put.map_err(CreateError::of("putting the pipeline's template into the bucket"))?;
        let owner = occurrence.owner.as_deref().unwrap_or(NOBODY);
        let (branch, repository) = (&occurrence.branch, &self.config.repository.name);
        let facts = Facts::of(environment, repository, branch, &known, owner, now);
        let project = self.project(&facts, file, now);
        self.projects.make(&project).await.map_err(making())?;

        let starting = || CreateError::of(format!("starting the build of {environment}"));
        let started = self.projects.start(&name, Some(commit)).await.map_err(starting())?;
        // Two events at once may start both builds, neither having seen the other's. Then this one gives way. A build that
        // runs already may be this one, started by a try whose answer was lost.
        let other = self.builds.running(&environment.project(Purpose::Destroy)).await;
        if !other.map_err(starting())?.is_empty() {
            return self.give_way(environment.clone()).await;
        }
        Ok(match started {
            Started::Build(_) => Outcome::Building(environment.clone()),
            Started::Busy => Outcome::Left(Next::Wait),
        })
    }

    async fn give_way(&self, environment: Environment) -> Result<Outcome, CreateError> {
        let stopping = || CreateError::of(format!("stopping the build of {environment}"));
        let running = self.builds.running(&environment.project(Purpose::Create)).await;
        for build in running.map_err(stopping())? {
            self.projects.stop(&build).await.map_err(stopping())?;
        }
        Ok(Outcome::GivenWay(environment))
    }

    fn project<'a>(&'a self, facts: &Facts<'a>, file: &RepositoryFile, now: Timestamp) -> Project<'a> {
        let (config, environment, branch) = (&self.config, facts.environment, facts.branch);
        let mut tags = facts.tags();
        let lines: Vec<String> = tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let lines = lines.join("\n");
        tags.push(expiry(self.expires(now)));
        let commands = file.deployment.unwrap_or(config.deployment).commands(&config.custom);
        let parameters = config
            .pipeline_parameters
            .of(environment, branch, &lines, file, &commands);
        Project {
            environment,
            purpose: Purpose::Create,
            source: Source::clone_of(&config.repository, &config.connection),
            place: &config.place,
            variables: vec![
                ("WRASSE_NAME", environment.name().to_owned()),
                (BRANCH, branch.to_owned()),
                ("WRASSE_BUCKET", config.bucket.clone()),
                ("WRASSE_SOURCE_KEY", environment.source_key()),
                ("WRASSE_TEMPLATE_KEY", template_key()),
                ("WRASSE_PARAMETERS", parameters),
                ("WRASSE_TAGS", lines),
                ("WRASSE_PIPELINE_STACK_ROLE", config.pipeline_stack_role.clone()),
                // For the day of its destruction: branch-destroy takes them over.
                ("WRASSE_STATE_KEY", environment.state_key()),
                (
                    "WRASSE_APPLICATION_ROLE",
                    config.pipeline_parameters.application_role().to_owned(),
                ),
                ("WRASSE_DIRECTORY", file.directory().to_owned()),
                ("WRASSE_DESTROY_COMMAND", commands.destroy),
            ],
            tags,
        }
    }

    fn expires(&self, now: Timestamp) -> Option<Timestamp> {
        let days = i64::from(self.config.days_to_live);
        let life = SignedDuration::from_hours(24 * days);
        (days > 0).then(|| now.checked_add(life).ok()).flatten()
    }
}
