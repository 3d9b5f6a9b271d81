//! `share`: other accounts may restore the final snapshot.

use rds_run::tags::Role;

use super::{check_evidence, gone, require_ours, require_ready};
use crate::Context;
use crate::error::{StepError, failed_to};
use crate::request::{Response, Run};
use crate::status;

/// Ownership, availability and evidence are checked here once more, so that no order of states in the state machine can
/// share a copy that was not verified in this run.
pub(super) async fn run(run: &Run, context: &Context) -> Result<Response, StepError> {
    if run.share_with.is_empty() {
        return Ok(Response::Shared {
            shared_with: Vec::new(),
        });
    }
    let id = &run.final_snapshot;
    let found = context
        .rds
        .snapshot(id)
        .await
        .map_err(failed_to(format!("describe snapshot `{id}`")))?;
    let what = format!("the final snapshot `{id}`");
    let snapshot = found.ok_or_else(|| gone(&what))?.found;
    require_ours(&snapshot, Role::FinalSnapshot, run, context)?;
    require_ready(status::of_snapshot(&snapshot.status), &what, &snapshot.status)?;
    check_evidence::require(run, context).await?;
    let attempt = format!("share snapshot `{id}` with {}", run.share_with.join(", "));
    context
        .rds
        .share(id, &run.share_with)
        .await
        .map_err(failed_to(attempt))?;
    Ok(Response::Shared {
        shared_with: run.share_with.clone(),
    })
}
