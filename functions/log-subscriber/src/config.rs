//! The function's environment. Every variable is set by the stack's template.

use lambda_edge::ConfigError;

use crate::arn::Arn;
use crate::wanted::Selection;

/// The days that CloudWatch Logs accepts
/// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>).
const RETENTIONS: [i32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/// What the stack's parameters say, as environment variables.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// `DESTINATION_ARN`: a Kinesis stream, a delivery stream, or a destination of the Logs service.
    pub destination: String,
    /// `DESTINATION_ROLE_ARN`: the role with which CloudWatch Logs writes to a stream; empty for a Logs destination.
    pub role: Option<String>,
    /// `FILTER_NAME`: unique to the stack, so that the name proves whose filter it is.
    pub filter: String,
    /// `INCLUDE_GROUPS`, `EXCLUDE_GROUPS`, `INCLUDE_TAGS` and `EXCLUDE_TAGS`: comma-separated lists.
    pub selection: Selection,
    /// `RETENTION_DAYS`: for groups that are subscribed; none where it is 0.
    pub retention_days: Option<i32>,
    /// `MAXIMUM_GROUPS`: more wanted ones are an error; no bound where it is 0.
    pub maximum_groups: Option<usize>,
    /// `STACK_NAME`: the metrics' dimension.
    pub stack: String,
    /// `STATE_MACHINE_ARN`: what a change of the stack starts.
    pub state_machine: String,
    /// The account of `STATE_MACHINE_ARN`, which is this function's.
    pub account: String,
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
        let optional = |name: &str| lookup(name).map(|value| value.trim().to_owned()).unwrap_or_default();
        let mut problems = Vec::new();
        let mut required = |name: &str| {
            let value = optional(name);
            if value.is_empty() {
                problems.push(format!("{name} is missing"));
            }
            value
        };
        let destination = required("DESTINATION_ARN");
        let filter = required("FILTER_NAME");
        let include = required("INCLUDE_GROUPS");
        let retention = required("RETENTION_DAYS");
        let maximum = required("MAXIMUM_GROUPS");
        let stack = required("STACK_NAME");
        let state_machine = required("STATE_MACHINE_ARN");
        let role = optional("DESTINATION_ROLE_ARN");
        let (exclude, include_tags, exclude_tags) = (
            optional("EXCLUDE_GROUPS"),
            optional("INCLUDE_TAGS"),
            optional("EXCLUDE_TAGS"),
        );
        let mut given = |value: &str, problem: Option<String>| {
            if !value.is_empty() {
                problems.extend(problem);
            }
        };
        given(&destination, destination_problem(&destination, &role));
        let retention_days = match retention.parse() {
            Ok(0) => None,
            Ok(days) if RETENTIONS.contains(&days) => Some(days),
            _ => {
                let problem = format!(
                    "RETENTION_DAYS is `{retention}`, it must be 0 or one of CloudWatch Logs' retentions: {RETENTIONS:?}"
                );
                given(&retention, Some(problem));
                None
            }
        };
        let maximum_groups = maximum.parse().unwrap_or_else(|_| {
            let problem = format!("MAXIMUM_GROUPS is `{maximum}`, it must be a whole number");
            given(&maximum, Some(problem));
            0
        });
        let account = Arn::parse(&state_machine).filter(|arn| arn.service == "states");
        let account = account.map(|arn| arn.account.to_owned()).unwrap_or_default();
        if account.is_empty() {
            let problem = format!("STATE_MACHINE_ARN is `{state_machine}`, it must be the ARN of a state machine");
            given(&state_machine, Some(problem));
        }
        if !problems.is_empty() {
            return Err(ConfigError { problems });
        }
        Ok(Self {
            destination,
            role: Some(role).filter(|role| !role.is_empty()),
            filter,
            selection: Selection::new(&include, &exclude, &include_tags, &exclude_tags),
            retention_days,
            maximum_groups: Some(maximum_groups).filter(|maximum| *maximum > 0),
            stack,
            state_machine,
            account,
        })
    }
}

fn destination_problem(destination: &str, role: &str) -> Option<String> {
    match (Arn::parse(destination).map(|arn| arn.service), role) {
        (Some("kinesis" | "firehose"), "") => {
            Some("DESTINATION_ROLE_ARN is missing: CloudWatch Logs needs a role to write to a stream".to_owned())
        }
        (Some("kinesis" | "firehose" | "logs"), _) => None,
        _ => Some(format!(
            "DESTINATION_ARN is `{destination}`, it must be the ARN of a Kinesis stream, a delivery stream or a Logs \
             destination"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 11] = [
        (
            "DESTINATION_ARN",
            "arn:aws:kinesis:us-east-1:123456789012:stream/archive",
        ),
        ("DESTINATION_ROLE_ARN", "arn:aws:iam::123456789012:role/logs"),
        ("FILTER_NAME", "wrasse-log-archive-1"),
        ("INCLUDE_GROUPS", "*"),
        ("EXCLUDE_GROUPS", "/noise/*"),
        ("INCLUDE_TAGS", ""),
        ("EXCLUDE_TAGS", ""),
        ("RETENTION_DAYS", "30"),
        ("MAXIMUM_GROUPS", "0"),
        ("STACK_NAME", "wrasse"),
        (
            "STATE_MACHINE_ARN",
            "arn:aws:states:us-east-1:123456789012:stateMachine:log-subscriptions",
        ),
    ];

    fn config(changes: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_lookup(|name| {
            let find = |variables: &[(&str, &str)]| {
                let known = variables.iter().find(|(known, _)| *known == name);
                known.map(|(_, value)| (*value).to_owned())
            };
            find(changes).or_else(|| find(&GOOD))
        })
    }

    #[test]
    fn a_good_environment_is_read() {
        let config = config(&[]).unwrap();
        assert_eq!(config.retention_days, Some(30));
        assert_eq!(config.maximum_groups, None);
        assert_eq!(config.account, "123456789012");
        assert_eq!(config.selection, Selection::new("*", "/noise/*", "", ""));
    }

    #[test]
    fn a_logs_destination_needs_no_role() {
        let destination = "arn:aws:logs:us-east-1:999999999999:destination:archive";
        let changes = [("DESTINATION_ARN", destination), ("DESTINATION_ROLE_ARN", "")];
        assert_eq!(config(&changes).unwrap().role, None);
    }

    #[test]
    fn everything_missing_is_reported_together() {
        assert_eq!(
            Config::from_lookup(|_| None).unwrap_err().problems,
            [
                "DESTINATION_ARN is missing",
                "FILTER_NAME is missing",
                "INCLUDE_GROUPS is missing",
                "RETENTION_DAYS is missing",
                "MAXIMUM_GROUPS is missing",
                "STACK_NAME is missing",
                "STATE_MACHINE_ARN is missing",
            ]
        );
    }

    #[test]
    fn bad_values_are_reported_together_and_say_what_is_accepted() {
        let changes = [
            ("DESTINATION_ROLE_ARN", ""),
            ("RETENTION_DAYS", "2"),
            ("MAXIMUM_GROUPS", "many"),
            ("STATE_MACHINE_ARN", "log-subscriptions"),
        ];
        let problems = config(&changes).unwrap_err().problems;
        assert_eq!(
            problems[0],
            "DESTINATION_ROLE_ARN is missing: CloudWatch Logs needs a role to write to a stream"
        );
        assert!(problems[1].starts_with("RETENTION_DAYS is `2`, it must be 0 or one of"));
        assert_eq!(problems[2], "MAXIMUM_GROUPS is `many`, it must be a whole number");
        assert_eq!(
            problems[3],
            "STATE_MACHINE_ARN is `log-subscriptions`, it must be the ARN of a state machine"
        );
        let queue = [("DESTINATION_ARN", "arn:aws:sqs:us-east-1:123456789012:queue")];
        assert!(config(&queue).unwrap_err().problems[0].contains("a Kinesis stream, a delivery stream or a Logs"));
    }
}
