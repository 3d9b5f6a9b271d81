//! Why an invocation failed.

use aws_client::CallError;
use lambda_runtime::Diagnostic;
use strum::{IntoStaticStr, VariantNames};

/// Why an invocation failed. Lambda reports the variant's name as the error's name.
#[derive(Debug, thiserror::Error, IntoStaticStr, VariantNames)]
pub enum AnswererError {
    /// The event is not the failure record of a job, or has no job id. Nothing was done.
    #[error("the event is not understood: {0}")]
    InvalidEvent(&'static str),
    /// `CodePipeline` did not take the answer, also after the SDK's own retries. Lambda tries again.
    #[error(
        "CodePipeline did not take the answer to job {job}; if Lambda's own retries do not help, the action fails by \
         itself when it times out"
    )]
    ServiceUnavailable {
        /// Its id.
        job: String,
        /// AWS's answer.
        #[source]
        source: CallError,
    },
}

impl AnswererError {
    /// The name that Lambda reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }
}

impl From<AnswererError> for Diagnostic {
    fn from(error: AnswererError) -> Self {
        lambda_edge::diagnostic(error.name(), &error)
    }
}
