//! Why a region could not be brought to where it should be.

use aws_client::{CallError, Outlook};
use codepipeline_job::FailureKind;

use crate::layers::is_region_disabled;

/// Why a step in a region came to no end.
#[derive(Debug)]
pub(crate) enum Problem {
    /// There is no time left to begin something: the next job goes on.
    OutOfTime,
    /// For the pipeline's author.
    Failed {
        /// Whose business it is.
        kind: FailureKind,
        /// What is wrong, and what to do.
        text: String,
    },
}

impl Problem {
    /// Something stands there that is not as it should be, and that is not ours to change.
    pub(crate) fn conflict(text: String) -> Self {
        Self::Failed {
            kind: FailureKind::JobFailed,
            text,
        }
    }
}

impl From<CallError> for Problem {
    fn from(error: CallError) -> Self {
        let said = lambda_edge::with_causes(&error);
        let (kind, text) = if is_region_disabled(&error) {
            let text = format!(
                "this account may not use the region (it is not enabled, or the credentials are not valid there): enable it \
                 or leave it out of `regions`. AWS says {said}"
            );
            (FailureKind::ConfigurationError, text)
        } else if error.outlook() == Outlook::Temporary {
            (FailureKind::SystemUnavailable, said)
        } else if error.code().is_some_and(|code| code.starts_with("AccessDenied")) {
            (FailureKind::PermissionError, said)
        } else {
            (FailureKind::JobFailed, said)
        };
        Self::Failed { kind, text }
    }
}
