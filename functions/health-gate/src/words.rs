//! What people read: in the pipeline, and in notices.

use std::collections::BTreeMap;

use codepipeline_job::{Answer, FailureKind};
use gate_record::Source;
use health_status::{Filter, HealthEvent};
use jiff::Timestamp;

use crate::decision::{Cause, Decision, Why};
use crate::hold;
use crate::parameters::Parameters;

/// Where AWS shows its events (<https://docs.aws.amazon.com/health/latest/ug/aws-health-dashboard-status.html>).
const DASHBOARD: &str = "https://health.aws.amazon.com/health/home";

/// More are counted, not listed: a message of CodePipeline has 5,000 characters.
const LISTED: usize = 10;

/// Whether a blocked action is taken up again by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resumes {
    ByItself,
    /// For this reason it is not.
    ByHand(String),
}

/// The answer to the job.
pub(crate) fn answer(decision: &Decision, parameters: &Parameters, resumes: &Resumes, now: Timestamp) -> Answer {
    match decision {
        Decision::Clear(source) => succeed(
            format!(
                "No event of AWS Health blocks a deployment to {}, according to {}.",
                scope(&parameters.filter),
                asked(*source)
            ),
            variables("clear", &[], Some(*source), now),
        ),
        Decision::Overridden(cause, given) => succeed(
            format!(
                "Overridden by {} until {}: {} It would have been blocked: {}",
                given.principal,
                minute(given.until),
                sentence(&given.reason),
                said(cause)
            ),
            variables("overridden", events(cause), source(cause), now),
        ),
        Decision::Unchecked(reason) => succeed(
            format!("Not checked: {reason}. `on_api_failure` is `allow`, so the deployment goes on."),
            variables("unchecked", &[], None, now),
        ),
        Decision::Block(why) => fail(why, format!("{} {}", because(why), next(resumes))),
        Decision::Hold { why, since } => Answer::Continue {
            token: hold::token(*since),
            summary: format!(
                "Held since {}, until {} at most. {}",
                minute(*since),
                minute(*since + parameters.longest),
                because(why)
            ),
            percent: None,
        },
        Decision::GiveUp(why) => fail(
            why,
            format!(
                "Given up: held for {} minutes, which is the most that `max_hold_minutes` allows. {} Retry the stage by hand \
                 when that is over.",
                parameters.longest.as_mins(),
                because(why)
            ),
        ),
    }
}

/// Why it was decided so, for a notice.
pub(crate) fn reason(decision: &Decision, resumes: &Resumes) -> String {
    match (decision, resumes) {
        (Decision::Clear(_), _) => "no event of AWS Health blocks it any more.".to_owned(),
        (Decision::Overridden(cause, given), _) => {
            format!(
                "overridden by {}: {} {}",
                given.principal,
                sentence(&given.reason),
                said(cause)
            )
        }
        (Decision::Unchecked(reason), _) => format!("{reason}, and `on_api_failure` is `allow`."),
        (Decision::Block(why), Resumes::ByHand(_)) => format!("{} {}", because(why), next(resumes)),
        (Decision::Block(why) | Decision::Hold { why, .. } | Decision::GiveUp(why), _) => because(why),
    }
}

/// What stands against the deployment, and what became of an override.
pub(crate) fn because(why: &Why) -> String {
    let cause = match &why.cause {
        Cause::Unknown(_) => format!(
            "{} `on_api_failure` is `block`, so that counts as one.",
            said(&why.cause)
        ),
        Cause::Events(..) => said(&why.cause),
    };
    match &why.void {
        Some(void) => format!("{cause} {}", sentence(void)),
        None => cause,
    }
}

fn said(cause: &Cause) -> String {
    match cause {
        Cause::Unknown(reason) => format!("It is not known whether AWS has an incident: {reason}."),
        Cause::Events(events, source) => {
            let listed: Vec<String> = events.iter().take(LISTED).map(HealthEvent::sentence).collect();
            let more = match events.len().saturating_sub(LISTED) {
                0 => String::new(),
                more => format!("; and {more} more"),
            };
            let count = match events.len() {
                1 => "An event of AWS Health blocks".to_owned(),
                count => format!("{count} events of AWS Health block"),
            };
            format!(
                "{count} this deployment (by {}): {}{more}. See {DASHBOARD}.",
                asked(*source),
                listed.join("; ")
            )
        }
    }
}

fn next(resumes: &Resumes) -> String {
    match resumes {
        Resumes::ByItself => "The stage is retried by itself when that is over.".to_owned(),
        Resumes::ByHand(reason) => format!("Retry the stage by hand when that is over: {}", sentence(reason)),
    }
}

fn succeed(summary: String, variables: BTreeMap<String, String>) -> Answer {
    Answer::Succeed { summary, variables }
}

fn fail(why: &Why, message: String) -> Answer {
    let kind = match why.cause {
        Cause::Events(..) => FailureKind::JobFailed,
        Cause::Unknown(_) => FailureKind::SystemUnavailable,
    };
    Answer::Fail { message, kind }
}

/// The action's output variables.
fn variables(
    decision: &str,
    events: &[HealthEvent],
    source: Option<Source>,
    now: Timestamp,
) -> BTreeMap<String, String> {
    let arns: Vec<&str> = events.iter().map(|event| event.arn.as_str()).collect();
    [
        ("Decision", decision.to_owned()),
        ("BlockingEvents", arns.join(",")),
        ("CheckedAt", second(now)),
        ("Source", source_word(source).to_owned()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// For the record: the ARNs of what blocks, and where they were found.
pub(crate) fn evidence(cause: &Cause) -> (Vec<String>, &'static str) {
    let arns = events(cause).iter().map(|event| event.arn.clone());
    (arns.collect(), source_word(source(cause)))
}

fn source_word(source: Option<Source>) -> &'static str {
    match source {
        Some(Source::Api) => "api",
        Some(Source::Events) => "events",
        None => "none",
    }
}

fn events(cause: &Cause) -> &[HealthEvent] {
    match cause {
        Cause::Events(events, _) => events,
        Cause::Unknown(_) => &[],
    }
}

fn source(cause: &Cause) -> Option<Source> {
    match cause {
        Cause::Events(_, source) => Some(*source),
        Cause::Unknown(_) => None,
    }
}

fn asked(source: Source) -> &'static str {
    match source {
        Source::Api => "the Health API",
        Source::Events => {
            "the events that health-watch recorded, as this account has no support plan for the Health API"
        }
    }
}

fn scope(filter: &Filter) -> String {
    let services = match filter.services.as_slice() {
        [] => String::new(),
        services => format!(" ({})", services.join(", ")),
    };
    format!("{}{services}", filter.regions.join(", "))
}

/// Others' texts end with a full stop or they do not.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '?', '!']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

fn minute(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn second(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests;
