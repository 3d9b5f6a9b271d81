//! Why a run failed. The variants' names are the report's `problem.code`.

use std::error::Error as StdError;
use std::fmt;
use std::path::PathBuf;

use sanitizer_contract::RulesError;

use crate::config::S3Uri;

/// An error of a library that is kept for its text.
pub type Cause = Box<dyn StdError + Send + Sync>;

/// Why a run failed: what was attempted, on what, what was found, and what to do. Never holds SQL or data.
#[derive(Debug, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[expect(missing_docs, reason = "the fields are named in the messages")]
pub enum Error {
    /// The rules document cannot be fetched.
    #[error("reading the rules {uri} failed; the task's role needs s3:GetObject on it")]
    RulesUnreadable { uri: S3Uri, source: Cause },
    /// The rules document is larger than any that is accepted.
    #[error("the rules {uri} have more than {limit} bytes")]
    RulesTooLarge { uri: S3Uri, limit: usize },
    /// The rules document is not the one that the run was planned with.
    #[error("the rules {uri} have SHA-256 {found}, the run was planned with {expected}: start a new run")]
    RulesChanged {
        uri: S3Uri,
        expected: String,
        found: String,
    },
    /// The rules document is not right.
    #[error(transparent)]
    RulesInvalid(#[from] RulesError),
    /// The secret cannot be fetched.
    #[error("reading the secret {arn} failed; the task's role needs secretsmanager:GetSecretValue on it")]
    SecretUnreadable { arn: String, source: Cause },
    /// The secret is not one that RDS made.
    #[error("the secret {arn} must be a JSON text with username and password, as RDS makes it")]
    SecretMalformed { arn: String },
    /// The certificate authorities cannot be read.
    #[error("the CA bundle {} cannot be used: {problem}; RDS_CA_BUNDLE must name a PEM file with certificates", .path.display())]
    CaBundleUnusable { path: PathBuf, problem: String },
    /// The database server's name has no address.
    #[error("the host name {host} has no address; the task must run in a VPC that resolves it")]
    HostNotFound { host: String, source: std::io::Error },
    /// Nothing answers at the server's address.
    #[error("connecting to {host}:{port} failed; its security group must let the task in")]
    ServerUnreachable { host: String, port: u16, source: Cause },
    /// The server does not offer TLS.
    #[error("{host} does not offer TLS, which is required for every server but a loopback one; nothing was sent to it")]
    TlsNotOffered { host: String },
    /// The server could not prove that it is who it should be.
    #[error(
        "the TLS handshake with {host} failed; its certificate must name it and come from an authority of RDS_CA_BUNDLE"
    )]
    TlsFailed { host: String, source: Cause },
    /// The password is not the server's.
    #[error("{host} refused the password of the secret {secret_arn}; it must be the current one of this server")]
    PasswordRefused { host: String, secret_arn: String },
    /// The rules name a database that the server does not have.
    #[error("there is no database {database} on {host}; correct databases[].name in the rules")]
    DatabaseUnknown { host: String, database: String },
    /// The server refused the connection for another reason.
    #[error("{host} refused a connection to database {database}: {refusal}")]
    ConnectionRefused {
        host: String,
        database: String,
        refusal: Refusal,
    },
    /// A script failed; its changes were rolled back by the server, earlier scripts' were not.
    #[error("{list} script {number} of database {database} failed: {refusal}")]
    ScriptFailed {
        database: String,
        list: &'static str,
        number: usize,
        refusal: Refusal,
    },
    /// A script ended inside a transaction, whose changes would be lost.
    #[error(
        "{list} script {number} of database {database} leaves a transaction open: end it with COMMIT in the script"
    )]
    TransactionLeftOpen {
        database: String,
        list: &'static str,
        number: usize,
    },
    /// The rules and the databases do not fit.
    #[error("the rules do not fit, and no row was masked: {}", .problems.join("; "))]
    RulesDoNotFit { problems: Vec<String> },
    /// The secret with the key cannot be used.
    #[error(
        "{problem}; seed: secret in the rules needs a secret whose text is the key of the masks, of at least 32 bytes"
    )]
    KeyUnusable { problem: String },
    /// The server refused a step of the masking; what a transaction had changed was rolled back.
    #[error("{step} in database {database} failed: {refusal}")]
    MaskingFailed {
        database: String,
        step: String,
        refusal: Refusal,
    },
    /// Sessions see what was there before the masks, so that it cannot be removed from the files.
    #[error(
        "sessions in database {database} have read rows of before the masks for five minutes: end them, and start a new run"
    )]
    StillRead { database: String },
    /// Values are there that their masks cannot have made.
    #[error("the copy is not proven: in database {database}, {}", .found.join("; "))]
    NotMasked { database: String, found: Vec<String> },
    /// Verifications found rows or could not be made.
    #[error("the copy is not proven: {}", .failures.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    VerificationFailed { failures: Vec<VerificationFailure> },
    /// The server went away in the middle of the work.
    #[error(
        "the connection to database {database} was lost during {during} ({refusal}): the server was stopped, restarted or \
         ran out of memory or storage; see its log, then start a new run"
    )]
    ConnectionLost {
        database: String,
        during: String,
        refusal: Refusal,
    },
    /// The report or the manifest could not be written.
    #[error("writing {uri} failed; the task's role needs s3:PutObject on it")]
    EvidenceNotWritten { uri: S3Uri, source: Cause },
    /// The task was told to stop.
    #[error(
        "the task was told to stop (SIGTERM) before it was done: the run was aborted or timed out, or Fargate moved it"
    )]
    Terminated,
    /// A mistake in the sanitizer.
    #[error("the sanitizer has a defect and stopped; the task's log has its place: please report it")]
    Defect,
}

/// One verification that did not pass.
#[derive(Debug)]
pub struct VerificationFailure {
    /// The database's name.
    pub database: String,
    /// Position among its `verify` entries, counted from 1.
    pub number: usize,
    /// What was found.
    pub found: Finding,
}

/// What a verification that did not pass found.
#[derive(Debug)]
pub enum Finding {
    /// That many rows, at least one.
    Rows(u64),
    /// The server did not accept it as a single read-only query.
    Refused(Refusal),
}

impl Finding {
    /// The rows that were found; none where the query was refused.
    pub(crate) fn rows(&self) -> u64 {
        match self {
            Self::Rows(rows) => *rows,
            Self::Refused(_) => 0,
        }
    }
}

impl fmt::Display for VerificationFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { database, number, .. } = self;
        match &self.found {
            Finding::Rows(rows) => {
                let plural = if *rows == 1 { "" } else { "s" };
                write!(
                    f,
                    "verification {number} of database {database} found {rows} row{plural}"
                )
            }
            Finding::Refused(refusal) => write!(
                f,
                "verification {number} of database {database} must be one read-only query and failed: {refusal}"
            ),
        }
    }
}

/// What the server says about a statement it refused, without what could carry SQL or data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub String);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error {
    /// The name of this kind of problem in the report.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.into()
    }

    /// The message with all its causes.
    #[must_use]
    pub fn full_message(&self) -> String {
        let mut message = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            // Some libraries' errors repeat their cause's text.
            let text = error.to_string();
            if !message.contains(&text) {
                message.push_str(": ");
                message.push_str(&text);
            }
            cause = error.source();
        }
        message
    }
}
