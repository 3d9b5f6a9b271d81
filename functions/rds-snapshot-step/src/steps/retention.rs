//! `retention`: the newest final snapshots of a source stay, older ones go. Runs only after a new one was made.

use std::cmp::Reverse;

use rds_run::ownership::is_released_final_of;
use rds_run::removal::{Found, Removal};

use crate::Context;
use crate::error::{StepError, failed_to};
use crate::request::{Response, Run};
use crate::status::{self, Readiness};

pub(super) async fn run(run: &Run, context: &Context) -> Result<Response, StepError> {
    let snapshots = context
        .rds
        .manual_snapshots()
        .await
        .map_err(failed_to("list the manual snapshots of this account"))?;
    let mut deleted = Vec::new();
    for surplus in surplus(&snapshots, run, &context.config.stack) {
        let attempt = format!("delete snapshot `{}`", surplus.id);
        match context.rds.delete(surplus).await.map_err(failed_to(attempt))? {
            Removal::Started => deleted.push(surplus.id.clone()),
            Removal::Underway | Removal::Gone | Removal::NotNow => {}
        }
    }
    Ok(Response::Deleted { deleted })
}

/// The available, released final snapshots of this source and stack beyond the newest `keep`. One that is not available counts
/// neither as kept nor as surplus, and this run's own is never surplus.
fn surplus<'a>(snapshots: &'a [Found], run: &Run, stack: &str) -> Vec<&'a Found> {
    let mut finals: Vec<_> = snapshots
        .iter()
        .filter(|snapshot| is_released_final_of(&snapshot.tags, stack, &run.source.instance))
        .filter(|snapshot| status::of_snapshot(&snapshot.status) == Readiness::Ready)
        .collect();
    finals.sort_by_key(|snapshot| (Reverse(snapshot.created), snapshot.id.clone()));
    let keep = usize::try_from(run.keep).unwrap_or(usize::MAX).max(1);
    let mut surplus = finals.split_off(keep.min(finals.len()));
    // Overlapping runs: this one may be the older.
    surplus.retain(|snapshot| snapshot.id != run.final_snapshot);
    surplus
}
