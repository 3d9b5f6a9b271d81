//! `take-snapshot`: the temporary snapshot of the source, the one thing that production notices.

use rds_run::tags::{Role, Tags};

use super::{maker, require_ours, require_ready};
use crate::Context;
use crate::error::{StepError, failed_to};
use crate::rds::{Effect, Snapshot};
use crate::request::{Response, Run};
use crate::status;

pub(super) async fn run(run: &Run, context: &Context) -> Result<Response, StepError> {
    let wanted = Wanted {
        name: &run.temporary_snapshot,
        instance: &run.source.instance,
        role: Role::TemporarySnapshot,
        tags: &maker(run, context).tags(Role::TemporarySnapshot),
    };
    wanted.take(run, context).await?;
    Ok(Response::Snapshot {
        snapshot: run.temporary_snapshot.clone(),
    })
}

/// A snapshot that should exist when the step is over.
pub(super) struct Wanted<'a> {
    pub(super) name: &'a str,
    pub(super) instance: &'a str,
    pub(super) role: Role,
    pub(super) tags: &'a Tags,
}

impl Wanted<'_> {
    /// Takes it, or finds that an earlier attempt of this run did.
    ///
    /// An instance that is backed up or modified at the moment allows no snapshot. That passes, so it is `NotReady`: a
    /// schedule that meets the daily backup window must not fail every day.
    pub(super) async fn take(&self, run: &Run, context: &Context) -> Result<Snapshot, StepError> {
        let Self {
            name,
            instance,
            role,
            tags,
        } = *self;
        let attempt = format!("take snapshot `{name}` of instance `{instance}`");
        match context
            .rds
            .take_snapshot(name, instance, tags)
            .await
            .map_err(failed_to(attempt))?
        {
            Effect::Accepted | Effect::Exists => {
                let attempt = format!("describe snapshot `{name}`");
                let found = context.rds.snapshot(name).await.map_err(failed_to(attempt))?;
                let snapshot =
                    found.ok_or_else(|| StepError::NotReady(format!("snapshot `{name}` is not there yet")))?;
                require_ours(&snapshot.found, role, run, context)?;
                Ok(snapshot)
            }
            Effect::WrongState => {
                let attempt = format!("describe instance `{instance}`");
                let found = context.rds.instance(instance).await.map_err(failed_to(attempt))?;
                Err(refusal(
                    instance,
                    found.as_ref().map(|instance| instance.found.status.as_str()),
                ))
            }
        }
    }
}

/// What it means that RDS takes no snapshot of an instance that is in `status`; `None` when there is no instance.
fn refusal(instance: &str, status: Option<&str>) -> StepError {
    let what = format!("instance `{instance}`");
    let Some(status) = status else {
        return super::gone(&what);
    };
    match require_ready(status::of_instance(status), &what, status) {
        Err(error) => error,
        Ok(()) => StepError::NotReady(format!("{what} allowed no snapshot, and is `{status}` now")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_is_briefly_busy_is_waited_for_and_one_that_is_stopped_is_not() {
        let cases = [
            (Some("backing-up"), "NotReady"),
            (Some("modifying"), "NotReady"),
            (Some("available"), "NotReady"),
            (Some("stopped"), "ResourceFailed"),
            (Some("storage-full"), "ResourceFailed"),
            (None, "ResourceFailed"),
        ];
        for (status, name) in cases {
            assert_eq!(refusal("shop", status).name(), name, "{status:?}");
        }
    }
}
