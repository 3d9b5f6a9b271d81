//! The function's environment. Every variable is set by the stack's template.

use lambda_edge::{ConfigError, Variables};

/// What the stack's parameters say, as environment variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `BUS_NAME`: the event bus that is told.
    pub bus: String,
    /// `REPOSITORY_NAME`: the repository as events on the bus name it.
    pub repository: String,
    /// `HOST_REPOSITORY`: its full name at the host, such as `acme/shop`, which webhooks name.
    pub host_repository: String,
    /// `SECRET_ARN`: the secret that requests are signed with.
    pub secret: String,
    /// `MAXIMUM_AGE_SECONDS`: how far a signed time may be from now, before or after.
    pub maximum_age_seconds: u32,
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
            bus: variables.required("BUS_NAME"),
            repository: variables.required("REPOSITORY_NAME"),
            host_repository: variables.required("HOST_REPOSITORY"),
            secret: variables.required("SECRET_ARN"),
            maximum_age_seconds: variables.required_as("MAXIMUM_AGE_SECONDS", "a whole number of seconds"),
        };
        variables.finish(config)
    }
}
