//! One file a step: gather, decide, act. What several steps share is here.

mod check_evidence;
mod clean_up;
mod explain_sanitizer_failure;
mod find_latest_snapshot;
mod hand_over_credentials;
mod plan;
mod restore;
mod retention;
mod share;
mod take_final_snapshot;
mod take_snapshot;
mod wait_for_credentials;
mod wait_for_instance;
mod wait_for_snapshot;

use rds_run::ownership::{Claim, Ownership};
use rds_run::removal::Found;
use rds_run::tags::{Maker, Role};

use crate::Context;
use crate::error::{StepError, failed_to};
use crate::rds::Instance;
use crate::request::{Request, Response, Run};
use crate::status::Readiness;

/// Does the step.
pub(crate) async fn perform(request: Request, context: &Context) -> Result<Response, StepError> {
    match request {
        Request::Plan { execution, input } => plan::run(&execution, &input, context).await,
        Request::TakeSnapshot { run } => take_snapshot::run(&run, context).await,
        Request::FindLatestSnapshot { run } => find_latest_snapshot::run(&run, context).await,
        Request::WaitForSnapshot { snapshot, .. } => wait_for_snapshot::run(&snapshot, context).await,
        Request::Restore { run, snapshot } => restore::run(&run, &snapshot, context).await,
        Request::WaitForInstance { run } => wait_for_instance::run(&run, context).await,
        Request::HandOverCredentials { run } => hand_over_credentials::run(&run, context).await,
        Request::WaitForCredentials { run } => wait_for_credentials::run(&run, context).await,
        Request::ExplainSanitizerFailure { run, failure } => {
            explain_sanitizer_failure::run(&run, &failure, context).await
        }
        Request::CheckEvidence { run, containers } => check_evidence::run(&run, &containers, context).await,
        Request::TakeFinalSnapshot { run } => take_final_snapshot::run(&run, context).await,
        Request::Share { run } => share::run(&run, context).await,
        Request::CleanUp { run, outcome } => clean_up::run(&run, outcome, context).await,
        Request::Retention { run } => retention::run(&run, context).await,
    }
}

fn maker<'a>(run: &'a Run, context: &'a Context) -> Maker<'a> {
    Maker {
        stack: &context.config.stack,
        run: &run.id,
        execution: &run.execution,
        source: &run.source.instance,
    }
}

fn ownership(found: &Found, role: Role, run: &Run, context: &Context) -> Ownership {
    Claim {
        stack: &context.config.stack,
        run: &run.id,
    }
    .decide(&found.tags, role)
}

/// Nothing is done with something of an expected name that this run did not make.
fn require_ours(found: &Found, role: Role, run: &Run, context: &Context) -> Result<(), StepError> {
    match ownership(found, role, run, context) {
        Ownership::Ours => Ok(()),
        Ownership::NotOurs => Err(not_owned(found, role, run)),
    }
}

fn not_owned(found: &Found, role: Role, run: &Run) -> StepError {
    StepError::NotOwned(format!(
        "{} `{}` exists and does not carry the tags of run {} as its {role}. It was left alone: find out who made it, \
         then rename or delete it and start a new execution.",
        found.kind, found.id, run.id
    ))
}

/// The temporary instance, with the proof that it is this run's.
async fn temporary_instance(run: &Run, context: &Context) -> Result<Instance, StepError> {
    let id = &run.temporary_instance;
    let found = context
        .rds
        .instance(id)
        .await
        .map_err(failed_to(format!("describe instance `{id}`")))?;
    let instance = found.ok_or_else(|| gone(&format!("the temporary instance `{id}`")))?;
    require_ours(&instance.found, Role::TemporaryInstance, run, context)?;
    Ok(instance)
}

fn gone(what: &str) -> StepError {
    StepError::ResourceFailed(format!(
        "{what} is gone. It was deleted while the run needed it: see CloudTrail for who did, and start a new execution."
    ))
}

/// Ready, or the error that says why not: `what` as in "the temporary instance `x`".
fn require_ready(readiness: Readiness, what: &str, status: &str) -> Result<(), StepError> {
    match readiness {
        Readiness::Ready => Ok(()),
        Readiness::NotReady => Err(StepError::NotReady(format!("{what} is `{status}`"))),
        Readiness::NeverReady => Err(StepError::ResourceFailed(format!(
            "{what} is `{status}` and will not become available by itself. See its events in the RDS console for the \
             cause, and start a new execution when it is mended."
        ))),
    }
}
