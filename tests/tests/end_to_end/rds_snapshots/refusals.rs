//! What Plan refuses, before anything is made.

use serde_json::json;
use system_tests::repository;

use super::account::Left;
use super::fleet::{Fleet, Run, SOURCE, fleet};
use crate::deployment::{architecture, network, outputs};
use crate::engine::{control, tool, trace};

/// A refused run: what it says, and that it got no further than Plan.
fn refused(fleet: &Fleet, run: &Run, words: &[&str]) {
    assert_eq!(
        (run.status.as_str(), run.error.as_str()),
        ("FAILED", "PlanRejected"),
        "{}",
        run.cause
    );
    for word in words {
        assert!(run.cause.contains(word), "'{word}' is not said in: {}", run.cause);
    }
    let trace = trace(&run.arn);
    let entered: Vec<&str> = trace.iter().map(|(state, _)| state.as_str()).collect();
    assert_eq!(entered, ["Plan", "Notify of failure", "Failed"]);
    assert_eq!(fleet.left_by(&run.id).instances, Left::NOTHING.instances);
}

#[test]
fn a_stack_of_its_own_with_every_setting_wrong_is_told_all_at_once() {
    let fleet = fleet();
    let parameters = format!(
        "Architecture={} {} SourceDBInstance=no-such-instance SanitizerImage=local/rds-sanitizer \
         RulesS3Uri=s3://wrasse-rules/missing.yaml FinalSnapshotName=bad--name-sanitized-{{run}} ShareWithAccounts=123456789012",
        architecture(),
        network()
    );
    let overrides: Vec<&str> = parameters.split_whitespace().collect();
    let template = ".aws-sam/build/RdsSnapshotsStack/template.yaml";
    let config = repository::root().join("samconfig.toml").display().to_string();
    let command = [
        "deploy",
        "--config-file",
        &config,
        "--config-env",
        "local",
        "--stack-name",
        "wrong",
        "--template",
        template,
    ];
    tool("sam", &[&command[..], &["--parameter-overrides"], &overrides].concat());
    let machine = &outputs("wrong")["StateMachineArn"];
    let started = fleet
        .states
        .start_execution()
        .state_machine_arn(machine)
        .name("wrong")
        .input("{}")
        .send();
    let run = fleet.finish(&fleet.wait(started).unwrap().execution_arn);
    refused(
        &fleet,
        &run,
        &["no-such-instance", "bad--name", "missing.yaml", "123456789012"],
    );
}

#[test]
fn a_source_that_is_not_available() {
    let fleet = fleet();
    let status = |status: &str| {
        control(
            "rds/faults",
            &json!({"kind": "instance-status", "instance": SOURCE, "status": status}),
        );
    };
    status("stopped");
    let run = fleet.run("source-stopped");
    status("available");
    refused(&fleet, &run, &[SOURCE, "stopped"]);
}

#[test]
fn a_final_name_that_is_taken() {
    let fleet = fleet();
    let name = format!("{SOURCE}-sanitized-{}", rds_run::names::run_id(&fleet.arn("taken")));
    let create = fleet
        .rds
        .create_db_snapshot()
        .db_instance_identifier(SOURCE)
        .db_snapshot_identifier(&name)
        .send();
    fleet.wait(create).unwrap();
    control("clock/advance", &json!({"seconds": 3600}));
    let run = fleet.run("taken");
    let still_there = fleet
        .snapshots()
        .iter()
        .any(|s| s.db_snapshot_identifier() == Some(&name));
    fleet
        .wait(fleet.rds.delete_db_snapshot().db_snapshot_identifier(&name).send())
        .unwrap();
    control("clock/advance", &json!({"seconds": 3600}));
    refused(&fleet, &run, &[&name]);
    assert!(still_there, "someone else's snapshot was deleted");
}

#[test]
fn an_unreadable_rules_document() {
    let fleet = fleet();
    fleet.rules("version: 1\ndatabases: [");
    refused(&fleet, &fleet.run("unreadable-rules"), &["rules"]);
}

#[test]
fn an_unknown_key_in_the_rules_document() {
    let fleet = fleet();
    fleet.rules(&super::fleet::RULES.replace("verify:", "verfiy:"));
    refused(&fleet, &fleet.run("unknown-key"), &["verfiy", "verify"]);
}

#[test]
fn an_unknown_key_in_the_executions_input() {
    let fleet = fleet();
    let machine = fleet.output("RdsSnapshotsStateMachineArn");
    let start = fleet
        .states
        .start_execution()
        .state_machine_arn(machine)
        .name("unknown-input");
    let started = fleet.wait(start.input(r#"{"sorce": "x"}"#).send()).unwrap();
    refused(&fleet, &fleet.finish(&started.execution_arn), &["sorce"]);
}
