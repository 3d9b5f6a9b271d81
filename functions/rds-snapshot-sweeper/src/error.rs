//! Why an invocation failed.

use lambda_edge::ConfigError;
use lambda_runtime::Diagnostic;
use strum::{IntoStaticStr, VariantNames};

/// Why an invocation failed. Lambda reports the variant's name as the error's name.
#[derive(Debug, thiserror::Error, IntoStaticStr, VariantNames)]
pub enum SweepError {
    /// The function's environment lacks variables, or they make no sense. Nothing was done.
    #[error(transparent)]
    InvalidConfiguration(#[from] ConfigError),
    /// The event is not understood. Nothing was done.
    #[error("the event is not understood: {0}")]
    InvalidRequest(String),
    /// Something could not be looked at or deleted; all else was. One text each.
    #[error("not everything could be swept, see to it by hand or wait for the next time: {}", .0.join("; "))]
    SweepIncomplete(Vec<String>),
}

impl SweepError {
    /// The name that Lambda reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }
}

impl From<SweepError> for Diagnostic {
    fn from(error: SweepError) -> Self {
        lambda_edge::diagnostic(error.name(), &error)
    }
}
