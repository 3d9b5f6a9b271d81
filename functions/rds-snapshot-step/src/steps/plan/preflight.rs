//! What stands in the way of a run, all of it at once, each with what to do about it.

use std::collections::BTreeSet;

use rds_run::names::NameProblem;
use serde_json::Value;

use crate::config::Config;
use crate::rds::{Instance, Quota};
use crate::request::SnapshotSource;
use crate::status::{self, Readiness};

/// Engines that the sanitizer has a driver for, by RDS's names.
const SUPPORTED_ENGINES: [&str; 1] = ["postgres"];
/// The most accounts that a manual snapshot can be shared with
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html>).
const MOST_SHARED_ACCOUNTS: usize = 20;

/// What was asked for.
pub(super) struct Asked<'a> {
    pub(super) config: &'a Config,
    /// The execution's input.
    pub(super) input: &'a Value,
    /// The account that the execution runs in.
    pub(super) account: &'a str,
    pub(super) final_snapshot: &'a Result<String, Vec<NameProblem>>,
}

/// What was found. `None` where AWS refused to say, which is a problem reported elsewhere.
pub(super) struct Facts {
    pub(super) source: Lookup,
    pub(super) taken: Option<NameTaken>,
    pub(super) quota: Option<Quota>,
    pub(super) subnet_group_exists: Option<bool>,
    /// The document, or what is wrong with it.
    pub(super) rules: Option<Result<Vec<u8>, Vec<String>>>,
}

/// The source.
pub(super) enum Lookup {
    Found(Box<Instance>),
    Missing,
    /// AWS refused to say, which is a problem reported elsewhere.
    Unknown,
}

/// A snapshot has the final snapshot's name already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameTaken {
    /// This step is repeated late.
    ByThisRun,
    /// Somebody else's.
    ByAnother,
}

/// One sentence or two each: what was found, and what to do.
pub(super) fn problems(asked: &Asked<'_>, facts: &Facts) -> Vec<String> {
    let mut problems = Vec::new();
    input(asked.input, &mut problems);
    source(asked, facts, &mut problems);
    final_snapshot(asked, facts, &mut problems);
    accounts(asked, &mut problems);
    if asked.config.keep < 1 {
        problems
            .push("KEEP_FINAL_SNAPSHOTS is 0, so the run would delete its own result. Set it to 1 or more.".to_owned());
    }
    quota(asked, facts, &mut problems);
    if facts.subnet_group_exists == Some(false) {
        problems.push(format!(
            "The DB subnet group `{}` does not exist. Create it, or set DB_SUBNET_GROUP to one that exists.",
            asked.config.subnet_group
        ));
    }
    if let Some(Err(found)) = &facts.rules {
        let found = found
            .iter()
            .map(|problem| format!("The rules document is not usable: {problem}. Mend it."));
        problems.extend(found);
    }
    problems
}

fn input(input: &Value, problems: &mut Vec<String>) {
    let Value::Object(keys) = input else {
        problems.push("The execution's input is no JSON object. Start the execution with `{}`.".to_owned());
        return;
    };
    let unknown = keys
        .keys()
        .map(|key| format!("The execution's input has `{key}`, and no key is known. Start the execution with `{{}}`."));
    problems.extend(unknown);
}

fn source(asked: &Asked<'_>, facts: &Facts, problems: &mut Vec<String>) {
    let id = &asked.config.source;
    let instance = match &facts.source {
        Lookup::Found(instance) => instance,
        Lookup::Missing => {
            problems.push(format!(
                "There is no DB instance `{id}` in account {} and this region. Set SOURCE_DB_INSTANCE to the identifier \
                 of one that exists.",
                asked.account
            ));
            return;
        }
        Lookup::Unknown => return,
    };
    if let Some(cluster) = &instance.cluster {
        problems.push(format!(
            "The DB instance `{id}` is part of the cluster `{cluster}`, which is not supported. Choose an instance that \
             is in no cluster."
        ));
    }
    if !SUPPORTED_ENGINES.contains(&instance.engine.as_str()) {
        problems.push(format!(
            "The engine `{}` of the DB instance `{id}` is not supported: {} is. Choose another source.",
            instance.engine,
            SUPPORTED_ENGINES.join(", ")
        ));
    }
    if let Some(key) = &instance.key {
        encryption(asked, id, key, problems);
    }
    availability(asked, id, &instance.found.status, problems);
}

/// A snapshot under the AWS-managed key `aws/rds` cannot be shared, and one under a customer-managed key only by a role
/// that may use the key (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/share-encrypted-snapshot.html>).
fn encryption(asked: &Asked<'_>, id: &str, key: &str, problems: &mut Vec<String>) {
    match &asked.config.database_key {
        Some(given) if given != key => problems.push(format!(
            "The DB instance `{id}` is encrypted under {key}, and DATABASE_KMS_KEY_ARN is {given}. Correct it."
        )),
        None if !asked.config.share_with.is_empty() => problems.push(format!(
            "The DB instance `{id}` is encrypted under {key}, and its snapshots are to be shared. If that is a \
             customer-managed key, set DATABASE_KMS_KEY_ARN to it; snapshots under the AWS-managed key cannot be shared, \
             so then empty SHARE_WITH_ACCOUNTS."
        )),
        _ => {}
    }
}

/// A snapshot can only be taken of an available instance. A status that passes by itself (a backup, a modification) is
/// no problem here: the step that takes the snapshot waits for it. An existing snapshot needs no running source at all.
fn availability(asked: &Asked<'_>, id: &str, status: &str, problems: &mut Vec<String>) {
    match (asked.config.snapshot_source, status::of_instance(status)) {
        (SnapshotSource::Latest, _) | (SnapshotSource::New, Readiness::Ready | Readiness::NotReady) => {}
        (SnapshotSource::New, Readiness::NeverReady) => {
            let what_to_do = match status {
                "stopped" | "stopping" => "Start it",
                "storage-full" => "Give it more storage",
                _ => "Mend it; its events in the RDS console say more",
            };
            problems.push(format!(
                "The DB instance `{id}` is `{status}`, and a snapshot can only be taken of an available one. {what_to_do}, \
                 or use its newest snapshot (SNAPSHOT_SOURCE `latest`)."
            ));
        }
    }
}

fn final_snapshot(asked: &Asked<'_>, facts: &Facts, problems: &mut Vec<String>) {
    let format = &asked.config.final_snapshot_name;
    match asked.final_snapshot {
        Err(found) => {
            let found: Vec<_> = found.iter().map(ToString::to_string).collect();
            problems.push(format!(
                "The final snapshot's name `{format}` is illegal: {}. Change FINAL_SNAPSHOT_NAME.",
                found.join("; ")
            ));
        }
        Ok(name) if facts.taken == Some(NameTaken::ByAnother) => problems.push(format!(
            "A snapshot named `{name}` exists. Delete it, or add {{run}} or {{time}} to FINAL_SNAPSHOT_NAME."
        )),
        Ok(_) => {}
    }
}

fn accounts(asked: &Asked<'_>, problems: &mut Vec<String>) {
    let accounts = &asked.config.share_with;
    for account in accounts {
        if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            problems.push(format!(
                "`{account}` is no account id of 12 digits. Correct SHARE_WITH_ACCOUNTS."
            ));
        } else if account == asked.account {
            problems.push(format!(
                "{account} is this account, which has the snapshot anyway. Remove it from \
                 SHARE_WITH_ACCOUNTS."
            ));
        }
    }
    let different = accounts.iter().collect::<BTreeSet<_>>().len();
    if different > MOST_SHARED_ACCOUNTS {
        problems.push(format!(
            "SHARE_WITH_ACCOUNTS has {different} accounts, and RDS shares a snapshot with at most \
             {MOST_SHARED_ACCOUNTS}. Remove some."
        ));
    }
}

fn quota(asked: &Asked<'_>, facts: &Facts, problems: &mut Vec<String>) {
    let Some(Quota { used, max }) = facts.quota else { return };
    let needed = match asked.config.snapshot_source {
        SnapshotSource::New => 2,
        SnapshotSource::Latest => 1,
    };
    if used + needed > max {
        problems.push(format!(
            "The account has {used} of at most {max} manual snapshots in this region, and the run needs {needed} more. \
             Delete some, or have the quota raised."
        ));
    }
}

#[cfg(test)]
mod tests;
