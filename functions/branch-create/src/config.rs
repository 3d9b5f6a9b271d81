//! The function's environment. Every variable is set by the stack's template.

use branch_build::{BuildPlace, CloneUrl, Host, Location};
use lambda_edge::{ConfigError, Variables};

use crate::deployment::{Commands, Kind};
use crate::pipeline::SharedParameters;

/// What the stack's parameters say, as environment variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `PREFIX`: what names of environments begin with.
    pub prefix: String,
    /// `REPOSITORY_NAME`, `REPOSITORY_HOST`, `REPOSITORY_URL`, `REPOSITORY_TOKEN_SECRET_ARN`: where the branches are.
    pub repository: Location,
    /// `CONNECTION_ARN`: the connection by which builds clone from another host than CodeCommit; else empty.
    pub connection: String,
    /// `PROTECTED_BRANCHES`: patterns separated by commas; may be empty.
    pub protected: String,
    /// `BUCKET_NAME`: where sources are kept.
    pub bucket: String,
    /// `TOPIC_ARN`: who is told.
    pub topic: String,
    /// `MAXIMUM_ENVIRONMENTS`: so many may exist at once.
    pub maximum: usize,
    /// `DAYS_TO_LIVE`: after so many days without a push an environment is destroyed; 0 for never.
    pub days_to_live: u32,
    /// `DEPLOYMENT`: how a branch without `.wrasse.yaml` is deployed.
    pub deployment: Kind,
    /// `BUILD_COMMAND`, `DEPLOY_COMMAND`, `DESTROY_COMMAND`: what `custom` means; may be empty.
    pub custom: Commands,
    /// `BUILD_ROLE_ARN`, `BUILD_IMAGE`, `BUILD_TIMEOUT_MINUTES`, `BUILD_LOG_GROUP`: what builds run on and as.
    pub place: BuildPlace,
    /// `PIPELINE_STACK_ROLE_ARN`: the role that CloudFormation deploys pipelines with.
    pub pipeline_stack_role: String,
    /// `PIPELINE_PARAMETERS`: parameters that all pipelines' stacks have in common, a JSON object of texts.
    pub pipeline_parameters: SharedParameters,
}

impl Config {
    /// Reads the environment of this process.
    ///
    /// # Errors
    /// Every variable that is missing or makes no sense, together.
    pub fn from_env() -> Result<Self, ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "the one place where the configuration is read")]
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// [`Config::from_env`] over any environment.
    ///
    /// # Errors
    /// Every variable that is missing or makes no sense, together.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut variables = Variables::new(lookup);
        let config = Self {
            prefix: variables.required("PREFIX"),
            repository: Location {
                name: variables.required("REPOSITORY_NAME"),
                host: variables.required_as("REPOSITORY_HOST", Host::CHOICE),
                url: variables.required_as("REPOSITORY_URL", CloneUrl::KIND),
                token_secret: variables.optional("REPOSITORY_TOKEN_SECRET_ARN").unwrap_or_default(),
            },
            connection: variables.optional("CONNECTION_ARN").unwrap_or_default(),
            protected: variables.optional("PROTECTED_BRANCHES").unwrap_or_default(),
            bucket: variables.required("BUCKET_NAME"),
            topic: variables.required("TOPIC_ARN"),
            maximum: variables.required_as("MAXIMUM_ENVIRONMENTS", "a whole number"),
            days_to_live: variables.required_as("DAYS_TO_LIVE", "a whole number of days"),
            deployment: variables.required_as("DEPLOYMENT", Kind::CHOICE),
            custom: Commands {
                build: variables.optional("BUILD_COMMAND").unwrap_or_default(),
                deploy: variables.optional("DEPLOY_COMMAND").unwrap_or_default(),
                destroy: variables.optional("DESTROY_COMMAND").unwrap_or_default(),
            },
            place: BuildPlace {
                role: variables.required("BUILD_ROLE_ARN"),
                image: variables.required("BUILD_IMAGE"),
                timeout_minutes: variables.required_as("BUILD_TIMEOUT_MINUTES", "a whole number of minutes"),
                log_group: variables.required("BUILD_LOG_GROUP"),
            },
            pipeline_stack_role: variables.required("PIPELINE_STACK_ROLE_ARN"),
            pipeline_parameters: variables.required_as("PIPELINE_PARAMETERS", "a JSON object of texts"),
        };
        variables.finish(config)
    }
}
