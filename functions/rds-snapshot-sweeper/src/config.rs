//! The function's environment. Every variable is set by the stack's template.

use jiff::SignedDuration;
use lambda_edge::ConfigError;

/// What the stack's parameters say, as environment variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `STACK_NAME`: the value of the tag that marks everything of this stack.
    pub stack: String,
    /// `MINIMUM_AGE_MINUTES`: nothing is deleted sooner after its execution ended.
    pub minimum_age: SignedDuration,
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
        let variable = |name: &str| {
            let value = lookup(name).filter(|value| !value.is_empty());
            value.ok_or_else(|| format!("{name} is missing"))
        };
        let stack = variable("STACK_NAME");
        let minimum_age = variable("MINIMUM_AGE_MINUTES").and_then(|value| {
            let minutes: Result<u32, _> = value.parse();
            let minutes = minutes
                .map_err(|_| format!("MINIMUM_AGE_MINUTES is `{value}`, it must be a whole number of minutes"))?;
            Ok(SignedDuration::from_mins(i64::from(minutes)))
        });
        match (stack, minimum_age) {
            (Ok(stack), Ok(minimum_age)) => Ok(Self { stack, minimum_age }),
            (stack, minimum_age) => Err(ConfigError {
                problems: [stack.err(), minimum_age.err()].into_iter().flatten().collect(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_missing_or_bad_is_reported_together() {
        assert_eq!(
            Config::from_lookup(|_| None).unwrap_err().problems,
            ["STACK_NAME is missing", "MINIMUM_AGE_MINUTES is missing"]
        );
        let error = Config::from_lookup(|_| Some("soon".into())).unwrap_err();
        assert_eq!(
            error.problems,
            ["MINIMUM_AGE_MINUTES is `soon`, it must be a whole number of minutes"]
        );
    }

    #[test]
    fn the_minimum_age_is_in_minutes() {
        let config = Config::from_lookup(|_| Some("90".into())).unwrap();
        assert_eq!(
            config.minimum_age,
            SignedDuration::from_hours(1) + SignedDuration::from_mins(30)
        );
    }
}
