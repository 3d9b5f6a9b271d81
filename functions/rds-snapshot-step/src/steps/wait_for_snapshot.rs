//! `wait-for-snapshot`: ready once a snapshot, ours or the source's, is available.

use super::{gone, require_ready};
use crate::Context;
use crate::error::{StepError, failed_to};
use crate::request::Response;
use crate::status;

pub(super) async fn run(snapshot: &str, context: &Context) -> Result<Response, StepError> {
    let attempt = format!("describe snapshot `{snapshot}`");
    let found = context.rds.snapshot(snapshot).await.map_err(failed_to(attempt))?;
    decide(snapshot, found.as_ref().map(|snapshot| snapshot.found.status.as_str()))?;
    Ok(Response::Done {})
}

fn decide(snapshot: &str, status: Option<&str>) -> Result<(), StepError> {
    let what = format!("snapshot `{snapshot}`");
    let status = status.ok_or_else(|| gone(&what))?;
    require_ready(status::of_snapshot(status), &what, status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_is_ready_when_available_and_never_when_failed_or_gone() {
        let cases = [
            (Some("available"), None),
            (Some("creating"), Some("NotReady")),
            (Some("failed"), Some("ResourceFailed")),
            (None, Some("ResourceFailed")),
        ];
        for (status, name) in cases {
            assert_eq!(decide("a", status).err().map(|error| error.name()), name, "{status:?}");
        }
    }
}
