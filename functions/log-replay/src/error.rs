//! Why an invocation failed.

use aws_client::CallError;
use lambda_edge::ConfigError;
use lambda_runtime::Diagnostic;
use log_source::NotPut;
use strum::{IntoStaticStr, VariantNames};

/// Why an invocation failed. Lambda reports the variant's name as the error's name.
#[derive(Debug, thiserror::Error, IntoStaticStr, VariantNames)]
pub enum ReplayError {
    /// The function's environment lacks variables, or they make no sense. Nothing was done.
    #[error(transparent)]
    InvalidConfiguration(#[from] ConfigError),
    /// The event is not understood. Nothing was done.
    #[error("the event is not understood: {0}")]
    InvalidRequest(String),
    /// Something could not be read, put or written; all else was done, and nothing is lost. One text each.
    #[error("not everything could be replayed, mend the cause and invoke the function again: {}", summary(.0))]
    ReplayIncomplete(Vec<Failure>),
}

impl ReplayError {
    /// The name that Lambda reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }
}

impl From<ReplayError> for Diagnostic {
    fn from(error: ReplayError) -> Self {
        lambda_edge::diagnostic(error.name(), &error)
    }
}

/// What could not be done with one object. What stays stays under the error prefix.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A call to S3 failed.
    #[error("{attempt}")]
    Call {
        /// What was attempted, on which object.
        attempt: String,
        /// AWS's answer.
        source: CallError,
    },
    /// Not a number, so it cannot be told whether the record may be put back.
    #[error(
        "the ledger's object `{key}` holds no number of attempts; delete it to let its record be put back as one that \
         never was"
    )]
    LedgerUnreadable {
        /// Key in the bucket.
        key: String,
    },
    /// The source did not take these lines.
    #[error("{lines} lines of `{key}` not put")]
    NotPut {
        /// Key of the object that they stood in.
        key: String,
        /// How many.
        lines: usize,
        /// Why the last was not.
        source: NotPut,
    },
    /// S3 said neither that it copied the object nor that it failed.
    #[error("`{key}` not deleted: S3 did not confirm the copy `{to}`")]
    CopyUnconfirmed {
        /// Key in the bucket.
        key: String,
        /// Key of the copy.
        to: String,
    },
    /// S3 copies at most 5 GiB in one call, so the object could not be moved aside.
    #[error(
        "`{key}` not looked at: it has {bytes} bytes, more than the 5 GiB that S3 copies in one call; move it by hand"
    )]
    TooLarge {
        /// Key in the bucket.
        key: String,
        /// Size.
        bytes: u64,
    },
}

impl Failure {
    pub(crate) fn call(attempt: String, source: CallError) -> Self {
        Self::Call { attempt, source }
    }
}

/// Enough of the failures to tell the cause: with 10,000 objects and no permission each fails in the same way, and Lambda
/// takes 256 KB of an asynchronous invocation's error.
const SHOWN: usize = 10;

fn summary(failures: &[Failure]) -> String {
    let mut texts: Vec<String> = failures
        .iter()
        .take(SHOWN)
        .map(|f| lambda_edge::with_causes(f))
        .collect();
    if failures.len() > SHOWN {
        texts.push(format!("and {} more", failures.len() - SHOWN));
    }
    texts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_of_failures_is_cut_and_says_so() {
        let failure = |key| Failure::LedgerUnreadable {
            key: format!("errors-ledger/{key}"),
        };
        let text = ReplayError::ReplayIncomplete((0..12).map(failure).collect()).to_string();
        assert!(
            text.contains("errors-ledger/9") && !text.contains("errors-ledger/10"),
            "{text}"
        );
        assert!(text.ends_with("; and 2 more"), "{text}");
    }
}
