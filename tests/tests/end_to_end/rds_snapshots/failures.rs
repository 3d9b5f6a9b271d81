//! Runs that fail after they began: each ends FAILED with words that say what to do, leaves nothing and shares nothing.

use serde_json::json;

use super::account::Left;
use super::fleet::{Fleet, Run, SOURCE, fleet};
use crate::engine::{control, fault, trace, until};

/// A failed run: its error, words in its cause, and nothing left of it.
fn failed(fleet: &Fleet, run: &Run, error: &str, words: &[&str]) {
    assert_eq!(
        (run.status.as_str(), run.error.as_str()),
        ("FAILED", error),
        "{}",
        run.cause
    );
    for word in words {
        assert!(run.cause.contains(word), "'{word}' is not said in: {}", run.cause);
    }
    assert_eq!(fleet.left_by(&run.id), Left::NOTHING);
}

fn rules(sql: &str, verify: &str) -> String {
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    format!(
        "version: 1\ndatabases:\n  - name: shop\n    sql: [\"UPDATE people SET notes = NULL\", {}]\n    verify:\n      - expect_no_rows: {}\n",
        quoted(sql),
        quoted(verify)
    )
}

#[test]
fn sql_that_fails_halfway() {
    let fleet = fleet();
    fleet.rules(&rules("UPDATE people SET emial = 'x'", "SELECT 1 WHERE false"));
    let run = fleet.run("sql-fails");
    failed(&fleet, &run, "SanitizerFailed", &["shop", "script 2", "42703", "emial"]);
    assert!(fleet.evidence(&run.id, "manifest.json").is_none());
}

#[test]
fn a_constraint_broken_by_data_does_not_tell_the_data() {
    let fleet = fleet();
    fleet.rules(&rules("UPDATE people SET id = length(email)", "SELECT 1 WHERE false"));
    let run = fleet.run("constraint");
    failed(
        &fleet,
        &run,
        "SanitizerFailed",
        &["shop", "script 2", "23505", "people_pkey"],
    );
    assert!(
        !run.cause.contains("already exists"),
        "the detail tells values: {}",
        run.cause
    );
}

#[test]
fn a_verification_that_finds_rows() {
    let fleet = fleet();
    fleet.rules(&rules(
        "SELECT 1",
        "SELECT email FROM people WHERE email LIKE '%bigcorp%'",
    ));
    let run = fleet.run("verification");
    failed(&fleet, &run, "SanitizerFailed", &["shop", "500"]);
    assert!(!run.cause.contains("bigcorp"), "{}", run.cause);
    assert!(fleet.evidence(&run.id, "manifest.json").is_none());
}

#[test]
fn a_database_that_the_rules_name_and_the_instance_lacks() {
    let fleet = fleet();
    fleet.rules(&super::fleet::RULES.replace("name: shop", "name: warehouse"));
    failed(
        &fleet,
        &fleet.run("no-such-database"),
        "SanitizerFailed",
        &["no database warehouse", "databases[].name"],
    );
}

#[test]
fn a_sanitizer_that_is_killed() {
    let fleet = fleet();
    control("ecs/kill", &json!({}));
    failed(&fleet, &fleet.run("killed"), "SanitizerFailed", &["137"]);
}

#[test]
fn a_snapshot_that_fails_while_it_is_waited_for() {
    let fleet = fleet();
    fault("snapshot-fails", "wrasse-tmp-");
    failed(
        &fleet,
        &fleet.run("snapshot-fails"),
        "ResourceFailed",
        &["wrasse-tmp-", "failed"],
    );
}

#[test]
fn a_final_snapshot_that_fails_is_taken_away_too() {
    let fleet = fleet();
    fault("snapshot-fails", &format!("{SOURCE}-sanitized-"));
    failed(&fleet, &fleet.run("final-fails"), "ResourceFailed", &[SOURCE, "failed"]);
}

#[test]
fn not_ready_to_the_last_attempt() {
    let fleet = fleet();
    fault("snapshot-never-ready", "wrasse-tmp-");
    let arn = fleet.start("never-ready");
    // A snapshot that is being made can't be deleted. It ends once the run has given up on it.
    until("the run gives up", || {
        trace(&arn)
            .iter()
            .any(|(s, _)| s == "Clean up after failure")
            .then_some(())
    });
    control("rds/faults", &json!({"kind": "clear"}));
    let run = fleet.finish(&arn);
    failed(&fleet, &run, "NotReady", &["wrasse-tmp-", "creating"]);
    let trace = trace(&run.arn);
    let waits = &trace.iter().find(|(state, _)| state == "Wait for snapshot").unwrap().1;
    assert_eq!(*waits, [60; 300]);
}

#[test]
fn a_temporary_instance_that_is_stopped_while_it_is_waited_for() {
    let fleet = fleet();
    let name = format!("wrasse-tmp-{}", rds_run::names::run_id(&fleet.arn("stopped")));
    control(
        "rds/faults",
        &json!({"kind": "instance-status", "instance": name, "status": "storage-full"}),
    );
    failed(
        &fleet,
        &fleet.run("stopped"),
        "ResourceFailed",
        &[&name, "storage-full"],
    );
}
