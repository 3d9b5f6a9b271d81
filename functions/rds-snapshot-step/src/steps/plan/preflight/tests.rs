use rds_run::removal::{Found, Kind};
use rds_run::tags::Tags;
use serde_json::json;

use super::*;
use crate::config::RulesSource;

const ACCOUNT: &str = "123456789012";

struct Case {
    config: Config,
    input: Value,
    final_snapshot: Result<String, Vec<NameProblem>>,
    facts: Facts,
}

/// What `change` makes of a case without a problem.
fn found(change: impl FnOnce(&mut Case)) -> Vec<String> {
    let mut case = Case {
        config: Config {
            source: "shop".into(),
            snapshot_source: SnapshotSource::New,
            final_snapshot_name: "{source}-{run}".into(),
            share_with: vec!["210987654321".into()],
            keep: 3,
            rules: RulesSource::Inline(String::new()),
            evidence_bucket: "evidence".into(),
            subnet_group: "private".into(),
            security_group: "sg-1".into(),
            temporary_instance_class: None,
            database_key: None,
            stack: "wrasse".into(),
        },
        input: json!({}),
        final_snapshot: Ok("shop-1".into()),
        facts: Facts {
            source: Lookup::Found(Box::new(instance())),
            taken: None,
            quota: Some(Quota { used: 98, max: 100 }),
            subnet_group_exists: Some(true),
            rules: Some(Ok(Vec::new())),
        },
    };
    change(&mut case);
    let asked = Asked {
        config: &case.config,
        input: &case.input,
        account: ACCOUNT,
        final_snapshot: &case.final_snapshot,
    };
    problems(&asked, &case.facts)
}

fn instance() -> Instance {
    Instance {
        found: Found {
            kind: Kind::Instance,
            id: "shop".into(),
            status: "available".into(),
            created: None,
            tags: Tags::default(),
        },
        engine: "postgres".into(),
        class: "db.m7g.large".into(),
        key: None,
        cluster: None,
        endpoint: None,
        secret: None,
        password_pending: false,
    }
}

fn in_status(status: &str) -> Lookup {
    let mut instance = instance();
    instance.found.status = status.into();
    Lookup::Found(Box::new(instance))
}

fn assert_one(change: impl FnOnce(&mut Case), parts: &[&str]) {
    let problems = found(change);
    assert_eq!(problems.len(), 1, "{problems:?}");
    for part in parts {
        assert!(problems[0].contains(part), "`{part}` is not in: {}", problems[0]);
    }
}

#[test]
fn nothing_stands_in_the_way_of_a_good_run() {
    assert_eq!(found(|_| ()), [""; 0]);
}

#[test]
fn all_problems_are_found_at_once() {
    let problems = found(|case| {
        case.config.keep = 0;
        case.config.share_with = vec!["12".into()];
        case.input = json!({"target": "x"});
        case.final_snapshot = Err(vec![NameProblem::TrailingHyphen]);
        case.facts.source = Lookup::Missing;
        case.facts.quota = Some(Quota { used: 100, max: 100 });
        case.facts.subnet_group_exists = Some(false);
        case.facts.rules = Some(Err(vec!["one".into(), "two".into()]));
    });
    assert_eq!(problems.len(), 9, "{problems:#?}");
}

#[test]
fn a_source_that_does_not_exist_is_named_with_its_account() {
    assert_one(
        |case| case.facts.source = Lookup::Missing,
        &["`shop`", ACCOUNT, "SOURCE_DB_INSTANCE"],
    );
}

#[test]
fn a_source_that_will_not_become_available_says_what_to_do() {
    assert_one(
        |case| case.facts.source = in_status("stopped"),
        &["`stopped`", "Start it"],
    );
    assert_one(
        |case| case.facts.source = in_status("storage-full"),
        &["`storage-full`", "more storage"],
    );
    assert_one(
        |case| case.facts.source = in_status("incompatible-network"),
        &["`incompatible-network`", "Mend it"],
    );
}

#[test]
fn a_source_that_is_briefly_busy_is_no_problem() {
    for status in ["backing-up", "modifying", "rebooting"] {
        assert_eq!(found(|case| case.facts.source = in_status(status)), [""; 0], "{status}");
    }
}

#[test]
fn a_stopped_source_is_no_problem_where_an_existing_snapshot_is_used() {
    let problems = found(|case| {
        case.config.snapshot_source = SnapshotSource::Latest;
        case.facts.source = in_status("stopped");
    });
    assert_eq!(problems, [""; 0]);
}

#[test]
fn another_engine_and_a_cluster_are_not_supported() {
    let aurora = |case: &mut Case| {
        let mut instance = instance();
        instance.engine = "aurora-postgresql".into();
        instance.cluster = Some("shop-cluster".into());
        case.facts.source = Lookup::Found(Box::new(instance));
    };
    let problems = found(aurora);
    assert_eq!(problems.len(), 2);
    assert!(problems[0].contains("`shop-cluster`"), "{}", problems[0]);
    assert!(
        problems[1].contains("`aurora-postgresql`") && problems[1].contains("postgres is"),
        "{}",
        problems[1]
    );
}

#[test]
fn an_illegal_or_taken_final_name_is_a_problem_and_the_runs_own_is_not() {
    let illegal = |case: &mut Case| {
        case.final_snapshot = Err(vec![
            NameProblem::UnknownPlaceholder("day".into()),
            NameProblem::DoubleHyphen,
        ]);
    };
    assert_one(
        illegal,
        &["`{day}` is no placeholder", "two hyphens", "FINAL_SNAPSHOT_NAME"],
    );
    assert_one(
        |case| case.facts.taken = Some(NameTaken::ByAnother),
        &["`shop-1` exists"],
    );
    assert_eq!(found(|case| case.facts.taken = Some(NameTaken::ByThisRun)), [""; 0]);
}

#[test]
fn accounts_to_share_with_are_twelve_digits_other_accounts_and_at_most_twenty() {
    let accounts = |accounts: Vec<String>| move |case: &mut Case| case.config.share_with = accounts;
    let many = |count: u64| {
        (0..count)
            .map(|number| format!("{:012}", 200_000_000_000 + number))
            .collect::<Vec<_>>()
    };
    assert_one(accounts(vec!["12345678901".into()]), &["`12345678901`"]);
    assert_one(accounts(vec!["12345678901x".into()]), &["`12345678901x`"]);
    assert_one(accounts(vec![ACCOUNT.into()]), &["this account"]);
    assert_eq!(found(accounts(many(20))), [""; 0]);
    assert_one(accounts(many(21)), &["21 accounts", "at most 20"]);
}

#[test]
fn the_quota_must_have_room_for_every_snapshot_of_the_run() {
    let quota = |used, source| {
        found(move |case| {
            case.facts.quota = Some(Quota { used, max: 100 });
            case.config.snapshot_source = source;
        })
    };
    assert_eq!(quota(98, SnapshotSource::New).len(), 0);
    assert_eq!(quota(99, SnapshotSource::New).len(), 1);
    assert_eq!(quota(99, SnapshotSource::Latest).len(), 0);
    assert_eq!(quota(100, SnapshotSource::Latest).len(), 1);
}

#[test]
fn keeping_nothing_is_a_problem() {
    assert_one(|case| case.config.keep = 0, &["KEEP_FINAL_SNAPSHOTS"]);
}

#[test]
fn every_unknown_key_of_the_input_is_named() {
    let problems = found(|case| case.input = json!({"target": 1, "region": 2}));
    assert_eq!(problems.len(), 2);
    assert!(problems.iter().any(|problem| problem.contains("`target`")));
    assert!(problems.iter().any(|problem| problem.contains("`region`")));
    assert_one(|case| case.input = json!([]), &["no JSON object"]);
}

fn encrypted() -> Lookup {
    let mut instance = instance();
    instance.key = Some("arn:key/1".into());
    Lookup::Found(Box::new(instance))
}

#[test]
fn an_encrypted_source_is_shared_only_under_the_key_that_was_given() {
    assert_one(
        |case| case.facts.source = encrypted(),
        &["arn:key/1", "DATABASE_KMS_KEY_ARN"],
    );
    let with_key = |key: &'static str| {
        move |case: &mut Case| {
            case.facts.source = encrypted();
            case.config.database_key = Some(key.into());
        }
    };
    assert_one(with_key("arn:key/2"), &["arn:key/1", "arn:key/2"]);
    assert_eq!(found(with_key("arn:key/1")), [""; 0]);
    let unshared = |case: &mut Case| {
        case.facts.source = encrypted();
        case.config.share_with.clear();
    };
    assert_eq!(found(unshared), [""; 0]);
}
