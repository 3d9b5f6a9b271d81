//! Why an invocation failed. Lambda tries again, then the event is kept in the failure queue.

use aws_client::CallError;
use lambda_edge::ConfigError;
use lambda_runtime::Diagnostic;
use strum::{IntoStaticStr, VariantNames};

/// Why an invocation failed. Lambda reports the variant's name as the error's name.
#[derive(Debug, thiserror::Error, IntoStaticStr, VariantNames)]
pub enum FinishError {
    /// The function's environment lacks variables, or they make no sense. Nothing was done.
    #[error(transparent)]
    InvalidConfiguration(#[from] ConfigError),
    /// The event is not understood. Nothing was done.
    #[error("the event is not understood: {0}")]
    InvalidEvent(String),
    /// A call to AWS failed. What was done before it is found by the next look.
    #[error("{attempted}: {source}")]
    CallFailed {
        /// What was attempted.
        attempted: String,
        /// Why it failed.
        #[source]
        source: CallError,
    },
}

impl FinishError {
    /// The name that Lambda reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// What was attempted when a call failed.
    pub(crate) fn of(attempted: impl Into<String>) -> impl FnOnce(CallError) -> Self {
        let attempted = attempted.into();
        move |source| Self::CallFailed { attempted, source }
    }
}

impl From<FinishError> for Diagnostic {
    fn from(error: FinishError) -> Self {
        lambda_edge::diagnostic(error.name(), &error)
    }
}
