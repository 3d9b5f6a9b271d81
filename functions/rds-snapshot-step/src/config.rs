//! The function's environment. Every variable is set by the stack's template.

use lambda_edge::ConfigError;

use crate::request::SnapshotSource;

/// What the stack's parameters say, as environment variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `SOURCE_DB_INSTANCE`: identifier of the DB instance to copy.
    pub source: String,
    /// `SNAPSHOT_SOURCE`: `new` or `latest`.
    pub snapshot_source: SnapshotSource,
    /// `FINAL_SNAPSHOT_NAME`: a format, see [`rds_run::names::final_snapshot`].
    pub final_snapshot_name: String,
    /// `SHARE_WITH_ACCOUNTS`: account ids separated by commas; may be empty.
    pub share_with: Vec<String>,
    /// `KEEP_FINAL_SNAPSHOTS`: how many final snapshots of the source to keep.
    pub keep: u32,
    /// `RULES_S3_URI` or `RULES_INLINE`.
    pub rules: RulesSource,
    /// `EVIDENCE_BUCKET`: bucket for rules, report and manifest of every run.
    pub evidence_bucket: String,
    /// `DB_SUBNET_GROUP`: DB subnet group of temporary instances.
    pub subnet_group: String,
    /// `DB_SECURITY_GROUP`: id of the VPC security group of temporary instances.
    pub security_group: String,
    /// `TEMPORARY_INSTANCE_CLASS`; the source's class where it is empty.
    pub temporary_instance_class: Option<String>,
    /// `DATABASE_KMS_KEY_ARN`: the customer-managed key that the source is encrypted with, where it is.
    pub database_key: Option<String>,
    /// `STACK_NAME`: the value of the tag that marks everything of this stack.
    pub stack: String,
}

/// Where the rules document is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RulesSource {
    /// `RULES_S3_URI`: `s3://bucket/key`.
    S3 {
        /// Bucket name.
        bucket: String,
        /// Object key.
        key: String,
    },
    /// `RULES_INLINE`: the document itself.
    Inline(String),
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
        let optional = |name: &str| {
            lookup(name)
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
        };
        let mut problems = Vec::new();
        let mut required = |name: &str| {
            optional(name).unwrap_or_else(|| {
                problems.push(format!("{name} is missing"));
                String::new()
            })
        };
        let source = required("SOURCE_DB_INSTANCE");
        let snapshot_source = required("SNAPSHOT_SOURCE");
        let final_snapshot_name = required("FINAL_SNAPSHOT_NAME");
        let keep = required("KEEP_FINAL_SNAPSHOTS");
        let evidence_bucket = required("EVIDENCE_BUCKET");
        let subnet_group = required("DB_SUBNET_GROUP");
        let security_group = required("DB_SECURITY_GROUP");
        let stack = required("STACK_NAME");
        let temporary_instance_class = optional("TEMPORARY_INSTANCE_CLASS");
        let database_key = optional("DATABASE_KMS_KEY_ARN");

        let snapshot_source = match snapshot_source.as_str() {
            "latest" => SnapshotSource::Latest,
            "new" | "" => SnapshotSource::New,
            other => {
                problems.push(format!("SNAPSHOT_SOURCE is `{other}`, it must be `new` or `latest`"));
                SnapshotSource::New
            }
        };
        let keep = keep.parse().unwrap_or_else(|_| {
            if !keep.is_empty() {
                problems.push(format!("KEEP_FINAL_SNAPSHOTS is `{keep}`, it must be a whole number"));
            }
            1
        });
        // Not trimmed: its hash is of the document as it was given.
        let document = lookup("RULES_INLINE").filter(|document| !document.trim().is_empty());
        let rules =
            rules_source(optional("RULES_S3_URI"), document).inspect_err(|problem| problems.push(problem.clone()));
        let share_with = optional("SHARE_WITH_ACCOUNTS").unwrap_or_default();

        match rules {
            Ok(rules) if problems.is_empty() => Ok(Self {
                source: source.to_ascii_lowercase(),
                snapshot_source,
                final_snapshot_name,
                share_with: share_with
                    .split(',')
                    .map(str::trim)
                    .filter(|id| !id.is_empty())
                    .map(str::to_owned)
                    .collect(),
                keep,
                rules,
                evidence_bucket,
                subnet_group,
                security_group,
                temporary_instance_class,
                database_key,
                stack,
            }),
            _ => Err(ConfigError { problems }),
        }
    }
}

fn rules_source(uri: Option<String>, inline: Option<String>) -> Result<RulesSource, String> {
    match (uri, inline) {
        (Some(uri), None) => uri
            .strip_prefix("s3://")
            .and_then(|path| path.split_once('/'))
            .filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty())
            .map(|(bucket, key)| RulesSource::S3 {
                bucket: bucket.to_owned(),
                key: key.to_owned(),
            })
            .ok_or_else(|| format!("RULES_S3_URI is `{uri}`, it must be `s3://bucket/key`")),
        (None, Some(document)) => Ok(RulesSource::Inline(document)),
        (None, None) => Err("RULES_S3_URI and RULES_INLINE are both missing, one of them is needed".to_owned()),
        (Some(_), Some(_)) => Err("RULES_S3_URI and RULES_INLINE are both set, only one of them may be".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 12] = [
        ("SOURCE_DB_INSTANCE", "Shop-Production"),
        ("SNAPSHOT_SOURCE", "new"),
        ("FINAL_SNAPSHOT_NAME", "{source}-{run}"),
        ("SHARE_WITH_ACCOUNTS", "210987654321, 345678901234,"),
        ("KEEP_FINAL_SNAPSHOTS", "3"),
        ("RULES_S3_URI", "s3://rules/shop/rules.yaml"),
        ("RULES_INLINE", ""),
        ("EVIDENCE_BUCKET", "evidence"),
        ("DB_SUBNET_GROUP", "group"),
        ("DB_SECURITY_GROUP", "sg-1"),
        ("TEMPORARY_INSTANCE_CLASS", ""),
        ("STACK_NAME", "wrasse"),
    ];

    fn config(changes: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_lookup(|name| {
            let find = |variables: &[(&str, &str)]| {
                variables
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| (*value).to_owned())
            };
            find(changes).or_else(|| find(&GOOD))
        })
    }

    #[test]
    fn a_good_environment_is_read() {
        let config = config(&[]).unwrap();
        assert_eq!(config.source, "shop-production", "RDS stores identifiers in lower case");
        assert_eq!(config.share_with, ["210987654321", "345678901234"]);
        assert_eq!(config.keep, 3);
        assert_eq!(
            config.rules,
            RulesSource::S3 {
                bucket: "rules".into(),
                key: "shop/rules.yaml".into()
            }
        );
        assert_eq!(config.temporary_instance_class, None);
    }

    #[test]
    fn everything_missing_is_reported_together() {
        let problems = Config::from_lookup(|_| None).unwrap_err().problems;
        assert_eq!(
            problems,
            [
                "SOURCE_DB_INSTANCE is missing",
                "SNAPSHOT_SOURCE is missing",
                "FINAL_SNAPSHOT_NAME is missing",
                "KEEP_FINAL_SNAPSHOTS is missing",
                "EVIDENCE_BUCKET is missing",
                "DB_SUBNET_GROUP is missing",
                "DB_SECURITY_GROUP is missing",
                "STACK_NAME is missing",
                "RULES_S3_URI and RULES_INLINE are both missing, one of them is needed",
            ]
        );
    }

    #[test]
    fn bad_values_are_reported_together_and_say_what_is_accepted() {
        let changes = [
            ("SNAPSHOT_SOURCE", "newest"),
            ("KEEP_FINAL_SNAPSHOTS", "many"),
            ("RULES_S3_URI", "https://rules"),
        ];
        assert_eq!(
            config(&changes).unwrap_err().problems,
            [
                "SNAPSHOT_SOURCE is `newest`, it must be `new` or `latest`",
                "KEEP_FINAL_SNAPSHOTS is `many`, it must be a whole number",
                "RULES_S3_URI is `https://rules`, it must be `s3://bucket/key`",
            ]
        );
    }

    #[test]
    fn rules_come_from_exactly_one_place() {
        let both = config(&[("RULES_INLINE", "version: 1")]).unwrap_err();
        assert_eq!(
            both.problems,
            ["RULES_S3_URI and RULES_INLINE are both set, only one of them may be"]
        );
        let inline = config(&[("RULES_S3_URI", ""), ("RULES_INLINE", "version: 1")]).unwrap();
        assert_eq!(inline.rules, RulesSource::Inline("version: 1".into()));
    }
}
