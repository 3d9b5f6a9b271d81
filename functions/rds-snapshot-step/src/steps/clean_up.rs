//! `clean-up`: nothing temporary stays, and of a failed run nothing at all. On both paths, as often as it is asked.

use rds_run::ownership::Ownership;
use rds_run::removal::{Found, Kind, Removal};
use rds_run::tags::Role;

use super::{not_owned, ownership};
use crate::Context;
use crate::error::{StepError, failed_to};
use crate::request::{Outcome, Response, Run};

/// Every resource is tried, also after one could not be deleted: each that stays costs money and holds data.
pub(super) async fn run(run: &Run, outcome: Outcome, context: &Context) -> Result<Response, StepError> {
    let mut remaining = Vec::new();
    let mut failures = Vec::new();
    for (kind, id, role) in candidates(run, outcome) {
        match remove(kind, id, role, run, context).await {
            Ok(None) => {}
            Ok(Some(state)) => remaining.push(format!("{kind} `{id}` {state}")),
            Err(error) => failures.push(error),
        }
    }
    for failure in &failures {
        tracing::warn!(
            run = run.id,
            outcome = failure.name(),
            message = lambda_edge::with_causes(failure)
        );
    }
    match failures.into_iter().next() {
        Some(failure) => Err(failure),
        None if remaining.is_empty() => Ok(Response::Done {}),
        None => Err(StepError::NotReady(remaining.join(", "))),
    }
}

/// What the run may have made and has to go. The instance comes first: it costs the most.
fn candidates(run: &Run, outcome: Outcome) -> Vec<(Kind, &str, Role)> {
    let mut candidates = vec![
        (Kind::Instance, run.temporary_instance.as_str(), Role::TemporaryInstance),
        (Kind::Snapshot, run.temporary_snapshot.as_str(), Role::TemporarySnapshot),
    ];
    match outcome {
        Outcome::Succeeded => {}
        Outcome::Failed => candidates.push((Kind::Snapshot, run.final_snapshot.as_str(), Role::FinalSnapshot)),
    }
    candidates
}

/// `None` when there is nothing of ours (any more), else what is still happening to it.
async fn remove(
    kind: Kind,
    id: &str,
    role: Role,
    run: &Run,
    context: &Context,
) -> Result<Option<&'static str>, StepError> {
    let found = context
        .rds
        .find(kind, id)
        .await
        .map_err(failed_to(format!("describe {kind} `{id}`")))?;
    match decide(found.as_ref(), |found| ownership(found, role, run, context)) {
        Decision::NothingThere => Ok(None),
        Decision::LeaveAlone(found) => Err(not_owned(found, role, run)),
        Decision::Delete(found) => {
            let removal = context
                .rds
                .delete(found)
                .await
                .map_err(failed_to(format!("delete {kind} `{id}`")))?;
            Ok(match removal {
                Removal::Gone => None,
                Removal::Started | Removal::Underway => Some("is being deleted"),
                Removal::NotNow => Some("cannot be deleted yet"),
            })
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Decision<'a> {
    NothingThere,
    LeaveAlone(&'a Found),
    Delete(&'a Found),
}

fn decide(found: Option<&Found>, ownership: impl FnOnce(&Found) -> Ownership) -> Decision<'_> {
    match found {
        None => Decision::NothingThere,
        Some(found) => match ownership(found) {
            Ownership::Ours => Decision::Delete(found),
            Ownership::NotOurs => Decision::LeaveAlone(found),
        },
    }
}
