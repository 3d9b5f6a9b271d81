//! `rds-sanitizer run`.

use std::panic::AssertUnwindSafe;

use aws_types::SdkConfig;
use futures_util::FutureExt as _;
use jiff::Timestamp;
use sanitizer_contract::{DatabaseReport, Rules, ScriptReport, VerificationReport, sha256_hex};

use crate::config::Config;
use crate::error::{Error, Finding, VerificationFailure};
use crate::postgres::Server;
use crate::progress::{Item, Kind, Progress};
use crate::{evidence, s3, secrets};

/// Sanitizes, verifies, and writes what came of it. `now` is the clock; `told_to_stop` ends the work early.
///
/// # Errors
/// Why the run failed. The report says the same, where it could be written.
pub async fn run(
    config: &Config,
    aws: &SdkConfig,
    now: impl Fn() -> Timestamp,
    told_to_stop: impl Future<Output = ()>,
) -> Result<(), Error> {
    let started_at = now();
    let s3 = aws_sdk_s3::Client::new(aws);
    let mut databases = Vec::new();
    let result = tokio::select! {
        result = caught(sanitize(config, aws, &s3, &mut databases)) => result,
        () = told_to_stop => Err(Error::Terminated),
    };
    let report = evidence::report(config, started_at, now(), databases, &result);
    let written = evidence::write(&s3, config, &report).await;
    if let (Err(_), Err(error)) = (&result, &written) {
        tracing::error!(problem = error.code(), "{}", error.full_message());
    }
    result.and(written)
}

/// A panic as an error, so that a report is written after it, too.
async fn caught(work: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
    AssertUnwindSafe(work)
        .catch_unwind()
        .await
        .unwrap_or(Err(Error::Defect))
}

async fn sanitize(
    config: &Config,
    aws: &SdkConfig,
    s3: &aws_sdk_s3::Client,
    reports: &mut Vec<DatabaseReport>,
) -> Result<(), Error> {
    let rules = rules(config, s3).await?;
    reports.extend(rules.databases.iter().map(|database| DatabaseReport {
        name: database.name.clone(),
        ..DatabaseReport::default()
    }));
    let credentials = secrets::credentials(&aws_sdk_secretsmanager::Client::new(aws), &config.secret_arn).await?;
    let server = Server::resolve(config, credentials).await?;
    let mut progress = Progress::new(
        rules
            .databases
            .iter()
            .map(|database| database.sql.len() + database.verify.len())
            .sum(),
    );
    every_database_answers(&server, &rules).await?;
    run_scripts(&server, &rules, &mut progress, reports).await?;
    verify(&server, &rules, &mut progress, reports).await
}

async fn rules(config: &Config, s3: &aws_sdk_s3::Client) -> Result<Rules, Error> {
    let document = s3::rules(s3, &config.rules).await?;
    let found = sha256_hex(&document);
    if found != config.rules_sha256 {
        return Err(Error::RulesChanged {
            uri: config.rules.clone(),
            expected: config.rules_sha256.clone(),
            found,
        });
    }
    Ok(Rules::parse(&document)?)
}

/// Before the first change: a misspelt name in the last entry shall not cost the hours before it.
async fn every_database_answers(server: &Server<'_>, rules: &Rules) -> Result<(), Error> {
    for database in &rules.databases {
        server.connect(&database.name).await?.close().await;
    }
    Ok(())
}

/// All scripts of all databases come before the first verification, so that nothing changes after it was verified.
async fn run_scripts(
    server: &Server<'_>,
    rules: &Rules,
    progress: &mut Progress,
    reports: &mut [DatabaseReport],
) -> Result<(), Error> {
    for (database, report) in rules.databases.iter().zip(reports) {
        let session = server.connect(&database.name).await?;
        for (number, sql) in (1..).zip(&database.sql) {
            let item = Item {
                kind: Kind::Script,
                database: &database.name,
                number,
            };
            let script = session.run_script(number, sql.as_str());
            let (rows, seconds) = progress.item(item, script, |rows| *rows).await?;
            report.scripts.push(ScriptReport { number, rows, seconds });
        }
        session.close().await;
    }
    Ok(())
}

/// All verifications are made, also after one that did not pass. They have sessions of their own, which see what the
/// scripts committed and nothing else.
async fn verify(
    server: &Server<'_>,
    rules: &Rules,
    progress: &mut Progress,
    reports: &mut [DatabaseReport],
) -> Result<(), Error> {
    let mut failures = Vec::new();
    for (database, report) in rules.databases.iter().zip(reports) {
        let session = server.connect(&database.name).await?;
        for (number, verification) in (1..).zip(&database.verify) {
            let item = Item {
                kind: Kind::Verification,
                database: &database.name,
                number,
            };
            let count = session.count_rows(number, verification.expect_no_rows.as_str());
            let (found, seconds) = progress.item(item, count, Finding::rows).await?;
            if let Finding::Rows(rows_found) = found {
                report.verifications.push(VerificationReport {
                    number,
                    rows_found,
                    seconds,
                });
            }
            if !matches!(found, Finding::Rows(0)) {
                failures.push(VerificationFailure {
                    database: database.name.clone(),
                    number,
                    found,
                });
            }
        }
        session.close().await;
    }
    if failures.is_empty() {
        Ok(())
    } else {
        Err(Error::VerificationFailed { failures })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_a_failed_run() {
        let result = caught(async { panic!("of a test") }).await;
        assert!(matches!(result, Err(Error::Defect)));
        assert!(caught(async { Ok(()) }).await.is_ok());
    }
}
