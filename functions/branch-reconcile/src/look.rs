//! Asks what is true: of all branches and environments at once, then of each by itself.

use std::collections::BTreeMap;

use aws_client::CallError;
use aws_types::SdkConfig;
use branch_build::{Age, Builds, Environment, Observed, Purpose, Wanted, Wishes, unless_over};

use crate::error::ReconcileError;
use crate::found::{Found, Owner};
use crate::gathered::Gathered;
use crate::pace::{LOOKING, Pace};
use crate::plan::{Situation, Subject};
use crate::stacks::Stacks;

/// As many projects as one call describes.
const MOST_DESCRIBED: usize = 100;

pub(crate) struct Looker {
    pub(crate) wishes: Wishes,
    builds: Builds,
    stacks: Stacks,
    repository_pace: Pace,
    builds_pace: Pace,
}

impl Looker {
    pub(crate) fn new(wishes: Wishes, sdk_config: &SdkConfig) -> Self {
        Self {
            wishes,
            builds: Builds::new(sdk_config),
            stacks: Stacks::new(sdk_config),
            repository_pace: Pace::new(LOOKING),
            builds_pace: Pace::new(LOOKING),
        }
    }

    pub(crate) fn owner(&self) -> Owner<'_> {
        Owner {
            prefix: &self.wishes.prefix,
            repository: self.wishes.repository.name(),
        }
    }

    /// Lists are read page after page: they need no pace.
    pub(crate) async fn gather(
        &self,
        default: Option<String>,
        names: Vec<String>,
        heads: BTreeMap<String, String>,
    ) -> Result<Gathered, ReconcileError> {
        let owner = self.owner();
        let listed = self.builds.environments(owner.prefix).await;
        let listed = listed.map_err(ReconcileError::of("listing build projects"))?;
        let projects = listed.iter().flat_map(|environment| {
            let project = |purpose| environment.project(purpose);
            [Purpose::Create, Purpose::Destroy].map(project)
        });
        let projects: Vec<String> = projects.collect();
        let mut descriptions = Vec::new();
        for some in projects.chunks(MOST_DESCRIBED) {
            let described = self.builds.describe_all(some).await;
            descriptions.extend(described.map_err(ReconcileError::of("reading build projects"))?);
        }
        let stacks = self.stacks.of(owner.repository).await;
        let stacks = stacks.map_err(ReconcileError::of("listing stacks by their tags"))?;
        let ages = self.wishes.ages.all(owner.prefix).await;
        Ok(Gathered {
            default,
            names,
            heads,
            found: owner.find(&listed, &descriptions, &stacks),
            listed: listed.into_iter().collect(),
            ages: ages.map_err(ReconcileError::of("listing ages"))?.into_iter().collect(),
        })
    }

    /// What is true of one.
    pub(crate) async fn look(&self, subject: Subject, gathered: &Gathered) -> Result<Situation, CallError> {
        let environment = &subject.environment;
        let age = if gathered.ages.contains(environment) {
            self.wishes.ages.read(environment).await?
        } else {
            Age::default()
        };
        let wanted = match self.head(&subject, gathered).await? {
            None => Wanted::Absent,
            Some(commit) => unless_over(Wanted::Present { commit: commit.clone() }, &commit, &age),
        };
        let observed = self.observe(environment, &gathered.found).await?;
        Ok(Situation {
            subject,
            wanted,
            observed,
            age,
        })
    }

    async fn head(&self, subject: &Subject, gathered: &Gathered) -> Result<Option<String>, CallError> {
        if !subject.has_branch {
            return Ok(None);
        }
        // As it was when all were asked for: whoever is asked to do something looks again.
        if let Some(commit) = gathered.heads.get(&subject.branch) {
            return Ok(Some(commit.clone()));
        }
        let head = self.wishes.repository.head(&subject.branch);
        self.repository_pace.keep(1, head).await
    }

    /// What is not listed is not asked for: if it was made just now, whoever is asked to do something finds it.
    async fn observe(&self, environment: &Environment, found: &Found) -> Result<Observed, CallError> {
        let is_listed = |purpose: &Purpose| found.projects.contains(&environment.project(*purpose));
        let calls = match [Purpose::Create, Purpose::Destroy]
            .iter()
            .filter(|it| is_listed(it))
            .count()
        {
            0 => return Ok(Observed::default()),
            1 => 3,
            _ => 5,
        };
        let observing = Box::pin(self.builds.observe(environment));
        self.builds_pace.keep(calls, observing).await
    }
}
