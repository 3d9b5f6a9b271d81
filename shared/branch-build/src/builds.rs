//! Looking at build projects and their builds.

use std::cmp::Reverse;
use std::collections::HashMap;

use aws_client::{CallError, OnDemand};
use aws_sdk_codebuild::Client;
use aws_sdk_codebuild::operation::list_builds_for_project::ListBuildsForProjectError;
use aws_sdk_codebuild::primitives::DateTime;
use aws_sdk_codebuild::types::{self, StatusType};
use aws_types::SdkConfig;
use jiff::Timestamp;

use crate::observed::{Build, Observed, Outcome};
use crate::project::BRANCH;
use crate::tags::REPOSITORY;
use crate::{Environment, Purpose, encoded};

/// So many of a project's builds are looked at: enough for the longest pause between tries.
const NEWEST: usize = 10;

/// What AWS lists of projects and builds. The SDK's client is made by the first call.
#[derive(Debug)]
pub struct Builds {
    client: OnDemand<Client>,
}

/// What a project says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Its name.
    pub name: String,
    /// Its environment variables.
    pub variables: HashMap<String, String>,
    /// Its tags.
    pub tags: HashMap<String, String>,
}

impl Description {
    /// The branch that the project was made for, exactly, if it is a project of this repository.
    #[must_use]
    pub fn branch(&self, repository: &str) -> Option<&str> {
        let of_repository = self.tags.get(REPOSITORY) == Some(&encoded(repository));
        let branch = self.variables.get(BRANCH).filter(|_| of_repository)?;
        Some(branch)
    }
}

impl Builds {
    /// Makes no call.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self {
            client: OnDemand::new(config, Client::new),
        }
    }

    /// What there is of an environment.
    ///
    /// The builds of a project that was deleted are not deleted
    /// (<https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteProject.html>): those from before a project was
    /// made are of an environment that is gone, whose name it had.
    pub async fn observe(&self, environment: &Environment) -> Result<Observed, CallError> {
        let names = [Purpose::Create, Purpose::Destroy].map(|purpose| environment.project(purpose));
        let get = self.client.batch_get_projects().set_names(Some(names.to_vec()));
        let projects = get.send().await?.projects.unwrap_or_default();
        let [create, destroy] = names.map(|name| {
            let project = projects.iter().find(|project| project.name.as_ref() == Some(&name));
            project.map(|project| (name, time(project.created.as_ref())))
        });
        Ok(Observed {
            create: self.since_made(create).await?,
            destroy: self.since_made(destroy).await?,
        })
    }

    async fn since_made(&self, project: Option<(String, Option<Timestamp>)>) -> Result<Option<Vec<Build>>, CallError> {
        let Some((name, made)) = project else { return Ok(None) };
        let mut builds = self.of_project(&name).await?;
        if let Some(builds) = &mut builds {
            builds.retain(|build| made.is_none_or(|made| build.started >= made));
        }
        Ok(builds)
    }

    /// Ids of those of a project's builds that run; none if there is no such project.
    pub async fn running(&self, project: &str) -> Result<Vec<String>, CallError> {
        let builds = self.of_project(project).await?.unwrap_or_default();
        let running = builds.into_iter().filter(|build| build.outcome == Outcome::Running);
        Ok(running.map(|build| build.id).collect())
    }

    /// The newest builds of a project, the newest first; `None` if there is no such project
    /// (<https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListBuildsForProject.html>).
    pub async fn of_project(&self, project: &str) -> Result<Option<Vec<Build>>, CallError> {
        let list = self.client.list_builds_for_project().project_name(project);
        let listed = match list.send().await {
            Ok(listed) => listed,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(ListBuildsForProjectError::is_resource_not_found_exception) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let newest: Vec<String> = listed.ids.unwrap_or_default().into_iter().take(NEWEST).collect();
        if newest.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let found = self.client.batch_get_builds().set_ids(Some(newest)).send().await?;
        let mut builds: Vec<Build> = found.builds.unwrap_or_default().iter().filter_map(build).collect();
        builds.sort_by_key(|build| Reverse(build.started));
        Ok(Some(builds))
    }

    /// What a project says of itself; `None` if there is no such project.
    pub async fn describe(&self, project: &str) -> Result<Option<Description>, CallError> {
        Ok(self.describe_all(&[project.to_owned()]).await?.pop())
    }

    /// What projects, at most 100 (<https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetProjects.html>),
    /// say of themselves. Those that are not there are left out.
    pub async fn describe_all(&self, projects: &[String]) -> Result<Vec<Description>, CallError> {
        let get = self.client.batch_get_projects().set_names(Some(projects.to_vec()));
        let found = get.send().await?;
        Ok(found
            .projects
            .unwrap_or_default()
            .into_iter()
            .map(description)
            .collect())
    }

    /// The environments that there are: those with a project of the prefix.
    pub async fn environments(&self, prefix: &str) -> Result<Vec<Environment>, CallError> {
        let mut found = Vec::new();
        let mut pages = self.client.list_projects().into_paginator().send();
        while let Some(page) = pages.next().await {
            let names = page?.projects.unwrap_or_default();
            let ours = names.iter().filter_map(|name| Environment::of_project(prefix, name));
            found.extend(ours.map(|(environment, _)| environment));
        }
        found.sort();
        found.dedup();
        Ok(found)
    }
}

fn description(project: types::Project) -> Description {
    let variables = project
        .environment
        .and_then(|e| e.environment_variables)
        .unwrap_or_default();
    let tags = project.tags.unwrap_or_default();
    Description {
        name: project.name.unwrap_or_default(),
        variables: variables.into_iter().map(|v| (v.name, v.value)).collect(),
        tags: tags
            .into_iter()
            .filter_map(|tag| Some((tag.key?, tag.value?)))
            .collect(),
    }
}

fn time(time: Option<&DateTime>) -> Option<Timestamp> {
    Timestamp::from_nanosecond(time?.as_nanos()).ok()
}

/// `None` for a build that says neither its id nor when it was started.
fn build(found: &types::Build) -> Option<Build> {
    let outcome = match found.build_status.as_ref()? {
        StatusType::InProgress => Outcome::Running,
        StatusType::Succeeded => Outcome::Succeeded,
        _ => Outcome::Unsuccessful,
    };
    Some(Build {
        id: found.id.clone()?,
        outcome,
        commit: found.source_version.clone(),
        started: time(found.start_time.as_ref())?,
        ended: time(found.end_time.as_ref()),
        told: told(found),
    })
}

/// Its status, what the first phase that failed says of it, and the address of its log.
fn told(found: &types::Build) -> String {
    let status = found.build_status.as_ref().map_or("", StatusType::as_str);
    let phases = found.phases.as_deref().unwrap_or_default().iter();
    let contexts = phases.filter_map(|phase| {
        let context = phase
            .contexts
            .as_deref()?
            .iter()
            .find_map(|context| context.message.as_deref())?;
        let name = phase.phase_type.as_ref().map_or("", types::BuildPhaseType::as_str);
        (!context.is_empty()).then(|| format!(" in {name}: {context}"))
    });
    let failure = contexts.into_iter().next().unwrap_or_default();
    let log = found.logs.as_ref().and_then(|logs| logs.deep_link.as_deref());
    let log = log.map_or_else(String::new, |link| format!(". Log: {link}"));
    format!("{status}{failure}{log}")
}
