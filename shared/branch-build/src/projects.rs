//! Making build projects and starting their builds.

use aws_client::{CallError, OnDemand};
use aws_sdk_codebuild::Client;
use aws_sdk_codebuild::error::{BuildError, SdkError};
use aws_sdk_codebuild::operation::create_project::CreateProjectError;
use aws_sdk_codebuild::operation::start_build::{StartBuildError, StartBuildOutput};
use aws_types::SdkConfig;

use crate::project::Project;

/// The build projects of an account. The SDK's client is made by the first call.
#[derive(Debug)]
pub struct Projects {
    client: OnDemand<Client>,
}

/// What became of a wish for a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Started {
    /// It runs, under this id.
    Build(String),
    /// Another build of the project runs: there is one at a time.
    Busy,
}

impl Projects {
    /// Makes no call.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self {
            client: OnDemand::new(config, Client::new),
        }
    }

    /// Makes a project, or brings one that is there up to date.
    ///
    /// A project has at most one build at a time: two events of one push must not deploy twice at once
    /// (<https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html>).
    pub async fn make(&self, project: &Project<'_>) -> Result<(), CallError> {
        let create = self
            .client
            .create_project()
            .name(project.name())
            .description(project.description())
            .source(project.source().map_err(incomplete)?)
            .artifacts(Project::artifacts().map_err(incomplete)?)
            .environment(project.environment().map_err(incomplete)?)
            .service_role(&project.place.role)
            .timeout_in_minutes(project.place.timeout_minutes)
            .logs_config(project.logs().map_err(incomplete)?)
            .concurrent_build_limit(1)
            .set_tags(Some(project.tags()));
        match create.send().await {
            Ok(_) => Ok(()),
            Err(error) if exists(&error) => self.bring_up_to_date(project).await,
            Err(error) => Err(error.into()),
        }
    }

    async fn bring_up_to_date(&self, project: &Project<'_>) -> Result<(), CallError> {
        self.client
            .update_project()
            .name(project.name())
            .description(project.description())
            .source(project.source().map_err(incomplete)?)
            .environment(project.environment().map_err(incomplete)?)
            .service_role(&project.place.role)
            .timeout_in_minutes(project.place.timeout_minutes)
            .logs_config(project.logs().map_err(incomplete)?)
            .set_tags(Some(project.tags()))
            .send()
            .await?;
        Ok(())
    }

    /// Starts a build, of a commit where the source is a repository.
    pub async fn start(&self, project: &str, commit: Option<&str>) -> Result<Started, CallError> {
        let start = self.client.start_build().project_name(project);
        let started = start.set_source_version(commit.map(str::to_owned)).send().await;
        match started {
            Ok(StartBuildOutput { build_value, .. }) => {
                let id = build_value.and_then(|build| build.id).unwrap_or_default();
                Ok(Started::Build(id))
            }
            // The project's own limit, and the account's: whichever it is, a build that ends makes room.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(StartBuildError::is_account_limit_exceeded_exception) =>
            {
                Ok(Started::Busy)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Stops a build. One that has ended stays as it is.
    pub async fn stop(&self, build: &str) -> Result<(), CallError> {
        self.client.stop_build().id(build).send().await?;
        Ok(())
    }
}

fn exists(error: &SdkError<CreateProjectError>) -> bool {
    let service_error = error.as_service_error();
    service_error.is_some_and(CreateProjectError::is_resource_already_exists_exception)
}

fn incomplete(error: BuildError) -> CallError {
    SdkError::<CreateProjectError>::construction_failure(error).into()
}
