//! Why there is no layer, in words for the pipeline's author.

use std::fmt;

use aws_client::{CallError, Outlook};
use codepipeline_job::{Answer, Artifact, FailureKind};

use crate::archive::ArchiveError;
use crate::artifact::waiting::Abandoned;

/// There is no layer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArtifactError {
    #[error(
        "the action has no input artifact: give it the one that the layer is in (`inputArtifacts`, with the name of an earlier \
         action's output artifact)"
    )]
    None,
    #[error(
        "the action has {} input artifacts ({}): leave only the one that the layer is in, as which is meant is not to be \
         guessed",
        .0.len(),
        .0.join(", ")
    )]
    Several(Vec<String>),
    #[error("the input artifact {of} {}", in_words(.of, .what))]
    Read { of: Of, what: Box<What> },
}

/// Which artifact it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Of {
    name: String,
    bucket: String,
    key: String,
    /// The KMS key of the artifacts' bucket, where the pipeline names one.
    encryption_key: Option<String>,
}

/// What came in between.
#[derive(Debug)]
pub(crate) enum What {
    Call(CallError),
    /// S3 answered with something else than the bytes that were asked for.
    NoPart,
    Empty,
    Archive(ArchiveError),
    /// Nobody hears of it.
    Abandoned,
}

/// What a failed call says of the artifact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    Denied,
    KeyDenied,
    Expired,
    Gone,
    Changed,
    Temporary,
    Other,
}

impl Of {
    pub(super) fn new(artifact: &Artifact, encryption_key: Option<&str>) -> Self {
        Self {
            name: artifact.name.clone(),
            bucket: artifact.bucket.clone(),
            key: artifact.key.clone(),
            encryption_key: encryption_key.map(str::to_owned),
        }
    }

    pub(super) fn error(self, what: What) -> ArtifactError {
        ArtifactError::Read {
            of: self,
            what: Box::new(what),
        }
    }
}

impl fmt::Display for Of {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} (s3://{}/{})", self.name, self.bucket, self.key)
    }
}

impl From<CallError> for What {
    /// Of an object without a byte S3 has no last ones
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>).
    fn from(error: CallError) -> Self {
        match error.code() {
            Some("InvalidRange") => Self::Empty,
            _ => Self::Call(error),
        }
    }
}

impl From<Abandoned> for What {
    fn from(_: Abandoned) -> Self {
        Self::Abandoned
    }
}

impl From<ArchiveError> for What {
    fn from(error: ArchiveError) -> Self {
        Self::Archive(error)
    }
}

/// S3's codes (<https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>). That the key is what is missing is
/// only in the text of an `AccessDenied`.
fn cause(code: Option<&str>, text: &str, outlook: Outlook) -> Cause {
    match code {
        Some("AccessDenied") if text.contains("kms:Decrypt") || text.contains("ciphertext") => Cause::KeyDenied,
        Some("AccessDenied" | "AllAccessDisabled") => Cause::Denied,
        Some(code) if code.starts_with("KMS.") => Cause::KeyDenied,
        Some("ExpiredToken" | "InvalidToken" | "TokenRefreshRequired" | "InvalidAccessKeyId") => Cause::Expired,
        Some("NoSuchKey" | "NoSuchBucket" | "NoSuchVersion") => Cause::Gone,
        Some("PreconditionFailed") => Cause::Changed,
        _ if outlook == Outlook::Temporary => Cause::Temporary,
        _ => Cause::Other,
    }
}

fn cause_of(error: &CallError) -> Cause {
    cause(error.code(), &error.to_string(), error.outlook())
}

/// The rights of the job's credentials are those of the pipeline's role, which hands them out
/// (<https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html>).
fn in_words(of: &Of, what: &What) -> String {
    let error = match what {
        What::Call(error) => error,
        What::NoPart => {
            return "could not be read: S3 did not answer with the bytes that it was asked for: retry the stage"
                .to_owned();
        }
        What::Empty => return "is empty: see what the action that makes it puts into it".to_owned(),
        What::Archive(error) => return format!("has no layer to publish: {}", lambda_edge::with_causes(error)),
        What::Abandoned => return "was not read to its end".to_owned(),
    };
    let said = lambda_edge::with_causes(error);
    match cause_of(error) {
        Cause::Denied => format!(
            "may not be read with the job's credentials: {said}: allow the pipeline's role, whose rights they have, \
             s3:GetObject and s3:GetObjectVersion in the bucket {}, and see that the bucket's policy does not deny it \
             (of an object that is not there S3 says the same to one who may not list the bucket)",
            of.bucket
        ),
        Cause::KeyDenied => {
            let key = of.encryption_key.as_deref().map_or_else(
                || "its key (the pipeline's artifact store names none)".to_owned(),
                |key| format!("the key that the pipeline names, {key}"),
            );
            format!(
                "is encrypted with KMS, and the job's credentials may not decrypt it: {said}: allow the pipeline's role, \
                 whose rights they have, kms:Decrypt with {key}, both in the role's policy and in the key's"
            )
        }
        Cause::Expired => {
            format!("cannot be read any more, as the job's credentials have ended: {said}: retry the stage")
        }
        Cause::Gone => format!(
            "is not there any more: {said}: release the change again, and let the bucket's lifecycle rules keep artifacts \
             for as long as stages are retried"
        ),
        Cause::Changed => format!("changed while it was read: {said}: retry the stage"),
        Cause::Temporary => format!("could not be read for now: {said}: retry the stage"),
        Cause::Other => format!("could not be read: {said}"),
    }
}

impl ArtifactError {
    fn kind(&self) -> FailureKind {
        let what = match self {
            Self::None | Self::Several(_) => return FailureKind::ConfigurationError,
            Self::Read { what, .. } => what,
        };
        match &**what {
            What::Call(error) => match cause_of(error) {
                Cause::Denied | Cause::KeyDenied => FailureKind::PermissionError,
                Cause::Gone => FailureKind::RevisionUnavailable,
                Cause::Changed => FailureKind::RevisionOutOfSync,
                Cause::Temporary => FailureKind::SystemUnavailable,
                Cause::Expired | Cause::Other => FailureKind::JobFailed,
            },
            What::NoPart | What::Abandoned | What::Archive(ArchiveError::Storage(_)) => FailureKind::SystemUnavailable,
            What::Archive(ArchiveError::NoSuchPath { .. } | ArchiveError::Folder { .. }) => {
                FailureKind::ConfigurationError
            }
            What::Empty | What::Archive(_) => FailureKind::JobFailed,
        }
    }
}

impl From<&ArtifactError> for Answer {
    fn from(error: &ArtifactError) -> Self {
        Self::Fail {
            message: error.to_string(),
            kind: error.kind(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_s3_says_is_told_apart() {
        let cases = [
            (Some("AccessDenied"), "Access Denied", Cause::Denied),
            (
                Some("AccessDenied"),
                "User: arn:aws:sts::111122223333:assumed-role/pipeline/job is not authorized to perform: s3:GetObject",
                Cause::Denied,
            ),
            (
                Some("AccessDenied"),
                "User: arn:aws:sts::111122223333:assumed-role/pipeline/job is not authorized to perform: kms:Decrypt",
                Cause::KeyDenied,
            ),
            (
                Some("AccessDenied"),
                "The ciphertext refers to a customer master key that does not exist, or you are not allowed to access.",
                Cause::KeyDenied,
            ),
            (Some("KMS.DisabledException"), "the key is disabled", Cause::KeyDenied),
            (Some("ExpiredToken"), "The provided token has expired.", Cause::Expired),
            (Some("NoSuchKey"), "The specified key does not exist.", Cause::Gone),
            (Some("PreconditionFailed"), "If-Match", Cause::Changed),
            (Some("InvalidObjectState"), "archived", Cause::Other),
            (None, "", Cause::Other),
        ];
        for (code, text, expected) in cases {
            assert_eq!(cause(code, text, Outlook::Refused), expected, "{code:?} {text}");
        }
        assert_eq!(cause(Some("SlowDown"), "", Outlook::Temporary), Cause::Temporary);
        assert_eq!(cause(None, "", Outlook::Temporary), Cause::Temporary);
    }
}
