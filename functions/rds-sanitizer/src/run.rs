//! `rds-sanitizer run`.

use std::panic::AssertUnwindSafe;

use aws_types::SdkConfig;
use futures_util::FutureExt as _;
use jiff::Timestamp;
use sanitizer_contract::{
    Database, DatabaseReport, Rules, ScriptList, ScriptReport, Seed, Sql, VerificationReport, sha256_hex,
};

use crate::config::Config;
use crate::error::{Error, Finding, VerificationFailure};
use crate::fit::{Plan, Rulings};
use crate::key::Key;
use crate::masking;
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
    let secrets = aws_sdk_secretsmanager::Client::new(aws);
    let key = key(config, &rules, &secrets).await?;
    let credentials = secrets::credentials(&secrets, &config.secret_arn).await?;
    let server = Server::resolve(config, credentials).await?;
    // Before the first change: a misspelt name in the last entry shall not cost the hours before it.
    let plans = masking::prepare(&server, &rules, Rulings::Exact).await?;
    let progress = Progress::new(items(&rules, &plans));
    run_scripts(
        &server,
        &rules,
        &[ScriptList::Sql, ScriptList::Before],
        &progress,
        reports,
    )
    .await?;
    let plans = if rules.databases.iter().any(|database| !database.before.is_empty()) {
        masking::prepare(&server, &rules, Rulings::AfterScripts).await?
    } else {
        plans
    };
    for ((database, plan), report) in rules.databases.iter().zip(&plans).zip(reports.iter_mut()) {
        masking::change(&server, database, plan, key.as_ref(), &progress, report).await?;
    }
    run_scripts(&server, &rules, &[ScriptList::After], &progress, reports).await?;
    for (database, plan) in rules.databases.iter().zip(&plans) {
        masking::finish(&server, database, plan).await?;
    }
    for ((database, plan), report) in rules.databases.iter().zip(&plans).zip(reports.iter_mut()) {
        masking::prove(&server, database, plan, report).await?;
    }
    verify(&server, &rules, &progress, reports).await
}

/// The key of the masks; none where no database has masks.
async fn key(config: &Config, rules: &Rules, secrets: &aws_sdk_secretsmanager::Client) -> Result<Option<Key>, Error> {
    if rules.databases.iter().all(|database| database.tables.is_empty()) {
        return Ok(None);
    }
    match (rules.seed, &config.key_secret_arn) {
        (Seed::Run, _) => Key::random().map(Some).ok_or(Error::Defect),
        (Seed::Secret, Some(arn)) => secrets::key(secrets, arn).await.map(Some),
        (Seed::Secret, None) => Err(Error::KeyUnusable {
            problem: "WRASSE_MASKING_KEY_SECRET_ARN (the stack's parameter MaskingKeySecretArn) is not set".into(),
        }),
    }
}

fn items(rules: &Rules, plans: &[Plan]) -> usize {
    let of_rules =
        |database: &Database| database.sql.len() + database.before.len() + database.after.len() + database.verify.len();
    let masks = rules
        .databases
        .iter()
        .zip(plans)
        .map(|(database, plan)| masking::items(database, plan));
    rules.databases.iter().map(of_rules).chain(masks).sum()
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

/// All scripts of all databases come before the first verification, so that nothing changes after it was verified.
async fn run_scripts(
    server: &Server<'_>,
    rules: &Rules,
    lists: &[ScriptList],
    progress: &Progress,
    reports: &mut [DatabaseReport],
) -> Result<(), Error> {
    for (database, report) in rules.databases.iter().zip(reports) {
        let session = server.connect(&database.name).await?;
        for list in lists {
            for (number, sql) in (1..).zip(scripts(database, *list)) {
                let name = format!("{} {number}", name_of(*list));
                let item = Item {
                    kind: Kind::Script,
                    database: &database.name,
                    name: &name,
                };
                let script = session.run_script(name_of(*list), number, sql.as_str());
                let (rows, seconds) = progress.item(item, script, |rows| *rows).await?;
                report.scripts.push(ScriptReport {
                    list: *list,
                    number,
                    rows,
                    seconds,
                });
            }
        }
        session.close().await;
    }
    Ok(())
}

fn name_of(list: ScriptList) -> &'static str {
    match list {
        ScriptList::Sql => "sql",
        ScriptList::Before => "before",
        ScriptList::After => "after",
    }
}

fn scripts(database: &Database, list: ScriptList) -> &[Sql] {
    match list {
        ScriptList::Sql => &database.sql,
        ScriptList::Before => &database.before,
        ScriptList::After => &database.after,
    }
}

/// All verifications are made, also after one that did not pass. They have sessions of their own, which see what the
/// scripts committed and nothing else.
async fn verify(
    server: &Server<'_>,
    rules: &Rules,
    progress: &Progress,
    reports: &mut [DatabaseReport],
) -> Result<(), Error> {
    let mut failures = Vec::new();
    for (database, report) in rules.databases.iter().zip(reports) {
        let session = server.connect(&database.name).await?;
        for (number, verification) in (1..).zip(&database.verify) {
            let name = number.to_string();
            let item = Item {
                kind: Kind::Verification,
                database: &database.name,
                name: &name,
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
