//! `find-latest-snapshot`: the source's newest available snapshot, manual or automated.

use rds_run::ownership::is_temporary_snapshot;

use crate::Context;
use crate::error::{StepError, failed_to};
use crate::rds::Snapshot;
use crate::request::{Response, Run};
use crate::status::{self, Readiness};

pub(super) async fn run(run: &Run, context: &Context) -> Result<Response, StepError> {
    let source = &run.source.instance;
    let attempt = format!("list the snapshots of instance `{source}`");
    let snapshots = context.rds.snapshots_of(source).await.map_err(failed_to(attempt))?;
    match newest(&snapshots) {
        Some(snapshot) => Ok(Response::Snapshot {
            snapshot: snapshot.found.id.clone(),
        }),
        None => Err(StepError::ResourceFailed(format!(
            "instance `{source}` has no available snapshot ({} in all). Take one or turn its automated backups on, or \
             let the run take its own (SNAPSHOT_SOURCE `new`).",
            snapshots.len()
        ))),
    }
}

/// The newest that is available now. One that is still being made may be newer, but may also fail. A run's temporary
/// snapshot is deleted when that run ends, so it is never built on.
fn newest(snapshots: &[Snapshot]) -> Option<&Snapshot> {
    snapshots
        .iter()
        .filter(|snapshot| status::of_snapshot(&snapshot.found.status) == Readiness::Ready)
        .filter(|snapshot| !is_temporary_snapshot(&snapshot.found.tags))
        .filter(|snapshot| snapshot.found.created.is_some())
        .max_by_key(|snapshot| snapshot.found.created)
}

#[cfg(test)]
mod tests {
    use rds_run::removal::{Found, Kind};
    use rds_run::tags::{ROLE, Role};

    use super::*;

    fn snapshot(id: &str, status: &str, created: Option<&str>, role: Option<Role>) -> Snapshot {
        let found = Found {
            kind: Kind::Snapshot,
            id: id.into(),
            status: status.into(),
            created: created.map(|time| time.parse().unwrap()),
            tags: role.map(|role| (ROLE, role.as_str())).into_iter().collect(),
        };
        Snapshot {
            found,
            arn: String::new(),
        }
    }

    #[test]
    fn the_newest_available_one_is_found_wherever_it_is_listed() {
        let snapshots = [
            snapshot("old", "available", Some("2026-11-18T03:00:00Z"), None),
            snapshot("rds:newest", "available", Some("2026-11-20T03:00:00Z"), None),
            snapshot("middle", "available", Some("2026-11-19T03:00:00Z"), None),
            snapshot("still-being-made", "creating", Some("2026-11-20T09:00:00Z"), None),
            snapshot("broken", "failed", Some("2026-11-20T08:00:00Z"), None),
            snapshot(
                "of-another-run",
                "available",
                Some("2026-11-20T09:30:00Z"),
                Some(Role::TemporarySnapshot),
            ),
            snapshot("without-a-time", "available", None, None),
        ];
        assert_eq!(newest(&snapshots).unwrap().found.id, "rds:newest");
    }

    #[test]
    fn a_source_without_an_available_snapshot_has_no_newest() {
        assert_eq!(
            newest(&[snapshot("a", "creating", Some("2026-11-20T09:00:00Z"), None)]),
            None
        );
    }
}
