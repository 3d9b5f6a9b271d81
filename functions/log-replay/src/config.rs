//! The function's environment. Every variable is set by the stack's template.

use aws_types::SdkConfig;
use lambda_edge::ConfigError;
use log_source::Source;

/// What the stack's parameters say, as environment variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `BUCKET`: the archive's.
    pub bucket: String,
    /// `ERROR_PREFIX`: where Firehose writes what it gives up. Ends with a slash.
    pub error_prefix: String,
    /// `SOURCE_ARN`: the Kinesis stream, or the Firehose stream that takes direct puts, that records go to.
    pub source_arn: String,
    /// `MAXIMUM_ATTEMPTS`: how often one record is put back, at least 1.
    pub maximum_attempts: u32,
    /// `STACK_NAME`: the dimension of the metrics.
    pub stack: String,
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
        let bucket = variable("BUCKET");
        let error_prefix = variable("ERROR_PREFIX").and_then(error_prefix);
        let source_arn = variable("SOURCE_ARN").and_then(source_arn);
        let maximum_attempts = variable("MAXIMUM_ATTEMPTS").and_then(|value| maximum_attempts(&value));
        let stack = variable("STACK_NAME");
        match (bucket, error_prefix, source_arn, maximum_attempts, stack) {
            (Ok(bucket), Ok(error_prefix), Ok(source_arn), Ok(maximum_attempts), Ok(stack)) => Ok(Self {
                bucket,
                error_prefix,
                source_arn,
                maximum_attempts,
                stack,
            }),
            (bucket, error_prefix, source_arn, maximum_attempts, stack) => Err(ConfigError {
                problems: [
                    bucket.err(),
                    error_prefix.err(),
                    source_arn.err(),
                    maximum_attempts.err(),
                    stack.err(),
                ]
                .into_iter()
                .flatten()
                .collect(),
            }),
        }
    }
}

/// Without the slash at its end the prefix would also be that of the function's own prefixes, which begin with it.
fn error_prefix(value: String) -> Result<String, String> {
    if value.ends_with('/') && !value.starts_with('/') {
        Ok(value)
    } else {
        Err(format!(
            "ERROR_PREFIX is `{value}`, it must end with a slash and not begin with one, as `errors/`"
        ))
    }
}

fn source_arn(value: String) -> Result<String, String> {
    match Source::from_arn(&value, &SdkConfig::builder().build()) {
        Ok(_) => Ok(value),
        Err(error) => Err(format!("SOURCE_ARN: {error}")),
    }
}

fn maximum_attempts(value: &str) -> Result<u32, String> {
    let attempts = value.parse().ok().filter(|attempts| *attempts > 0);
    attempts.ok_or_else(|| format!("MAXIMUM_ATTEMPTS is `{value}`, it must be a whole number from 1 on"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:kinesis:us-east-1:123456789012:stream/logs";

    fn problems(variables: &[(&str, &str)]) -> Vec<String> {
        let lookup = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Config::from_lookup(lookup).map_or_else(|error| error.problems, |_| Vec::new())
    }

    #[test]
    fn everything_missing_or_bad_is_reported_together() {
        assert_eq!(
            problems(&[("BUCKET", "")]),
            [
                "BUCKET is missing",
                "ERROR_PREFIX is missing",
                "SOURCE_ARN is missing",
                "MAXIMUM_ATTEMPTS is missing",
                "STACK_NAME is missing",
            ]
        );
        let bad = problems(&[
            ("BUCKET", "archive"),
            ("ERROR_PREFIX", "errors"),
            ("SOURCE_ARN", "logs"),
            ("MAXIMUM_ATTEMPTS", "0"),
            ("STACK_NAME", "wrasse"),
        ]);
        assert!(
            bad[0].starts_with("ERROR_PREFIX is `errors`, it must end with a slash"),
            "{bad:?}"
        );
        assert!(bad[1].starts_with("SOURCE_ARN: `logs` is not the ARN of"), "{bad:?}");
        assert_eq!(
            bad[2..],
            ["MAXIMUM_ATTEMPTS is `0`, it must be a whole number from 1 on"]
        );
    }

    #[test]
    fn the_error_prefix_is_a_folder() {
        for (prefix, good) in [
            ("errors/", true),
            ("a/b/", true),
            ("errors", false),
            ("/", false),
            ("/errors/", false),
        ] {
            let found = problems(&[
                ("BUCKET", "archive"),
                ("ERROR_PREFIX", prefix),
                ("SOURCE_ARN", ARN),
                ("MAXIMUM_ATTEMPTS", "3"),
                ("STACK_NAME", "wrasse"),
            ]);
            assert_eq!(found.is_empty(), good, "{prefix} {found:?}");
        }
    }
}
