//! Why an invocation failed. A job that could be answered is no failure, whatever the answer.

use lambda_runtime::Diagnostic;
use strum::{IntoStaticStr, VariantNames};

/// Why an invocation failed. Lambda reports the variant's name as the error's name, and tries again; then the job is
/// answered by job-answerer.
#[derive(Debug, thiserror::Error, IntoStaticStr, VariantNames)]
pub enum DistributorError {
    /// The event is no job of CodePipeline: there is nobody to answer.
    #[error("{0}")]
    InvalidEvent(String),
    /// CodePipeline did not take the answer.
    #[error("the job {job} could not be answered")]
    ServiceUnavailable {
        /// Its id.
        job: String,
        /// What CodePipeline said.
        #[source]
        error: aws_client::CallError,
    },
}

impl DistributorError {
    /// The name that Lambda reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }
}

impl From<DistributorError> for Diagnostic {
    fn from(error: DistributorError) -> Self {
        lambda_edge::diagnostic(error.name(), &error)
    }
}
