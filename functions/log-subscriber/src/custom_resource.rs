//! What CloudFormation asks for when the stack is made, changed or deleted.

use std::time::Duration;

use aws_client::CallError;
use jiff::SignedDuration;
use lambda_edge::ConfigError;
use serde_json::json;

use crate::error::failed_to;
use crate::event::{CustomResource, RequestType};
use crate::executions::{self, Status};
use crate::pauses::pause;
use crate::steps::check::DELETE_SERIES;
use crate::{Context, Invocation};

/// The physical id of a resource whose creation found a bad configuration: nothing was subscribed for it.
const NOT_CONFIGURED: &str = "not-configured";

/// What answering takes at most: three tries of ten seconds, the pauses, and a look of 25 seconds before.
const TIME_TO_ANSWER: Duration = Duration::from_secs(75);

/// Lambda tries an asynchronous invocation three times in all, after a minute and then two
/// (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>). The third try of this function,
/// of 15 minutes each, ends 48 minutes after the first began; CloudFormation waits for an hour.
const LAST_TRY_ENDS_AFTER: SignedDuration = SignedDuration::from_mins(40);

/// What to tell CloudFormation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Succeeded,
    Failed(String),
    /// Nothing yet. The execution with this ARN goes on; Lambda asks again.
    Later(String),
}

/// The physical id is the same in all answers: another one would make CloudFormation replace the resource.
pub(crate) fn physical_id(context: Result<&Context, &ConfigError>, request: &CustomResource) -> String {
    let made = context.map_or(NOT_CONFIGURED, |context| context.filter.name.as_str());
    request.physical_id.clone().unwrap_or_else(|| made.to_owned())
}

pub(crate) async fn handle(
    context: Result<&Context, &ConfigError>,
    request: &CustomResource,
    invocation: &Invocation,
) -> Outcome {
    let deleted = request.kind == RequestType::Delete;
    if deleted && request.physical_id.as_deref() == Some(NOT_CONFIGURED) {
        return Outcome::Succeeded;
    }
    let context = match context {
        Ok(context) => context,
        Err(error) => return Outcome::Failed(error.to_string()),
    };
    let outcome = match &request.kind {
        RequestType::Create | RequestType::Update => start(context, request).await,
        RequestType::Delete => remove(context, request, invocation).await,
        RequestType::Unknown(kind) => Err(format!("RequestType is `{kind}`, it must be Create, Update or Delete")),
    };
    outcome.unwrap_or_else(Outcome::Failed)
}

/// The stack does not wait for thousands of groups: a failure of the run is its execution's, which has an alarm.
async fn start(context: &Context, request: &CustomResource) -> Result<Outcome, String> {
    let name = name("subscribe", request);
    let started = context.executions.start(&name, &json!({})).await;
    started.map_err(in_words(format!("start execution `{name}`")))?;
    Ok(Outcome::Succeeded)
}

/// Waits for the removal: after it the destination goes, and a filter of ours that was left would lead nowhere.
async fn remove(context: &Context, request: &CustomResource, invocation: &Invocation) -> Result<Outcome, String> {
    let own = context.executions.arn(&name(DELETE_SERIES, request));
    let mut followed = match removal_to_follow(context).await? {
        Some(arn) => arn,
        None => begin_removal(context, &own).await?,
    };
    loop {
        let since = match look_up(context, &followed).await? {
            Status::Succeeded { continued_by: None } => return Ok(Outcome::Succeeded),
            Status::Succeeded {
                continued_by: Some(next),
            } => {
                followed = next;
                continue;
            }
            Status::Unsuccessful(why) => {
                return Err(format!(
                    "{followed}, which removes our subscription filters, failed: {why}. Delete the stack again"
                ));
            }
            Status::Running { since } => since,
        };
        let pauses = context.pauses.before_another_look;
        if invocation.remaining() < TIME_TO_ANSWER + pauses {
            let age = since
                .filter(|_| followed == own)
                .map(|since| invocation.now().duration_since(since));
            return Ok(at_the_end(followed, age));
        }
        pause(pauses).await;
    }
}

/// `age` is that of this request's own execution.
fn at_the_end(followed: String, age: Option<SignedDuration>) -> Outcome {
    if age.is_some_and(|age| age < LAST_TRY_ENDS_AFTER) {
        return Outcome::Later(followed);
    }
    Outcome::Failed(format!(
        "subscription filters are still being removed by {followed}. Delete the stack again when that has ended"
    ))
}

/// The newest execution, if it removes all filters on behalf of CloudFormation and did not fail: an earlier try of
/// this request's, or an earlier request's that took too long. Whoever asks again does not start from the beginning.
async fn removal_to_follow(context: &Context) -> Result<Option<String>, String> {
    let newest = context.executions.newest().await;
    let Some(arn) = newest.map_err(in_words("list executions"))? else {
        return Ok(None);
    };
    if !is_of_a_deletion(&arn) {
        return Ok(None);
    }
    Ok(match look_up(context, &arn).await? {
        Status::Running { .. } | Status::Succeeded { .. } => Some(arn),
        Status::Unsuccessful(_) => None,
    })
}

/// A run that still subscribes groups would do so behind the removal's back.
async fn begin_removal(context: &Context, own: &str) -> Result<String, String> {
    let running = context.executions.running().await;
    for arn in running.map_err(in_words("list executions"))? {
        if !is_of_a_deletion(&arn) {
            let stopped = context.executions.stop(&arn, "The stack is being deleted").await;
            stopped.map_err(in_words(format!("stop {arn}")))?;
        }
    }
    let name = executions::name(own);
    let started = context.executions.start(name, &json!({"mode": "remove"})).await;
    started.map_err(in_words(format!("start execution `{name}`")))?;
    Ok(own.to_owned())
}

async fn look_up(context: &Context, arn: &str) -> Result<Status, String> {
    let found = context.executions.look_up(arn).await;
    found.map_err(in_words(format!("look up {arn}")))
}

fn is_of_a_deletion(arn: &str) -> bool {
    let series = executions::name(arn).split_once('-').map(|(series, _)| series);
    series == Some(DELETE_SERIES)
}

/// The same for every try of a request
/// (<https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>: up to 80 characters).
fn name(series: &str, request: &CustomResource) -> String {
    let id = request
        .request
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-');
    format!("{series}-{}", id.take(60).collect::<String>())
}

/// Of a failed call, for a closure: what was attempted and what AWS said.
fn in_words(attempt: impl Into<String>) -> impl FnOnce(CallError) -> String {
    move |error| lambda_edge::with_causes(&failed_to(attempt)(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lambda_tries_again_as_long_as_it_will_and_then_cloudformation_is_told() {
        let minutes = SignedDuration::from_mins;
        let cases = [
            (Some(minutes(14)), true),
            (Some(minutes(29)), true),
            (Some(minutes(40)), false),
            (Some(minutes(45)), false),
            (None, false),
        ];
        for (age, later) in cases {
            let outcome = at_the_end("arn:execution:delete-1".to_owned(), age);
            assert_eq!(matches!(outcome, Outcome::Later(_)), later, "{age:?}");
            if let Outcome::Failed(reason) = outcome {
                assert!(
                    reason.contains("arn:execution:delete-1. Delete the stack again when"),
                    "{reason}"
                );
            }
        }
    }

    #[test]
    fn executions_of_deletions_are_told_by_their_names() {
        for (arn, expected) in [
            ("arn:aws:states:us-east-1:1:execution:m:delete-5f0c", true),
            ("arn:aws:states:us-east-1:1:execution:delete-m:5f0c", false),
            ("arn:aws:states:us-east-1:1:execution:m:delete", false),
            ("arn:aws:states:us-east-1:1:execution:m:deleted-5f0c", false),
        ] {
            assert_eq!(is_of_a_deletion(arn), expected, "{arn}");
        }
    }
}
