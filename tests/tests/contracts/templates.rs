//! Templates, state machines and functions fit together.

use std::collections::BTreeSet;

use serde_json::Value;
use system_tests::machine::Machine;
use system_tests::repository;
use system_tests::template::{Template, logical_id};

#[test]
fn no_template_has_a_problem_of_its_own() {
    for template in repository::stacks().unwrap() {
        assert_eq!(template.problems(), Vec::<String>::new(), "{}", template.path);
    }
}

#[test]
fn no_state_machine_has_a_problem_of_its_own() {
    for machine in repository::machines().unwrap() {
        assert_eq!(machine.problems(), Vec::<String>::new(), "{}", machine.path);
    }
}

#[test]
fn every_state_machine_is_deployed_with_exactly_the_names_it_needs() {
    let stacks = repository::stacks().unwrap();
    for Machine { path, .. } in &repository::machines().unwrap() {
        let uri = format!("../{path}");
        let deployed = stacks.iter().flat_map(|s| s.resources("AWS::Serverless::StateMachine"));
        let found: Vec<_> = deployed
            .filter(|(_, m)| m["Properties"]["DefinitionUri"] == uri.as_str())
            .collect();
        assert_eq!(found.len(), 1, "{path} must be deployed by one stack");
        let machine = Machine::parse(path, &repository::read(path).unwrap()).unwrap();
        let given = found[0].1["Properties"]["DefinitionSubstitutions"].as_object().unwrap();
        let given: BTreeSet<&str> = given.keys().map(String::as_str).collect();
        assert_eq!(given, machine.substitutions(), "{path}");
    }
}

#[test]
fn every_function_folder_is_deployed_by_one_stack_and_every_deployed_function_has_its_folder() {
    let stacks = repository::stacks().unwrap();
    let mut deployed: Vec<String> = Vec::new();
    for stack in &stacks {
        deployed.extend(
            stack
                .resources("AWS::Serverless::Function")
                .keys()
                .map(ToString::to_string),
        );
        for task in stack.resources("AWS::ECS::TaskDefinition").values() {
            let containers = task["Properties"]["ContainerDefinitions"].as_array().unwrap();
            deployed.extend(containers.iter().map(|c| logical_id(c["Name"].as_str().unwrap())));
        }
    }
    deployed.sort();
    // Who answers jobs is deployed once by each stack that has functions of jobs: `jobs.rs`.
    deployed.dedup_by(|a, b| a == b && a == "JobAnswererFunction");
    let folders = repository::files("functions", "").unwrap();
    let mut wanted: Vec<String> = folders
        .iter()
        .map(|f| logical_id(f.file_name().unwrap().to_str().unwrap()))
        .collect();
    wanted.sort();
    assert_eq!(deployed, wanted);
}

/// Stacks that are deployed in further regions, once each: a nested stack is of its parent's region. They have no function,
/// hence nothing to build. What health-events sends goes to the bus of the home region, by rules alone: `EventBridge` tries
/// that for a day, and a heartbeat takes the same way, so that the home region knows when nothing arrives.
const EVERY_REGION: [&str; 2] = ["stacks/health-events.yaml", "stacks/layer-bucket.yaml"];

/// The functions of a stack that something invokes asynchronously: a schedule, a rule, or CloudFormation.
fn asynchronous(stack: &Template) -> BTreeSet<&str> {
    let schedules = stack.resources("AWS::Scheduler::Schedule").into_values();
    let by_schedule = schedules.map(|s| &s["Properties"]["Target"]["Arn"]);
    let rules = stack.resources("AWS::Events::Rule").into_values();
    let by_rule = rules.flat_map(|r| {
        r["Properties"]["Targets"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|t| &t["Arn"])
    });
    let all = stack.body["Resources"].as_object().into_iter().flatten();
    let by_stack = all.filter_map(|(_, r)| r["Properties"].get("ServiceToken"));
    let targets = by_schedule
        .chain(by_rule)
        .chain(by_stack)
        .filter_map(|a| a["Fn::GetAtt"][0].as_str());
    let functions = stack.resources("AWS::Serverless::Function");
    targets.filter(|t| functions.contains_key(t)).collect()
}

/// Whether a queue's policy lets a rule send to it.
fn takes_from(stack: &Template, queue: &Value, rule: &str) -> bool {
    let policies = stack.resources("AWS::SQS::QueuePolicy").into_values();
    let of_queue = policies.filter(|p| p["Properties"]["Queues"].to_string().contains(&queue.to_string()));
    let arn = format!(r#"{{"Fn::GetAtt":["{rule}","Arn"]}}"#);
    of_queue
        .flat_map(|p| {
            p["Properties"]["PolicyDocument"]["Statement"]
                .as_array()
                .into_iter()
                .flatten()
        })
        .any(|statement| statement["Condition"].to_string().contains(&arn))
}

#[test]
fn every_asynchronous_function_has_a_failure_destination() {
    for stack in repository::stacks().unwrap() {
        for (id, schedule) in stack.resources("AWS::Scheduler::Schedule") {
            let queue = &schedule["Properties"]["Target"]["DeadLetterConfig"];
            assert!(!queue.is_null(), "{id} loses what it can't deliver");
        }
        for (id, rule) in stack.resources("AWS::Events::Rule") {
            for target in rule["Properties"]["Targets"].as_array().into_iter().flatten() {
                let queue = &target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0];
                assert!(
                    !queue.is_null() || EVERY_REGION.contains(&stack.path.as_str()),
                    "{id} loses what it can't deliver"
                );
                assert!(
                    queue.is_null() || takes_from(&stack, queue, id),
                    "{queue} takes nothing from {id}"
                );
            }
        }
        for id in asynchronous(&stack) {
            let function = stack.resources("AWS::Serverless::Function")[id];
            let on_failure = &function["Properties"]["EventInvokeConfig"]["DestinationConfig"]["OnFailure"];
            assert!(
                !on_failure.is_null(),
                "{id} is invoked asynchronously and has no failure destination"
            );
        }
    }
}

/// The nested stacks of a template whose `Location` is this file, with their logical ids.
fn nesting<'a>(parent: &'a Template, path: &str) -> Vec<(&'a str, &'a Value)> {
    let folder = parent
        .path
        .rsplit_once('/')
        .map_or(String::new(), |(f, _)| format!("{f}/"));
    let nested = parent.resources("AWS::Serverless::Application").into_iter();
    nested
        .filter(|(_, a)| {
            a["Properties"]["Location"]
                .as_str()
                .is_some_and(|l| folder.clone() + l == path)
        })
        .collect()
}

#[test]
fn every_stack_is_in_the_table_of_contents_or_in_a_stack_that_is_and_gets_every_parameter() {
    let root = repository::root_template().unwrap();
    let stacks = repository::stacks().unwrap();
    for stack in &stacks {
        let parents: Vec<&Template> = std::iter::once(&root).chain(&stacks).collect();
        let found: Vec<_> = parents.iter().flat_map(|p| nesting(p, &stack.path)).collect();
        if EVERY_REGION.contains(&stack.path.as_str()) {
            assert!(found.is_empty(), "{} is of other regions", stack.path);
            assert!(
                stack.resources("AWS::Serverless::Function").is_empty(),
                "{}",
                stack.path
            );
            continue;
        }
        assert_eq!(found.len(), 1, "{} must be nested by one template", stack.path);
        let passed = found[0].1["Properties"]["Parameters"].as_object().unwrap();
        let passed: BTreeSet<&str> = passed.keys().map(String::as_str).collect();
        assert_eq!(passed, stack.parameters(), "{}", stack.path);
    }
}

#[test]
fn the_table_of_contents_has_a_switch_for_every_system_and_passes_its_outputs_on() {
    let root = repository::root_template().unwrap();
    for stack in repository::stacks().unwrap() {
        for (id, application) in nesting(&root, &stack.path) {
            assert!(application["Condition"].is_string(), "{id} has no switch");
            let system = id.trim_end_matches("Stack");
            for output in stack.body["Outputs"].as_object().into_iter().flatten() {
                assert!(
                    root.body["Outputs"][format!("{system}{}", output.0)].is_object(),
                    "output {} is lost",
                    output.0
                );
            }
        }
    }
}

#[test]
fn every_function_that_takes_an_event_has_a_sample_of_it() {
    for folder in repository::files("functions", "").unwrap() {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let deployed = repository::stacks().unwrap();
        if deployed.iter().any(|s| {
            s.resources("AWS::Serverless::Function")
                .contains_key(logical_id(&name).as_str())
        }) {
            let sample = repository::read(format!("tests/events/{name}.json")).unwrap();
            serde_json::from_str::<serde_json::Value>(&sample).unwrap_or_else(|e| panic!("{name}: {e}"));
        }
    }
}
