//! Why an invocation failed. The variants' names are the contract with the state machine.

use aws_client::{CallError, Outlook};
use lambda_edge::ConfigError;
use lambda_runtime::Diagnostic;
use strum::{IntoStaticStr, VariantNames};

/// The names that the state machine retries; all others are final.
pub const TEMPORARY: [&str; 1] = ["ServiceUnavailable"];

/// Why an invocation failed. Lambda reports the variant's name as the error's name.
#[derive(Debug, thiserror::Error, IntoStaticStr, VariantNames)]
pub enum SubscriberError {
    /// AWS was throttling, failing or out of reach, also after the SDK's own retries, or the destination does not take
    /// log events yet. Retried for minutes.
    #[error("AWS did not {attempt}")]
    ServiceUnavailable {
        /// What was attempted, with ids: "subscribe `x`".
        attempt: String,
        /// AWS's answer.
        #[source]
        source: CallError,
    },
    /// AWS said no, and will again.
    #[error("AWS refused to {attempt}")]
    ServiceRefused {
        /// What was attempted, with ids: "list the log groups".
        attempt: String,
        /// AWS's answer.
        #[source]
        source: CallError,
    },
    /// The event is none that this function knows. Nothing was done.
    #[error("the event is not understood: {0}")]
    InvalidRequest(String),
    /// The function's environment lacks variables, or they make no sense. Nothing was done.
    #[error(transparent)]
    InvalidConfiguration(#[from] ConfigError),
    /// What the log groups should be subscribed to is not there. Nothing was subscribed.
    #[error("the destination {0} does not exist: deploy the archive's stack, or mend the parameter DestinationArn")]
    DestinationNotFound(String),
    /// More log groups are wanted than may be. Nothing was subscribed.
    #[error(
        "more than {0} log groups are wanted, which is the parameter MaximumGroups: \
         want fewer by name or tag, or partition the archive by account"
    )]
    TooManyGroups(usize),
    /// The run reached its end; some log groups could not be dealt with.
    #[error("{failed} log groups could not be dealt with, all others were. For example: {}", .samples.join("; "))]
    SubscriptionsIncomplete {
        /// How many.
        failed: u64,
        /// One sentence each; not all of them.
        samples: Vec<String>,
    },
    /// Filters are still being removed, and the invocation's time is over. Lambda asks again.
    #[error("filters are still being removed by {0}; Lambda will look again")]
    RemovalUnfinished(String),
    /// CloudFormation could not be answered. Lambda asks again.
    #[error("CloudFormation's ResponseURL did not take the answer to request {request}")]
    AnswerNotDelivered {
        /// CloudFormation's id of the request.
        request: String,
        /// The last try's answer.
        #[source]
        source: CallError,
    },
}

impl SubscriberError {
    /// The name that the state machine sees.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }
}

/// Turns a failed call into the error that says what was attempted: "list the log groups".
pub(crate) fn failed_to(attempt: impl Into<String>) -> impl FnOnce(CallError) -> SubscriberError {
    let attempt = attempt.into();
    move |source| match source.outlook() {
        Outlook::Temporary => SubscriberError::ServiceUnavailable { attempt, source },
        Outlook::Refused => SubscriberError::ServiceRefused { attempt, source },
    }
}

impl From<SubscriberError> for Diagnostic {
    fn from(error: SubscriberError) -> Self {
        lambda_edge::diagnostic(error.name(), &error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lambda_reports_the_variants_name_and_not_a_type_path() {
        let diagnostic = Diagnostic::from(SubscriberError::TooManyGroups(100));
        assert_eq!(diagnostic.error_type, "TooManyGroups");
        assert!(diagnostic.error_message.contains("more than 100 log groups"));
    }

    #[test]
    fn the_temporary_names_are_names_of_this_function() {
        assert!(TEMPORARY.iter().all(|name| SubscriberError::VARIANTS.contains(name)));
    }
}
