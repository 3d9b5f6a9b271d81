//! The function's environment. Every variable is set by the stack's template.

use branch_build::{BuildPlace, CloneUrl, Gone, Host, Location};
use lambda_edge::{ConfigError, Variables};

/// What the stack's parameters say, as environment variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `PREFIX`: what names of environments begin with.
    pub prefix: String,
    /// `REPOSITORY_NAME`, `REPOSITORY_HOST`, `REPOSITORY_URL`, `REPOSITORY_TOKEN_SECRET_ARN`: where the branches are.
    pub repository: Location,
    /// `PROTECTED_BRANCHES`: patterns separated by commas; may be empty.
    pub protected: String,
    /// `REPOSITORY_GONE`: what becomes of environments when the repository is deleted, `keep` or `destroy`.
    pub gone: Gone,
    /// `BUCKET_NAME`: where sources are kept.
    pub bucket: String,
    /// `BUILD_ROLE_ARN`, `BUILD_IMAGE`, `BUILD_TIMEOUT_MINUTES`, `BUILD_LOG_GROUP`: what builds run on and as.
    pub place: BuildPlace,
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
            protected: variables.optional("PROTECTED_BRANCHES").unwrap_or_default(),
            gone: variables.required_as("REPOSITORY_GONE", Gone::CHOICE),
            bucket: variables.required("BUCKET_NAME"),
            place: BuildPlace {
                role: variables.required("BUILD_ROLE_ARN"),
                image: variables.required("BUILD_IMAGE"),
                timeout_minutes: variables.required_as("BUILD_TIMEOUT_MINUTES", "a whole number of minutes"),
                log_group: variables.required("BUILD_LOG_GROUP"),
            },
        };
        variables.finish(config)
    }
}
