//! Error names are a contract between the functions and the state machines that invoke them, in both directions.

use std::collections::BTreeSet;

use serde_json::Value;
use system_tests::function::Function;
use system_tests::machine::{Machine, RESERVED};
use system_tests::repository;

fn names(owned: &BTreeSet<String>) -> BTreeSet<&str> {
    owned.iter().map(String::as_str).collect()
}

/// Names a Retry or Catch knows that nobody can return, and temporary ones that a task does not retry.
fn disagreements(machine: &Machine, returned: &BTreeSet<&str>, temporary: &BTreeSet<&str>) -> Vec<String> {
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
    if ours != *temporary {
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
fn every_error_name_in_a_state_machine_can_be_returned_and_every_returned_one_is_handled() {
    for machine in repository::machines().unwrap() {
        let (mut returned, mut temporary) = (BTreeSet::new(), BTreeSet::new());
        for function in machine.functions().unwrap() {
            returned.extend(function.errors().unwrap());
            temporary.extend(function.temporary().unwrap());
        }
        assert!(!returned.is_empty(), "{}", machine.path);
        assert_eq!(
            disagreements(&machine, &names(&returned), &names(&temporary)),
            Vec::<String>::new(),
            "{}",
            machine.path
        );
    }

    let broken = "StartAt: A\nStates:\n  A: {Type: Task, Resource: 'arn:aws:states:::lambda:invoke', Retry: [{ErrorEquals: [Nobody]}]}";
    let machine = Machine::parse("statemachines/x.asl.yaml", broken).unwrap();
    let one = BTreeSet::from(["NotReady"]);
    let found = disagreements(&machine, &one, &one).join("; ");
    assert!(found.contains("nobody can return 'Nobody'"), "{found}");
    assert!(found.contains("retried are {}"), "{found}");
    assert!(found.contains("goes uncaught"), "{found}");
}

/// A step's file is named for it. One that names `NotReady`, or a helper that answers it, can return it.
fn may_be_not_ready(function: &Function, step: &str) -> bool {
    let code = function.step(step).unwrap();
    ["StepError::NotReady", "require_ready(", "wanted.take("]
        .iter()
        .any(|answer| code.contains(answer))
}

#[test]
fn exactly_the_states_whose_step_may_be_not_ready_wait_for_it() {
    for machine in repository::machines().unwrap() {
        for (name, payload) in machine.payloads() {
            let function = machine.invoked(name).unwrap();
            let waits = Machine::errors(machine.states()[name], "Retry").contains("NotReady");
            assert_eq!(
                waits,
                may_be_not_ready(&function, payload["step"].as_str().unwrap()),
                "{}: {name}",
                machine.path
            );
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
                    assert_eq!(asked, [60, 300, 1], "{}: {name}", machine.path);
                }
            }
        }
    }
}

#[test]
fn a_state_machine_asks_for_every_step_of_its_functions_and_for_no_other() {
    for machine in repository::machines().unwrap() {
        let payloads = machine.payloads();
        let asked: BTreeSet<String> = payloads
            .values()
            .filter_map(|p| Some(p["step"].as_str()?.to_owned()))
            .collect();
        let functions = machine.functions().unwrap();
        let steps: BTreeSet<String> = functions.iter().flat_map(|f| f.steps().unwrap()).collect();
        assert_eq!(asked, steps, "{}", machine.path);
    }
}
