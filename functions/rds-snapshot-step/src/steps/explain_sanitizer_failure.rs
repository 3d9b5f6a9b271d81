//! `explain-sanitizer-failure`: the sanitizer's own words for what went wrong, or else what ECS knows.

use sanitizer_contract::{REPORT_FILE, Report};
use serde::Deserialize;

use super::check_evidence::read;
use crate::Context;
use crate::error::StepError;
use crate::request::{Container, Failure, Response, Run};

/// The longest part of an unknown cause that is quoted, in characters.
const LONGEST_CAUSE: usize = 500;
/// The longest part of the sanitizer's problem that is quoted, in characters: it may list every column of a database, and a
/// state machine's cause has room for 32,768
/// (<https://docs.aws.amazon.com/step-functions/latest/apireference/API_ExecutionFailedEventDetails.html>).
const LONGEST_PROBLEM: usize = 10_000;

/// Never succeeds. A report that cannot be read is treated as none: it must not hide that the sanitizer failed. Only
/// while S3 is out of reach is it worth another try.
pub(super) async fn run(run: &Run, failure: &Failure, context: &Context) -> Result<Response, StepError> {
    let report = match read(run, REPORT_FILE, context).await {
        Ok(report) => report,
        Err(StepError::ServiceRefused { .. }) => None,
        Err(error) => return Err(error),
    };
    let report = report.and_then(|content| Report::from_json(&content).ok());
    Err(StepError::SanitizerFailed(explain(run, report.as_ref(), failure)))
}

fn explain(run: &Run, report: Option<&Report>, failure: &Failure) -> String {
    let problem = report
        .filter(|report| report.run == run.id)
        .and_then(|report| report.problem.as_ref());
    match problem {
        Some(problem) => format!(
            "the sanitizer failed ({}): {} (report: {}{REPORT_FILE})",
            problem.code,
            shortened(&problem.message),
            run.evidence_uri
        ),
        None => format!(
            "the sanitizer failed and left no report that says why: {}. See its log; the copy is deleted, so start a new \
             execution when the cause is mended.",
            stopped(failure)
        ),
    }
}

fn shortened(message: &str) -> String {
    if message.chars().count() <= LONGEST_PROBLEM {
        return message.to_owned();
    }
    let start: String = message.chars().take(LONGEST_PROBLEM).collect();
    format!("{start} ... (the rest is in the report)")
}

/// What ECS says of a stopped task, as far as it is of use
/// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html>).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Task {
    stopped_reason: Option<String>,
    containers: Vec<Container>,
}

fn stopped(failure: &Failure) -> String {
    let Ok(task) = serde_json::from_str::<Task>(&failure.cause) else {
        let cause: String = failure.cause.chars().take(LONGEST_CAUSE).collect();
        return if cause.is_empty() {
            failure.error.clone()
        } else {
            format!("{}: {cause}", failure.error)
        };
    };
    let mut parts = vec![task.stopped_reason.unwrap_or_else(|| failure.error.clone())];
    for container in task.containers {
        let code = match container.exit_code {
            Some(137) => "was killed (exit code 137), by a person or for using more memory than it has".to_owned(),
            Some(2) => "ended with exit code 2, a bad configuration".to_owned(),
            Some(code) => format!("ended with exit code {code}"),
            None => "never ran".to_owned(),
        };
        let reason = container
            .reason
            .map(|reason| format!(" ({reason})"))
            .unwrap_or_default();
        parts.push(format!("container `{}` {code}{reason}", container.name));
    }
    parts.join("; ")
}
