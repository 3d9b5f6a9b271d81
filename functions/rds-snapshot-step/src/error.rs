//! Why a step did not succeed. The variants' names are the contract with the state machine.

use aws_client::{CallError, Outlook};
use lambda_edge::ConfigError;
use lambda_runtime::Diagnostic;
use strum::{IntoStaticStr, VariantNames};

/// The names that the state machine retries; all others are final.
pub const TEMPORARY: [&str; 2] = ["NotReady", "ServiceUnavailable"];

/// Why a step did not succeed. Lambda reports the variant's name as the error's name.
#[derive(Debug, thiserror::Error, IntoStaticStr, VariantNames)]
pub enum StepError {
    /// What the step waits for is on its way. Retried for hours.
    #[error("{0}")]
    NotReady(String),
    /// AWS was throttling, failing or out of reach, also after the SDK's own retries. Retried for minutes.
    #[error("AWS did not {attempt}")]
    ServiceUnavailable {
        /// What was attempted, with ids: "describe snapshot `x`".
        attempt: String,
        /// AWS's answer.
        #[source]
        source: CallError,
    },
    /// The event is no request of this function.
    #[error("the event is not understood: {0}")]
    InvalidRequest(String),
    /// The function's environment lacks variables, or they make no sense. Nothing was done.
    #[error(transparent)]
    InvalidConfiguration(#[from] ConfigError),
    /// Preflight found problems. Nothing was made or changed.
    #[error("the run cannot start. {}", numbered(.0))]
    PlanRejected(Vec<String>),
    /// Something is gone, or in a state from which it will not become ready.
    #[error("{0}")]
    ResourceFailed(String),
    /// Something of an expected name exists without this run's tags. It was left alone.
    #[error("{0}")]
    NotOwned(String),
    /// AWS said no, and will again.
    #[error("AWS refused to {attempt}")]
    ServiceRefused {
        /// What was attempted, with ids: "restore `x` from snapshot `y`".
        attempt: String,
        /// AWS's answer.
        #[source]
        source: CallError,
    },
    /// The sanitizer's task failed.
    #[error("{0}")]
    SanitizerFailed(String),
    /// Nothing proves that this run's copy was sanitized by these rules and verified.
    #[error("{0}")]
    EvidenceRejected(String),
}

impl StepError {
    /// The name that the state machine sees.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }
}

/// Turns a failed call into the error that says what was attempted: "describe snapshot `x`".
pub(crate) fn failed_to(attempt: impl Into<String>) -> impl FnOnce(CallError) -> StepError {
    let attempt = attempt.into();
    move |source| match source.outlook() {
        Outlook::Temporary => StepError::ServiceUnavailable { attempt, source },
        Outlook::Refused => StepError::ServiceRefused { attempt, source },
    }
}

impl From<StepError> for Diagnostic {
    fn from(error: StepError) -> Self {
        lambda_edge::diagnostic(error.name(), &error)
    }
}

fn numbered(problems: &[String]) -> String {
    let lines = problems
        .iter()
        .enumerate()
        .map(|(index, problem)| format!("({}) {problem}", index + 1));
    lines.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lambda_reports_the_variants_name_and_not_a_type_path() {
        let diagnostic = Diagnostic::from(StepError::NotReady("snapshot `a` is `creating`".into()));
        assert_eq!(diagnostic.error_type, "NotReady");
        assert_eq!(diagnostic.error_message, "snapshot `a` is `creating`");
    }

    #[test]
    fn the_temporary_names_are_names_of_this_function() {
        assert!(TEMPORARY.iter().all(|name| StepError::VARIANTS.contains(name)));
    }

    #[test]
    fn preflight_problems_are_numbered() {
        let error = StepError::PlanRejected(vec!["First.".into(), "Second.".into()]);
        assert_eq!(error.to_string(), "the run cannot start. (1) First. (2) Second.");
    }
}
