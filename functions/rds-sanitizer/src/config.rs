//! What the task's environment says.

use std::fmt;
use std::path::PathBuf;

/// The variables that [`Config::from_env`] reads, with their meaning. The `--help` text is made from it.
pub const VARIABLES: [(&str, &str); 8] = [
    ("WRASSE_RUN_ID", "the run's id"),
    ("WRASSE_RULES_URI", "s3://BUCKET/KEY of the rules document"),
    (
        "WRASSE_RULES_SHA256",
        "SHA-256 that the rules document must have, 64 hex digits",
    ),
    (
        "WRASSE_EVIDENCE_URI",
        "s3://BUCKET/PREFIX/ where report.json and manifest.json are written",
    ),
    ("DB_HOST", "host name of the database server, as in its certificate"),
    ("DB_PORT", "its port, 1 to 65535"),
    (
        "DB_SECRET_ARN",
        "ARN of the Secrets Manager secret with username and password",
    ),
    (
        "RDS_CA_BUNDLE",
        "path of a PEM file with the certificate authorities to trust (set by the image)",
    ),
];

/// The variables that may be left out, with their meaning.
pub const OPTIONAL_VARIABLES: [(&str, &str); 1] = [(
    "WRASSE_MASKING_KEY_SECRET_ARN",
    "ARN of the secret whose text is the key of the masks, for rules with seed: secret",
)];

/// Everything the sanitizer is told from outside, besides AWS's own variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The run's id.
    pub run: String,
    /// Where the rules document is.
    pub rules: S3Uri,
    /// The SHA-256 it must have.
    pub rules_sha256: String,
    /// The prefix of the run's evidence; its key is empty or ends with `/`.
    pub evidence: S3Uri,
    /// Host name of the database server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The secret with the credentials.
    pub secret_arn: String,
    /// PEM file with the certificate authorities to trust.
    pub ca_bundle: PathBuf,
    /// The secret with the key of the masks.
    pub key_secret_arn: Option<String>,
}

/// An object, or a prefix of objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Uri {
    /// The bucket's name.
    pub bucket: String,
    /// The object's key, or the prefix.
    pub key: String,
}

impl S3Uri {
    /// The object `name` below this prefix.
    #[must_use]
    pub fn join(&self, name: &str) -> Self {
        Self {
            bucket: self.bucket.clone(),
            key: format!("{}{name}", self.key),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (bucket, key) = text.strip_prefix("s3://")?.split_once('/')?;
        (!bucket.is_empty()).then(|| Self {
            bucket: bucket.into(),
            key: key.into(),
        })
    }
}

impl fmt::Display for S3Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.key)
    }
}

/// All missing or bad variables.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment is not right: {}", .problems.join("; "))]
pub struct ConfigError {
    /// At least one, each naming its variable.
    pub problems: Vec<String>,
}

impl Config {
    /// Reads the environment of this process.
    ///
    /// # Errors
    /// All missing or bad variables together.
    pub fn from_env() -> Result<Self, ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// As [`Config::from_env`], out of any source of variables. An empty variable counts as missing.
    ///
    /// # Errors
    /// All missing or bad variables together.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut reader = Reader {
            lookup,
            problems: Vec::new(),
        };
        let run = reader.read("WRASSE_RUN_ID", "of letters and digits", run_id);
        let rules = reader.read("WRASSE_RULES_URI", "s3://BUCKET/KEY", object);
        let rules_sha256 = reader.read("WRASSE_RULES_SHA256", "64 lower-case hex digits", sha256);
        let evidence = reader.read(
            "WRASSE_EVIDENCE_URI",
            "s3://BUCKET/PREFIX/ with a slash at its end",
            prefix,
        );
        let host = reader.read("DB_HOST", "a host name", |text| Some(text.to_owned()));
        let port = reader.read("DB_PORT", "a number from 1 to 65535", port);
        let secret_arn = reader.read("DB_SECRET_ARN", "an ARN", arn);
        let ca_bundle = reader.read("RDS_CA_BUNDLE", "a path", |text| Some(PathBuf::from(text)));
        let key_secret_arn = reader.read_optional("WRASSE_MASKING_KEY_SECRET_ARN", "an ARN", arn);
        match (run, rules, rules_sha256, evidence, host, port, secret_arn, ca_bundle) {
            (
                Some(run),
                Some(rules),
                Some(rules_sha256),
                Some(evidence),
                Some(host),
                Some(port),
                Some(secret_arn),
                Some(ca_bundle),
            ) if reader.problems.is_empty() => Ok(Self {
                run,
                rules,
                rules_sha256,
                evidence,
                host,
                port,
                secret_arn,
                ca_bundle,
                key_secret_arn,
            }),
            _ => Err(ConfigError {
                problems: reader.problems,
            }),
        }
    }
}

struct Reader<L> {
    lookup: L,
    problems: Vec<String>,
}

impl<L: Fn(&str) -> Option<String>> Reader<L> {
    /// The value of a variable that may be left out.
    fn read_optional<T>(&mut self, name: &str, form: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        (self.lookup)(name).filter(|text| !text.is_empty())?;
        self.read(name, form, parse)
    }

    /// The variable's value; `None` after its problem was noted. Values are not shown: one may be in the wrong place.
    fn read<T>(&mut self, name: &str, form: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let Some(text) = (self.lookup)(name).filter(|text| !text.is_empty()) else {
            self.problems.push(format!("{name} is missing"));
            return None;
        };
        let value = parse(&text);
        if value.is_none() {
            self.problems.push(format!("{name} must be {form}"));
        }
        value
    }
}

fn run_id(text: &str) -> Option<String> {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric())
        .then(|| text.into())
}

fn object(text: &str) -> Option<S3Uri> {
    S3Uri::parse(text).filter(|uri| !uri.key.is_empty())
}

fn prefix(text: &str) -> Option<S3Uri> {
    S3Uri::parse(text).filter(|uri| uri.key.is_empty() || uri.key.ends_with('/'))
}

fn sha256(text: &str) -> Option<String> {
    let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (digits && text.len() == 64).then(|| text.into())
}

fn port(text: &str) -> Option<u16> {
    text.parse().ok().filter(|port| *port > 0)
}

fn arn(text: &str) -> Option<String> {
    text.starts_with("arn:").then(|| text.into())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn value(name: &str) -> &'static str {
        match name {
            "WRASSE_RUN_ID" => "0123456789abcdef",
            "WRASSE_RULES_URI" => "s3://evidence/runs/1/rules.yaml",
            "WRASSE_RULES_SHA256" => "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "WRASSE_EVIDENCE_URI" => "s3://evidence/runs/1/",
            "DB_HOST" => "db.example.com",
            "DB_PORT" => "5432",
            "DB_SECRET_ARN" => "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-1",
            "RDS_CA_BUNDLE" => "/etc/ssl/rds/global-bundle.pem",
            "WRASSE_MASKING_KEY_SECRET_ARN" => "arn:aws:secretsmanager:us-east-1:123456789012:secret:masking-key",
            _ => panic!("{name} is not in VARIABLES"),
        }
    }

    /// A configuration with every variable set.
    pub(crate) fn complete() -> Config {
        Config::from_lookup(|name| Some(value(name).into())).unwrap()
    }

    #[test]
    fn a_complete_environment_is_understood() {
        let config = complete();
        assert_eq!(config.port, 5432);
        assert_eq!(config.rules.to_string(), "s3://evidence/runs/1/rules.yaml");
        assert_eq!(
            config.evidence.join("report.json").to_string(),
            "s3://evidence/runs/1/report.json"
        );
    }

    #[test]
    fn all_missing_variables_are_reported_together() {
        let expected: Vec<_> = VARIABLES.iter().map(|(name, _)| format!("{name} is missing")).collect();
        assert_eq!(Config::from_lookup(|_| None).unwrap_err().problems, expected);
        assert_eq!(
            Config::from_lookup(|_| Some(String::new())).unwrap_err().problems,
            expected
        );
    }

    #[test]
    fn a_bad_variable_is_named_with_its_form_and_without_its_value() {
        let cases = [
            ("WRASSE_RUN_ID", "a/b", "of letters and digits"),
            ("WRASSE_RULES_URI", "s3://evidence", "s3://BUCKET/KEY"),
            ("WRASSE_RULES_URI", "s3:///key", "s3://BUCKET/KEY"),
            ("WRASSE_RULES_URI", "s3://evidence/", "s3://BUCKET/KEY"),
            ("WRASSE_RULES_URI", "https://evidence/key", "s3://BUCKET/KEY"),
            ("WRASSE_RULES_SHA256", "ABCD", "64 lower-case hex digits"),
            (
                "WRASSE_EVIDENCE_URI",
                "s3://evidence/runs",
                "s3://BUCKET/PREFIX/ with a slash at its end",
            ),
            ("DB_PORT", "0", "a number from 1 to 65535"),
            ("DB_PORT", "65536", "a number from 1 to 65535"),
            ("DB_SECRET_ARN", "hunter2", "an ARN"),
            ("WRASSE_MASKING_KEY_SECRET_ARN", "hunter2", "an ARN"),
        ];
        for (bad, text, form) in cases {
            let error =
                Config::from_lookup(|name| Some(if name == bad { text } else { value(name) }.into())).unwrap_err();
            assert_eq!(error.problems, [format!("{bad} must be {form}")]);
        }
    }
}
