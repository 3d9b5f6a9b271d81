//! Knows how a function looks to Lambda: its log lines, its errors and panics, a bad environment among them, and its time;
//! does not know what the function does.

mod config_error;
mod deadline;
mod panics;
mod variables;

use std::error::Error;

use lambda_runtime::Diagnostic;
use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

pub use config_error::ConfigError;
pub use deadline::left;
pub use panics::keep_panics_quiet;
pub use variables::Variables;

/// The runtime logs a handler's error here with all its fields, beside the line that the function itself writes.
const RUNTIME_ERROR_LINES: &str = "lambda_runtime::layers::panic";

/// Logs to standard output, one JSON object a line with `timestamp` and `level`, which is what Lambda takes for its own
/// JSON format (<https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>).
///
/// The level is fixed at INFO: at TRACE the Lambda runtime logs whole events.
pub fn start_log() {
    tracing_subscriber::registry()
        .with(
            tracing_subscriber::fmt::layer()
                .json()
                .flatten_event(true)
                .with_target(false)
                .with_span_list(false),
        )
        .with(
            Targets::new()
                .with_default(Level::INFO)
                .with_target(RUNTIME_ERROR_LINES, LevelFilter::OFF),
        )
        .init();
}

/// The error as Lambda reports it: `name` is what a state machine's `ErrorEquals` compares with (a boxed error would
/// give its Rust type path), the message is the error and its causes.
#[must_use]
pub fn diagnostic(name: &str, error: &dyn Error) -> Diagnostic {
    Diagnostic {
        error_type: name.to_owned(),
        error_message: with_causes(error),
    }
}

/// The error's text and the texts of its causes, joined by `: `. A cause that its effect already quotes is not repeated.
#[must_use]
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Link {
        text: &'static str,
        #[source]
        cause: Option<Box<Link>>,
    }

    fn link(text: &'static str, cause: Option<Link>) -> Link {
        Link {
            text,
            cause: cause.map(Box::new),
        }
    }

    #[test]
    fn the_message_has_every_cause_once() {
        let error = link(
            "cannot restore",
            Some(link(
                "no answer: refused",
                Some(link("refused", Some(link("socket", None)))),
            )),
        );
        let diagnostic = diagnostic("ServiceUnavailable", &error);
        assert_eq!(diagnostic.error_type, "ServiceUnavailable");
        assert_eq!(diagnostic.error_message, "cannot restore: no answer: refused: socket");
    }
}
