//! Why an invocation failed. Lambda tries again, then the event is kept in the failure queue.

use aws_client::CallError;
use lambda_edge::ConfigError;
use lambda_runtime::Diagnostic;
use strum::{IntoStaticStr, VariantNames};

/// So many problems are said in an error; the log has all.
const MOST_SAID: usize = 10;

/// Why an invocation failed. Lambda reports the variant's name as the error's name.
#[derive(Debug, thiserror::Error, IntoStaticStr, VariantNames)]
pub enum ReconcileError {
    /// The function's environment lacks variables, or they make no sense. Nothing was done.
    #[error(transparent)]
    InvalidConfiguration(#[from] ConfigError),
    /// The event is not understood. Nothing was done.
    #[error("the event is not understood: {0}")]
    InvalidEvent(String),
    /// A call to AWS failed without which nothing can be decided. Nothing was done.
    #[error("{attempted}: {source}")]
    CallFailed {
        /// What was attempted.
        attempted: String,
        /// Why it failed.
        #[source]
        source: CallError,
    },
    /// All else was done. The next run tries again what was not.
    #[error("{}", said(.0))]
    Incomplete(Vec<String>),
}

impl ReconcileError {
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

impl From<ReconcileError> for Diagnostic {
    fn from(error: ReconcileError) -> Self {
        lambda_edge::diagnostic(error.name(), &error)
    }
}

fn said(problems: &[String]) -> String {
    let first = problems.iter().take(MOST_SAID).map(String::as_str).collect::<Vec<_>>();
    let more = problems.len() - first.len();
    let more = if more == 0 {
        String::new()
    } else {
        format!("; and {more} more")
    };
    format!("{} could not be done: {}{more}", problems.len(), first.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_problems_are_said_and_the_others_counted() {
        let problems = |count: usize| (1..=count).map(|n| format!("p{n}")).collect();
        let text = |count| ReconcileError::Incomplete(problems(count)).to_string();
        assert_eq!(text(2), "2 could not be done: p1; p2");
        assert!(text(10).ends_with("; p10"));
        assert!(text(12).ends_with("; p10; and 2 more"));
    }
}
