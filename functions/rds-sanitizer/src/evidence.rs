//! What is written about a run: always a report, and after everything passed a manifest, last.

use aws_sdk_s3::Client;
use jiff::Timestamp;
use sanitizer_contract::{DatabaseReport, MANIFEST_FILE, Manifest, Outcome, Problem, REPORT_FILE, Report, VERSION};

use crate::config::Config;
use crate::error::Error;
use crate::s3;

/// The report of a run with this result.
pub(crate) fn report(
    config: &Config,
    started_at: Timestamp,
    finished_at: Timestamp,
    databases: Vec<DatabaseReport>,
    result: &Result<(), Error>,
) -> Report {
    let problem = result.as_ref().err().map(|error| Problem {
        code: error.code().into(),
        message: error.full_message(),
    });
    Report {
        version: VERSION,
        run: config.run.clone(),
        outcome: if problem.is_none() {
            Outcome::Passed
        } else {
            Outcome::Failed
        },
        rules_sha256: config.rules_sha256.clone(),
        started_at: started_at.to_string(),
        finished_at: finished_at.to_string(),
        databases,
        problem,
    }
}

/// Writes the report, and then the manifest if the report says that everything passed. Safe to repeat: both replace
/// those of an earlier attempt, and a manifest of an earlier attempt does not fit a later report.
///
/// # Errors
/// [`Error::EvidenceNotWritten`].
pub(crate) async fn write(s3: &Client, config: &Config, report: &Report) -> Result<(), Error> {
    let json = report.to_json().map_err(|_| Error::Defect)?;
    let manifest = Manifest::of(report, &json).to_json().map_err(|_| Error::Defect)?;
    s3::put_json(s3, &config.evidence.join(REPORT_FILE), json).await?;
    match report.outcome {
        Outcome::Passed => s3::put_json(s3, &config.evidence.join(MANIFEST_FILE), manifest).await,
        Outcome::Failed => Ok(()),
    }
}
