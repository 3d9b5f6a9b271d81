//! Error names are a contract between the functions and the state machines that invoke them, in both directions.

use std::collections::BTreeSet;

use rds_snapshot_step::{Request, StepError, TEMPORARY};
use serde_json::Value;
use strum::VariantNames;
use system_tests::machine::{Machine, RESERVED};
use system_tests::repository;

/// Names a Retry or Catch knows that nobody can return, and temporary ones that a task does not retry.
fn disagreements(machine: &Machine, returned: &[&str], temporary: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (name, state) in machine.states() {
        for error in Machine::errors(state, "Retry").union(&Machine::errors(state, "Catch")) {
            if !returned.contains(error) && !RESERVED.contains(error) {
                found.push(format!("{name}: nobody can return '{error}'"));
            }
        }
    }
    let retried: BTreeSet<&str> = machine
        .states()
        .values()
        .flat_map(|s| Machine::errors(s, "Retry"))
        .collect();
    let ours: BTreeSet<&str> = retried.into_iter().filter(|e| returned.contains(e)).collect();
    if ours != temporary.iter().copied().collect() {
        found.push(format!("retried are {ours:?}, temporary are {temporary:?}"));
    }
    for (name, _) in machine.payloads() {
        let state = machine.states()[name];
        if !Machine::errors(state, "Catch").contains("States.ALL") {
            found.push(format!("{name}: an error of the function goes uncaught"));
        }
    }
    found
}

#[test]
fn every_error_name_in_the_state_machine_can_be_returned_and_every_returned_one_is_handled() {
    for machine in repository::machines().unwrap() {
        assert_eq!(
            disagreements(&machine, StepError::VARIANTS, &TEMPORARY),
            Vec::<String>::new()
        );
    }

    let broken = "StartAt: A\nStates:\n  A: {Type: Task, Resource: 'arn:aws:states:::lambda:invoke', Retry: [{ErrorEquals: [Nobody]}]}";
    let machine = Machine::parse("statemachines/x.asl.yaml", broken).unwrap();
    let found = disagreements(&machine, &["NotReady"], &["NotReady"]).join("; ");
    assert!(found.contains("nobody can return 'Nobody'"), "{found}");
    assert!(found.contains("retried are {}"), "{found}");
    assert!(found.contains("goes uncaught"), "{found}");
}

/// A step's file is named for it. One that names `NotReady`, or a helper that answers it, can return it.
fn may_be_not_ready(step: &str) -> bool {
    let source = repository::read(format!(
        "functions/rds-snapshot-step/src/steps/{}.rs",
        step.replace('-', "_")
    ))
    .unwrap();
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    ["StepError::NotReady", "require_ready(", "wanted.take("]
        .iter()
        .any(|answer| code.contains(answer))
}

#[test]
fn exactly_the_states_whose_step_may_be_not_ready_wait_for_it() {
    for machine in repository::machines().unwrap() {
        for (name, payload) in machine.payloads() {
            let waits = Machine::errors(machine.states()[name], "Retry").contains("NotReady");
            assert_eq!(waits, may_be_not_ready(payload["step"].as_str().unwrap()), "{name}");
        }
    }
}

#[test]
fn not_ready_is_retried_every_minute_for_five_hours() {
    for machine in repository::machines().unwrap() {
        for (name, state) in machine.states() {
            for retry in state["Retry"].as_array().into_iter().flatten() {
                if retry["ErrorEquals"]
                    .as_array()
                    .is_some_and(|e| e.contains(&Value::from("NotReady")))
                {
                    let asked = [&retry["IntervalSeconds"], &retry["MaxAttempts"], &retry["BackoffRate"]];
                    assert_eq!(asked, [60, 300, 1], "{name}");
                }
            }
        }
    }
}

#[test]
fn the_state_machine_asks_for_every_step_and_for_no_other() {
    let machines = repository::machines().unwrap();
    let machine = machines.iter().find(|m| m.name() == "rds-snapshots").unwrap();
    let asked: BTreeSet<&str> = machine.payloads().values().filter_map(|p| p["step"].as_str()).collect();
    assert_eq!(asked, Request::VARIANTS.iter().copied().collect());
}
