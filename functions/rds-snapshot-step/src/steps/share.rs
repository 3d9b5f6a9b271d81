//! `share`: other accounts may restore the final snapshot, and the run lets go of it.

use rds_run::tags::Role;

use super::{check_evidence, gone, maker, require_ours, require_ready};
use crate::Context;
use crate::error::{StepError, failed_to};
use crate::request::{Response, Run};
use crate::status;

/// The evidence is checked again: whatever happened since `check-evidence`, this is where others get to see the data.
///
/// The last effect marks the snapshot as released. From then on it stays, whatever becomes of the execution; without the
/// mark the sweeper takes it away once the execution is over.
pub(super) async fn run(run: &Run, context: &Context) -> Result<Response, StepError> {
    let id = &run.final_snapshot;
    let found = context
        .rds
        .snapshot(id)
        .await
        .map_err(failed_to(format!("describe snapshot `{id}`")))?;
    let what = format!("the final snapshot `{id}`");
    let snapshot = found.ok_or_else(|| gone(&what))?;
    require_ours(&snapshot.found, Role::FinalSnapshot, run, context)?;
    let status = &snapshot.found.status;
    require_ready(status::of_snapshot(status), &what, status)?;
    check_evidence::require(run, context).await?;
    if !run.share_with.is_empty() {
        let attempt = format!("share snapshot `{id}` with {}", run.share_with.join(", "));
        context
            .rds
            .share(id, &run.share_with)
            .await
            .map_err(failed_to(attempt))?;
    }
    context
        .rds
        .add_tags(&snapshot.arn, &maker(run, context).release_tags())
        .await
        .map_err(failed_to(format!("mark snapshot `{id}` as released")))?;
    Ok(Response::Shared {
        shared_with: run.share_with.clone(),
    })
}
