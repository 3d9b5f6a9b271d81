//! The shape of an environment's two build projects.
//!
//! Text of a branch reaches a build as an environment variable and in no other way: the buildspecs are constants, and a shell
//! does not read again what it puts in place of a variable that stands in quotes.

use aws_sdk_codebuild::error::BuildError;
use aws_sdk_codebuild::types::{
    ArtifactsType, CloudWatchLogsConfig, ComputeType, EnvironmentType, EnvironmentVariable, LogsConfig,
    LogsConfigStatusType, ProjectArtifacts, ProjectEnvironment, ProjectSource, SourceAuth, SourceAuthType, SourceType,
    Tag,
};

use crate::location::{Host, Location};
use crate::{Environment, Purpose};

/// The variable of a project that has the branch's name, exactly.
pub const BRANCH: &str = "WRASSE_BRANCH";

/// Where a build gets its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A clone of a repository.
    CodeCommit {
        /// `https://git-codecommit.<region>.amazonaws.com/v1/repos/<name>`.
        url: String,
    },
    /// A clone from another host, by a connection.
    Connected {
        /// The host's kind, as CodeBuild names it.
        kind: SourceType,
        /// The clone URL.
        url: String,
        /// ARN of the connection.
        connection: String,
    },
    /// The source that was kept.
    Object {
        /// The bucket.
        bucket: String,
        /// The key of a zip file.
        key: String,
    },
    /// Nothing: no source was kept.
    Nothing,
}

impl Source {
    /// A clone of a repository, wherever it is; `connection` is the ARN of the connection to another host than CodeCommit.
    #[must_use]
    pub fn clone_of(repository: &Location, connection: &str) -> Self {
        let url = repository.url.text();
        let is_of = |origin| repository.url.origin() == origin;
        // https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectSource.html
        let kind = match repository.host {
            Host::CodeCommit => return Self::CodeCommit { url },
            Host::GitHub if is_of("https://github.com") => SourceType::Github,
            Host::GitHub => SourceType::GithubEnterprise,
            Host::GitLab if is_of("https://gitlab.com") => SourceType::Gitlab,
            Host::GitLab => SourceType::GitlabSelfManaged,
            Host::Bitbucket => SourceType::Bitbucket,
        };
        Self::Connected {
            kind,
            url,
            connection: connection.to_owned(),
        }
    }
}

/// One of the two projects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project<'a> {
    /// Whose it is.
    pub environment: &'a Environment,
    /// What it is for, which says what it does, too.
    pub purpose: Purpose,
    /// Where its builds get their source.
    pub source: Source,
    /// What its builds run on and as.
    pub place: &'a BuildPlace,
    /// The environment variables of its builds.
    pub variables: Vec<(&'static str, String)>,
    /// Keys and values.
    pub tags: Vec<(String, String)>,
}

/// What builds run on and as. All are parameters of the stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildPlace {
    /// ARN of the role of the builds.
    pub role: String,
    /// The image, such as `aws/codebuild/amazonlinux-x86_64-standard:5.0`.
    pub image: String,
    /// Minutes after which a build that does not end is ended.
    pub timeout_minutes: i32,
    /// The log group of the builds.
    pub log_group: String,
}

impl Project<'_> {
    pub(crate) fn name(&self) -> String {
        self.environment.project(self.purpose)
    }

    pub(crate) fn description(&self) -> &'static str {
        match self.purpose {
            Purpose::Create => "Keeps the source of a branch and deploys its pipeline. Made by branch-create.",
            Purpose::Destroy => "Removes what a branch's pipeline deployed, and the pipeline. Made by branch-destroy.",
        }
    }

    fn buildspec(&self) -> &'static str {
        match self.purpose {
            Purpose::Create => include_str!("../buildspecs/create.yaml"),
            Purpose::Destroy => include_str!("../buildspecs/destroy.yaml"),
        }
    }

    pub(crate) fn source(&self) -> Result<ProjectSource, BuildError> {
        let source = ProjectSource::builder().buildspec(self.buildspec());
        match &self.source {
            // The newest commit is all that is packed.
            Source::CodeCommit { url } => source.r#type(SourceType::Codecommit).location(url).git_clone_depth(1),
            // Of the connection alone: the account's own credentials, which others may have set, are not used.
            Source::Connected { kind, url, connection } => {
                let auth = SourceAuth::builder().r#type(SourceAuthType::Codeconnections);
                let auth = auth.resource(connection).build()?;
                source.r#type(kind.clone()).location(url).auth(auth).git_clone_depth(1)
            }
            Source::Object { bucket, key } => source.r#type(SourceType::S3).location(format!("{bucket}/{key}")),
            Source::Nothing => source.r#type(SourceType::NoSource),
        }
        .build()
    }

    pub(crate) fn artifacts() -> Result<ProjectArtifacts, BuildError> {
        ProjectArtifacts::builder().r#type(ArtifactsType::NoArtifacts).build()
    }

    pub(crate) fn environment(&self) -> Result<ProjectEnvironment, BuildError> {
        let variables = self.variables.iter().map(|(name, value)| {
            let variable = EnvironmentVariable::builder().name(*name).value(value);
            variable.build()
        });
        ProjectEnvironment::builder()
            .r#type(environment_type(&self.place.image))
            .image(&self.place.image)
            .compute_type(ComputeType::BuildGeneral1Small)
            .set_environment_variables(Some(variables.collect::<Result<_, _>>()?))
            .build()
    }

    pub(crate) fn logs(&self) -> Result<LogsConfig, BuildError> {
        let logs = CloudWatchLogsConfig::builder()
            .status(LogsConfigStatusType::Enabled)
            .group_name(&self.place.log_group)
            .stream_name(self.environment.name())
            .build()?;
        Ok(LogsConfig::builder().cloud_watch_logs(logs).build())
    }

    pub(crate) fn tags(&self) -> Vec<Tag> {
        let tags = self.tags.iter();
        tags.map(|(key, value)| Tag::builder().key(key).value(value).build())
            .collect()
    }
}

/// The images that AWS keeps are named for what they run on
/// (<https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html>).
fn environment_type(image: &str) -> EnvironmentType {
    if image.contains("aarch64") {
        EnvironmentType::ArmContainer
    } else {
        EnvironmentType::LinuxContainer
    }
}
