//! Templates, state machines and functions fit together.

use std::collections::BTreeSet;

use system_tests::machine::Machine;
use system_tests::repository;
use system_tests::template::logical_id;

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
    let folders = repository::files("functions", "").unwrap();
    let mut wanted: Vec<String> = folders
        .iter()
        .map(|f| logical_id(f.file_name().unwrap().to_str().unwrap()))
        .collect();
    wanted.sort();
    assert_eq!(deployed, wanted);
}

#[test]
fn every_asynchronous_function_has_a_failure_destination() {
    for stack in repository::stacks().unwrap() {
        for (id, schedule) in stack.resources("AWS::Scheduler::Schedule") {
            assert!(
                !schedule["Properties"]["Target"]["DeadLetterConfig"].is_null(),
                "{id} loses what it can't deliver"
            );
            let target = &schedule["Properties"]["Target"]["Arn"]["Fn::GetAtt"][0];
            let functions = stack.resources("AWS::Serverless::Function");
            if let Some(function) = target.as_str().and_then(|t| functions.get(t)) {
                let on_failure = &function["Properties"]["EventInvokeConfig"]["DestinationConfig"]["OnFailure"];
                assert!(
                    !on_failure.is_null(),
                    "{target} is invoked asynchronously and has no failure destination"
                );
            }
        }
    }
}

#[test]
fn the_table_of_contents_passes_every_parameter_and_output_of_every_stack_on() {
    let root = repository::root_template().unwrap();
    let nested = root.resources("AWS::Serverless::Application");
    for stack in repository::stacks().unwrap() {
        let (id, application) = nested
            .iter()
            .find(|(_, a)| a["Properties"]["Location"] == stack.path.as_str())
            .unwrap_or_else(|| panic!("{} is not in template.yaml", stack.path));
        assert!(application["Condition"].is_string(), "{id} has no switch");
        let passed = application["Properties"]["Parameters"].as_object().unwrap();
        let passed: BTreeSet<&str> = passed.keys().map(String::as_str).collect();
        assert_eq!(passed, stack.parameters(), "{}", stack.path);
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
