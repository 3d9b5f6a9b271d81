//! The function's environment. Every variable is set by the stack's template.

use branch_build::{CloneUrl, Gone, Host, Location};
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
    /// `TOPIC_ARN`: who is told.
    pub topic: String,
    /// `CREATE_FUNCTION`: the name of branch-create.
    pub create_function: String,
    /// `DESTROY_FUNCTION`: the name of branch-destroy.
    pub destroy_function: String,
}

impl Config {
    /// Reads the environment of this process.
    ///
    /// # Errors
    /// Every variable that is missing, together.
    pub fn from_env() -> Result<Self, ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "the one place where the configuration is read")]
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// [`Config::from_env`] over any environment.
    ///
    /// # Errors
    /// Every variable that is missing, together.
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
            topic: variables.required("TOPIC_ARN"),
            create_function: variables.required("CREATE_FUNCTION"),
            destroy_function: variables.required("DESTROY_FUNCTION"),
        };
        variables.finish(config)
    }
}
