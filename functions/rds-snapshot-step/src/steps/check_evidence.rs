//! `check-evidence`: whether report and manifest prove that this run's copy was sanitized by these rules and verified.

use sanitizer_contract::{MANIFEST_FILE, Manifest, REPORT_FILE};

use crate::Context;
use crate::error::{StepError, failed_to};
use crate::request::{Container, Response, Run};

/// The container's name in the stack's task definition.
const SANITIZER: &str = "rds-sanitizer";

pub(super) async fn run(run: &Run, containers: &[Container], context: &Context) -> Result<Response, StepError> {
    let exit_code = containers.iter().find(|container| container.name == SANITIZER);
    match exit_code.and_then(|container| container.exit_code) {
        Some(0) => {}
        Some(code) => return Err(rejected(run, &format!("the sanitizer's exit code is {code}, not 0"))),
        None => return Err(rejected(run, "ECS tells no exit code of the sanitizer")),
    }
    require(run, context).await?;
    let uri = &run.evidence_uri;
    Ok(Response::Evidence {
        report_uri: format!("{uri}{REPORT_FILE}"),
        manifest_uri: format!("{uri}{MANIFEST_FILE}"),
    })
}

/// Fails unless the evidence of this run is there and proves what it must.
pub(super) async fn require(run: &Run, context: &Context) -> Result<(), StepError> {
    let manifest = read(run, MANIFEST_FILE, context).await?;
    let report = read(run, REPORT_FILE, context).await?;
    decide(run, manifest.as_deref(), report.as_deref()).map_err(|reason| rejected(run, &reason))
}

/// An evidence file's content; `None` where there is no such file.
pub(super) async fn read(run: &Run, file: &str, context: &Context) -> Result<Option<Vec<u8>>, StepError> {
    let uri = &run.evidence_uri;
    let Some((bucket, prefix)) = uri.strip_prefix("s3://").and_then(|path| path.split_once('/')) else {
        return Err(StepError::InvalidRequest(format!(
            "`evidence_uri` is `{uri}`, not `s3://bucket/prefix/`"
        )));
    };
    let attempt = format!("read {uri}{file}");
    context
        .s3
        .read(bucket, &format!("{prefix}{file}"))
        .await
        .map_err(failed_to(attempt))
}

fn decide(run: &Run, manifest: Option<&[u8]>, report: Option<&[u8]>) -> Result<(), String> {
    let manifest = manifest.ok_or("there is no manifest, so the sanitizer did not finish")?;
    let report = report.ok_or("there is no report")?;
    let manifest = Manifest::from_json(manifest).map_err(|error| error.to_string())?;
    manifest
        .accept(&run.id, &run.rules.sha256, report)
        .map_err(|error| error.to_string())
}

fn rejected(run: &Run, reason: &str) -> StepError {
    StepError::EvidenceRejected(format!(
        "nothing proves that the copy is sanitized: {reason} (evidence at {}). The copy is deleted and nothing is \
         shared. See the sanitizer's log, and start a new execution when the cause is mended.",
        run.evidence_uri
    ))
}
