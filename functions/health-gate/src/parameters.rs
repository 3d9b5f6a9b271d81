//! The action's `UserParameters`: what blocks, and what then.

use codepipeline_job::Job;
use health_status::{CATEGORIES, Filter, Status};
use jiff::SignedDuration;
use serde::Deserialize;

/// An action lives 24 hours at most
/// (<https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html>); what is left is for the last answer.
const LONGEST_HOLD_MINUTES: i64 = 1_380;

/// What the gate is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameters {
    pub(crate) filter: Filter,
    pub(crate) on_event: OnEvent,
    pub(crate) on_api_failure: OnApiFailure,
    /// How long a deployment may be held, or wait to be resumed.
    pub(crate) longest: SignedDuration,
    /// What is to be resumed, where the parameters say.
    pub(crate) target: Option<Target>,
}

/// What an event that blocks does to the action.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OnEvent {
    /// It fails, and the stage is retried when the event is closed.
    #[default]
    Fail,
    /// It goes on, and is asked again until the event is closed.
    Hold,
}

/// What it does that nobody knows whether there are events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OnApiFailure {
    /// The same as an event.
    #[default]
    Block,
    /// The deployment goes on.
    Allow,
}

/// The execution that the job is part of, which the job itself does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) pipeline: String,
    pub(crate) execution: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    regions: Option<Vec<String>>,
    #[serde(default)]
    services: Vec<String>,
    #[serde(default = "issues")]
    categories: Vec<String>,
    #[serde(default = "open")]
    statuses: Vec<String>,
    #[serde(default)]
    on_event: OnEvent,
    #[serde(default)]
    on_api_failure: OnApiFailure,
    #[serde(default = "four_hours")]
    max_hold_minutes: i64,
    #[serde(default = "yes")]
    include_account_specific: bool,
    pipeline: Option<String>,
    execution: Option<String>,
}

fn issues() -> Vec<String> {
    vec!["issue".to_owned()]
}

fn open() -> Vec<String> {
    vec!["open".to_owned()]
}

fn four_hours() -> i64 {
    240
}

fn yes() -> bool {
    true
}

impl Parameters {
    /// Those of a job; `home` is the region that counts if none is named. A region that AWS opened lately must be one that
    /// `exists`. The error is for the pipeline's author, and has all that is wrong.
    pub(crate) fn of(job: &Job, home: &str, exists: impl Fn(&str) -> bool) -> Result<Self, String> {
        let written: Written = job.parameters().map_err(|error| error.to_string())?;
        let mut problems = Vec::new();
        let regions = written.regions.unwrap_or_else(|| vec![home.to_owned()]);
        if regions.is_empty() {
            problems.push(format!("`regions` is empty: leave it out for {home}"));
        }
        for region in &regions {
            health_status::check_region(region, |name| name == home || exists(name))
                .unwrap_or_else(|problem| problems.push(format!("`regions`: {problem}")));
        }
        if !written
            .services
            .iter()
            .all(|service| health_status::is_service(service))
        {
            problems.push("`services` takes the names that AWS Health has, such as `EC2` and `LAMBDA`".to_owned());
        }
        let is_category = |category: &String| CATEGORIES.contains(&category.as_str());
        if written.categories.is_empty() || !written.categories.iter().all(is_category) {
            problems.push(format!("`categories` takes {}", CATEGORIES.join(", ")));
        }
        let statuses = statuses(&written.statuses).unwrap_or_else(|problem| {
            problems.push(problem);
            Vec::new()
        });
        if !(1..=LONGEST_HOLD_MINUTES).contains(&written.max_hold_minutes) {
            problems.push(format!(
                "`max_hold_minutes` is {}: give 1 to {LONGEST_HOLD_MINUTES}, an action of CodePipeline lives 24 hours",
                written.max_hold_minutes
            ));
        }
        let target = target(written.pipeline, written.execution).unwrap_or_else(|problem| {
            problems.push(problem);
            None
        });
        if !problems.is_empty() {
            return Err(format!(
                "the action's UserParameters are wrong: {}",
                problems.join("; ")
            ));
        }
        Ok(Self {
            filter: Filter {
                regions,
                services: written.services,
                categories: written.categories,
                statuses,
                account_specific: written.include_account_specific,
            },
            on_event: written.on_event,
            on_api_failure: written.on_api_failure,
            longest: SignedDuration::from_mins(written.max_hold_minutes),
            target,
        })
    }
}

/// What is over blocks nothing, so `closed` is a mistake.
fn statuses(written: &[String]) -> Result<Vec<Status>, String> {
    let status = |text: &String| match text.as_str() {
        "open" => Ok(Status::Open),
        "upcoming" => Ok(Status::Upcoming),
        _ => Err("`statuses` takes `open` and `upcoming`: what is closed blocks nothing".to_owned()),
    };
    match written {
        [] => Err("`statuses` is empty: leave it out for `open`".to_owned()),
        written => written.iter().map(status).collect(),
    }
}

fn target(pipeline: Option<String>, execution: Option<String>) -> Result<Option<Target>, String> {
    match (pipeline, execution) {
        (None, None) => Ok(None),
        (Some(pipeline), Some(_)) if !is_name(&pipeline) => Err(
            "`pipeline` is no name of a pipeline: letters, digits and `.@-_`, up to 100 of them; CodePipeline has no \
             variable for it"
                .to_owned(),
        ),
        (Some(_), Some(execution)) if !is_name(&execution) => Err(
            "`execution` was not filled in by CodePipeline: write \"#{codepipeline.PipelineExecutionId}\""
                .to_owned(),
        ),
        (Some(pipeline), Some(execution)) => Ok(Some(Target { pipeline, execution })),
        _ => Err(
            "`pipeline` and `execution` go together: the pipeline's name, and \"#{codepipeline.PipelineExecutionId}\"; \
             leave both out for a gate that never resumes by itself"
                .to_owned(),
        ),
    }
}

/// As AWS has a pipeline's name (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineDeclaration.html>).
/// An execution's ID, a UUID, is one as well.
fn is_name(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".@-_".contains(&byte))
}

#[cfg(test)]
mod tests;
