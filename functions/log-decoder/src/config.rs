//! The function's environment. Every variable is set by the stack's template.

use aws_types::SdkConfig;
use lambda_edge::ConfigError;
use log_source::Source;

use crate::message::{Format, Layout, Newlines};

/// What the archive's objects hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// A line for each log event.
    Lines(Layout),
    /// The messages as CloudWatch Logs sent them: gzip members of JSON, one after another.
    Messages,
}

/// What Firehose is told of a record, for the prefix of its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartitionBy {
    /// Nothing.
    None,
    /// The account and the day of the first event.
    Account,
    /// These, and the log group.
    Group,
}

/// What the stack's parameters say, as environment variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `FORMAT` (`raw`, `ndjson` or `json-gzip`) and `NEWLINES` (`keep` or `escape`).
    pub output: Output,
    /// `PARTITION_BY`: `none`, `account` or `group`.
    pub partition_by: PartitionBy,
    /// `SOURCE_ARN`: the Kinesis stream, or the Firehose stream that takes direct puts, that records come from.
    pub source_arn: String,
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
        let format = choice(
            &lookup,
            "FORMAT",
            &[
                ("raw", Some(Format::Raw)),
                ("ndjson", Some(Format::Ndjson)),
                ("json-gzip", None),
            ],
        );
        let newlines = choice(
            &lookup,
            "NEWLINES",
            &[("keep", Newlines::Keep), ("escape", Newlines::Escape)],
        );
        let partition_by = choice(
            &lookup,
            "PARTITION_BY",
            &[
                ("none", PartitionBy::None),
                ("account", PartitionBy::Account),
                ("group", PartitionBy::Group),
            ],
        );
        let source_arn = variable(&lookup, "SOURCE_ARN").and_then(|arn| {
            let source = Source::from_arn(&arn, &SdkConfig::builder().build());
            source.map_err(|error| format!("SOURCE_ARN: {error}")).map(|_| arn)
        });
        match (format, newlines, partition_by, source_arn) {
            (Ok(format), Ok(newlines), Ok(partition_by), Ok(source_arn)) => Ok(Self {
                output: match format {
                    Some(format) => Output::Lines(Layout { format, newlines }),
                    None => Output::Messages,
                },
                partition_by,
                source_arn,
            }),
            (format, newlines, partition_by, source_arn) => Err(ConfigError {
                problems: [format.err(), newlines.err(), partition_by.err(), source_arn.err()]
                    .into_iter()
                    .flatten()
                    .collect(),
            }),
        }
    }
}

fn variable(lookup: impl Fn(&str) -> Option<String>, name: &str) -> Result<String, String> {
    let value = lookup(name).filter(|value| !value.is_empty());
    value.ok_or_else(|| format!("{name} is missing"))
}

fn choice<T: Copy>(lookup: impl Fn(&str) -> Option<String>, name: &str, choices: &[(&str, T)]) -> Result<T, String> {
    let value = variable(lookup, name)?;
    let chosen = choices.iter().find(|(word, _)| *word == value);
    chosen.map(|(_, meaning)| *meaning).ok_or_else(|| {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        format!("{name} is `{value}`, it must be one of {}", words.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:kinesis:us-east-1:123456789012:stream/logs";

    fn config(format: &str, newlines: &str, partition_by: &str, arn: &str) -> Result<Config, Vec<String>> {
        let variables = [
            ("FORMAT", format),
            ("NEWLINES", newlines),
            ("PARTITION_BY", partition_by),
            ("SOURCE_ARN", arn),
        ];
        let lookup = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Config::from_lookup(lookup).map_err(|error| error.problems)
    }

    #[test]
    fn everything_missing_or_bad_is_reported_together() {
        assert_eq!(
            config("", "", "", "").unwrap_err(),
            [
                "FORMAT is missing",
                "NEWLINES is missing",
                "PARTITION_BY is missing",
                "SOURCE_ARN is missing"
            ]
        );
        let problems = config("csv", "drop", "stream", "logs").unwrap_err();
        assert_eq!(
            problems[..3],
            [
                "FORMAT is `csv`, it must be one of raw, ndjson, json-gzip",
                "NEWLINES is `drop`, it must be one of keep, escape",
                "PARTITION_BY is `stream`, it must be one of none, account, group"
            ]
        );
        assert!(
            problems[3].starts_with("SOURCE_ARN: `logs` is not the ARN"),
            "{problems:?}"
        );
    }

    #[test]
    fn the_words_of_the_template_mean_what_they_say() {
        let lines = |format, newlines| Output::Lines(Layout { format, newlines });
        let cases = [
            ("raw", "keep", lines(Format::Raw, Newlines::Keep)),
            ("raw", "escape", lines(Format::Raw, Newlines::Escape)),
            ("ndjson", "keep", lines(Format::Ndjson, Newlines::Keep)),
            ("json-gzip", "keep", Output::Messages),
        ];
        for (format, newlines, output) in cases {
            let config = config(format, newlines, "none", ARN).unwrap();
            assert_eq!(config.output, output, "{format} {newlines}");
            assert_eq!(config.source_arn, ARN);
        }
        let cases = [
            ("none", PartitionBy::None),
            ("account", PartitionBy::Account),
            ("group", PartitionBy::Group),
        ];
        for (word, partition_by) in cases {
            let config = config("raw", "keep", word, ARN).unwrap();
            assert_eq!(config.partition_by, partition_by, "{word}");
        }
    }
}
