//! `take-final-snapshot`: what the run is for, out of the sanitized temporary instance.

use rds_run::tags::Role;

use super::take_snapshot::Wanted;
use super::{maker, temporary_instance};
use crate::Context;
use crate::error::StepError;
use crate::request::{Response, Run};

pub(super) async fn run(run: &Run, context: &Context) -> Result<Response, StepError> {
    temporary_instance(run, context).await?;
    let wanted = Wanted {
        name: &run.final_snapshot,
        instance: &run.temporary_instance,
        role: Role::FinalSnapshot,
        tags: &maker(run, context).final_tags(&run.rules.sha256),
    };
    let snapshot = wanted.take(run, context).await?;
    Ok(Response::FinalSnapshot {
        snapshot: run.final_snapshot.clone(),
        arn: snapshot.arn,
    })
}
