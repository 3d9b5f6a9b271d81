//! What a job can be told.

use std::collections::BTreeMap;

use crate::event::JobEventError;
use crate::parameters::ParametersError;

/// What a job is told. Texts may have any length: what is more than AWS takes is cut when it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The action is done, the pipeline goes on.
    Succeed {
        /// For the people who look at the pipeline. May be empty.
        summary: String,
        /// The action's output variables. A name has letters, digits, `@`, `-` and `_`; any other character becomes `_`.
        variables: BTreeMap<String, String>,
    },
    /// The action goes on: `CodePipeline` asks again with a new job that has this token.
    Continue {
        /// Comes back as [`Job::continuation_token`](crate::Job::continuation_token). 1 to 2,048 bytes: cutting one would
        /// change what it says, so with any other the job fails.
        token: String,
        /// For the people who look at the pipeline. May be empty.
        summary: String,
        /// How much is done, 0 to 100.
        percent: Option<u8>,
    },
    /// The action failed, the pipeline stops here.
    Fail {
        /// For the people who look at the pipeline.
        message: String,
        /// Whose business it is.
        kind: FailureKind,
    },
}

/// Whose business a failure is
/// (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_FailureDetails.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// What the action is for did not come out well.
    JobFailed,
    /// The action is not configured as it should be.
    ConfigurationError,
    /// Somebody lacks a permission.
    PermissionError,
    /// A newer revision is there.
    RevisionOutOfSync,
    /// The revision is not to be had.
    RevisionUnavailable,
    /// A system that is needed does not answer.
    SystemUnavailable,
}

/// What became of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// `CodePipeline` took it: this one, cut to what fits.
    Answered(Answer),
    /// The job waits for no answer: it has one, or its time ran out, or its execution was stopped.
    AlreadyAnswered,
    /// `CodePipeline` does not know the job.
    Gone,
}

impl From<&ParametersError> for Answer {
    fn from(error: &ParametersError) -> Self {
        Self::Fail {
            message: error.to_string(),
            kind: FailureKind::ConfigurationError,
        }
    }
}

/// For the job whose id could be read.
impl From<&JobEventError> for Answer {
    fn from(error: &JobEventError) -> Self {
        Self::Fail {
            message: error.to_string(),
            kind: FailureKind::JobFailed,
        }
    }
}
