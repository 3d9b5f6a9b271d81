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
    /// `REPOSITORY_GONE`: `keep` or `destroy`, what becomes of environments when there is no such repository any more.
    pub gone: Gone,
    /// `PROTECTED_BRANCHES`: patterns separated by commas; may be empty.
    pub protected: String,
    /// `BUCKET_NAME`: where ages are kept.
    pub bucket: String,
    /// `TOPIC_ARN`: who is told.
    pub topic: String,
    /// `DAYS_TO_LIVE`: after so many days without a push an environment is destroyed; 0 for never.
    pub days_to_live: u32,
    /// `DAYS_OF_WARNING`: its people are told so many days before.
    pub days_of_warning: u32,
    /// `MAXIMUM_ENVIRONMENTS`: so many may exist at once.
    pub maximum: usize,
    /// Who is asked.
    pub functions: Functions,
    /// `FAILURE_QUEUE_URL`: where what failed is kept.
    pub failure_queue: String,
}

/// Names of functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Functions {
    /// `CREATE_FUNCTION`
    pub create: String,
    /// `DESTROY_FUNCTION`
    pub destroy: String,
    /// `FINISH_FUNCTION`
    pub finish: String,
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
            gone: variables.required_as("REPOSITORY_GONE", Gone::CHOICE),
            protected: variables.optional("PROTECTED_BRANCHES").unwrap_or_default(),
            bucket: variables.required("BUCKET_NAME"),
            topic: variables.required("TOPIC_ARN"),
            days_to_live: variables.required_as("DAYS_TO_LIVE", "a whole number of days"),
            days_of_warning: variables.required_as("DAYS_OF_WARNING", "a whole number of days"),
            maximum: variables.required_as("MAXIMUM_ENVIRONMENTS", "a whole number"),
            functions: Functions {
                create: variables.required("CREATE_FUNCTION"),
                destroy: variables.required("DESTROY_FUNCTION"),
                finish: variables.required("FINISH_FUNCTION"),
            },
            failure_queue: variables.required("FAILURE_QUEUE_URL"),
        };
        variables.finish(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str) -> String {
        let value = match name {
            "DAYS_TO_LIVE" => "14",
            "DAYS_OF_WARNING" => "3",
            "MAXIMUM_ENVIRONMENTS" => "50",
            "REPOSITORY_GONE" => "destroy",
            "REPOSITORY_HOST" => "github",
            "REPOSITORY_URL" => "https://github.com/acme/shop.git",
            "PROTECTED_BRANCHES" => "",
            other => other,
        };
        value.to_owned()
    }

    #[test]
    fn every_variable_is_read() {
        let config = Config::from_lookup(|name| Some(variable(name))).unwrap();
        assert_eq!(
            (config.days_to_live, config.days_of_warning, config.maximum),
            (14, 3, 50)
        );
        assert_eq!(config.gone, Gone::Destroy);
        assert_eq!(config.repository.host, Host::GitHub);
        assert_eq!(config.repository.token_secret, "REPOSITORY_TOKEN_SECRET_ARN");
        assert_eq!(config.functions.finish, "FINISH_FUNCTION");
        assert_eq!(config.failure_queue, "FAILURE_QUEUE_URL");
    }

    #[test]
    fn everything_that_is_wrong_is_said() {
        let wrong = |name: &str| match name {
            "REPOSITORY_GONE" => Some("forget".to_owned()),
            "REPOSITORY_URL" => Some("http://github.com/acme/shop.git".to_owned()),
            "DAYS_TO_LIVE" => Some("-1".to_owned()),
            "TOPIC_ARN" => None,
            other => Some(variable(other)),
        };
        assert_eq!(
            Config::from_lookup(wrong).unwrap_err().problems,
            [
                "REPOSITORY_URL is `http://github.com/acme/shop.git`, it must be a clone URL that begins with https://",
                "REPOSITORY_GONE is `forget`, it must be keep or destroy",
                "TOPIC_ARN is missing",
                "DAYS_TO_LIVE is `-1`, it must be a whole number of days",
            ]
        );
    }
}
