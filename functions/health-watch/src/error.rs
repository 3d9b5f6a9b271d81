//! Why an invocation failed. Lambda tries again, then the event is kept in the failure queue.

use lambda_edge::ConfigError;
use lambda_runtime::Diagnostic;
use strum::{IntoStaticStr, VariantNames};

/// Why an invocation failed. Lambda reports the variant's name as the error's name.
#[derive(Debug, thiserror::Error, IntoStaticStr, VariantNames)]
pub enum WatchError {
    /// The function's environment lacks variables, or they make no sense. Nothing was done.
    #[error(transparent)]
    InvalidConfiguration(#[from] ConfigError),
    /// The event is not understood. Nothing was done.
    #[error("the event is not understood: {0}")]
    InvalidEvent(String),
    /// Not everything could be done; what could be was. One text each. The next event or comparison tries the rest again.
    #[error("not everything could be done: {}", .0.join("; "))]
    ServiceUnavailable(Vec<String>),
}

impl WatchError {
    /// The name that Lambda reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }
}

impl From<WatchError> for Diagnostic {
    fn from(error: WatchError) -> Self {
        lambda_edge::diagnostic(error.name(), &error)
    }
}
