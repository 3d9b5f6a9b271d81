//! Why a request was not taken. The sender gets a status and one word; the log gets the rest.

use aws_client::CallError;
use lambda_edge::ConfigError;
use strum::{IntoStaticStr, VariantNames};

/// Why a request was not taken. The variant's name is the outcome in the function's log.
#[derive(Debug, thiserror::Error, IntoStaticStr, VariantNames)]
pub enum WebhookError {
    /// The function's environment lacks variables, or they make no sense.
    #[error(transparent)]
    InvalidConfiguration(#[from] ConfigError),
    /// The event is no request to a function URL.
    #[error("the event is no request to a function URL: it must be of payload format 2.0")]
    InvalidRequest,
    /// Webhooks come by POST.
    #[error("only POST is answered")]
    MethodNotAllowed,
    /// The body is larger than any webhook of a branch.
    #[error("the body is larger than 1 MiB")]
    TooLarge,
    /// The request has no signature, or none that holds.
    #[error("no signature that holds")]
    BadSignature,
    /// The signature holds, but is of another time.
    #[error("the signed time is {seconds} seconds from now, and no more than {most} are allowed")]
    OutsideWindow {
        /// How far the time is from now.
        seconds: u64,
        /// How far it may be.
        most: u32,
    },
    /// The signature holds, but the body is not what the host sends for such an event.
    #[error("the body is not the JSON that is sent for this kind of event: choose the content type application/json")]
    InvalidPayload,
    /// The secret's value cannot be a secret of webhooks.
    #[error("the secret {arn} cannot be used: {why}")]
    SecretUnusable {
        /// Which secret.
        arn: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A call to AWS failed.
    #[error("{attempted}: {source}")]
    CallFailed {
        /// What was attempted.
        attempted: String,
        /// Why it failed.
        #[source]
        source: CallError,
    },
    /// The event bus did not take every event.
    #[error("the event bus {bus} did not take {failed} events: {code}")]
    NotTaken {
        /// Which bus.
        bus: String,
        /// How many events of one call.
        failed: usize,
        /// EventBridge's reason for the first of them.
        code: String,
    },
}

impl WebhookError {
    /// The name in the log.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// The answer's status, and the word that says why. Who cannot sign learns nothing but that.
    pub(crate) fn answer(&self) -> (u16, &'static str) {
        match self {
            Self::InvalidRequest => (400, "request"),
            Self::InvalidPayload => (400, "payload"),
            Self::BadSignature => (401, "signature"),
            Self::OutsideWindow { .. } => (401, "age"),
            Self::MethodNotAllowed => (405, "method"),
            Self::TooLarge => (413, "size"),
            Self::InvalidConfiguration(_) | Self::SecretUnusable { .. } => (500, "configuration"),
            Self::CallFailed { .. } | Self::NotTaken { .. } => (503, "later"),
        }
    }

    /// What was attempted when a call failed.
    pub(crate) fn of(attempted: impl Into<String>) -> impl FnOnce(CallError) -> Self {
        let attempted = attempted.into();
        move |source| Self::CallFailed { attempted, source }
    }
}
