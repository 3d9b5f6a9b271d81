//! Why an invocation failed.

use lambda_edge::ConfigError;
use lambda_runtime::Diagnostic;
use strum::{IntoStaticStr, VariantNames};

/// Why an invocation failed. Lambda reports the variant's name as the error's name. Firehose tries the batch again, and then
/// keeps it in the error prefix.
///
/// A record that cannot be read is no failure of the invocation: its own answer says so.
#[derive(Debug, thiserror::Error, IntoStaticStr, VariantNames)]
pub enum DecoderError {
    /// The function's environment lacks variables, or they make no sense. Nothing was done.
    #[error(transparent)]
    InvalidConfiguration(#[from] ConfigError),

    /// The event is not one of Firehose. The text quotes nothing of it: it may be a log.
    #[error(
        "this is no event of a Firehose transformation, it is something else from line {line}, column {column} on: let \
         Firehose alone invoke this function"
    )]
    InvalidEvent {
        /// From 1.
        line: usize,
        /// From 1, in bytes.
        column: usize,
    },

    /// A fault of this function, beside those that cost one record only. The log has its place.
    #[error("a fault of this function: please report it, with the place that its log names")]
    Panicked,
}

impl DecoderError {
    /// The name that Lambda reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }
}

impl From<DecoderError> for Diagnostic {
    fn from(error: DecoderError) -> Self {
        lambda_edge::diagnostic(error.name(), &error)
    }
}
