//! `restore`: the temporary instance, out of a snapshot.

use rds_run::removal::Kind;
use rds_run::tags::Role;

use super::{maker, require_ours};
use crate::Context;
use crate::error::{StepError, failed_to};
use crate::rds::{Restore, Restored};
use crate::request::{Response, Run};

pub(super) async fn run(run: &Run, snapshot: &str, context: &Context) -> Result<Response, StepError> {
    let instance = &run.temporary_instance;
    let restore = Restore {
        snapshot,
        instance,
        class: context
            .config
            .temporary_instance_class
            .as_deref()
            .unwrap_or(&run.source.class),
        subnet_group: &context.config.subnet_group,
        security_group: &context.config.security_group,
        tags: &maker(run, context).tags(Role::TemporaryInstance),
    };
    let attempt = format!("restore snapshot `{snapshot}` to instance `{instance}`");
    match context.rds.restore(&restore).await.map_err(failed_to(attempt))? {
        Restored::Exists => {
            let attempt = format!("describe instance `{instance}`");
            let found = context
                .rds
                .find(Kind::Instance, instance)
                .await
                .map_err(failed_to(attempt))?;
            let found =
                found.ok_or_else(|| StepError::NotReady(format!("instance `{instance}` is just going away")))?;
            require_ours(&found, Role::TemporaryInstance, run, context)?;
        }
        Restored::Begun => {}
    }
    Ok(Response::Instance {
        instance: instance.clone(),
    })
}
