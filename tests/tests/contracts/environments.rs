//! Every environment variable in a template is read by code, and every one that code reads is in the template.

use std::cell::RefCell;
use std::collections::BTreeSet;

use system_tests::repository;
use system_tests::template::{Template, logical_id};

/// The variables that a configuration asks for, found by letting it ask.
fn asked(configure: impl FnOnce(&dyn Fn(&str) -> Option<String>)) -> BTreeSet<String> {
    let names = RefCell::new(BTreeSet::new());
    configure(&|name| {
        names.borrow_mut().insert(name.to_owned());
        None
    });
    names.into_inner()
}

fn owned(names: BTreeSet<&str>) -> BTreeSet<String> {
    names.into_iter().map(ToOwned::to_owned).collect()
}

#[test]
fn each_function_gets_exactly_the_variables_it_reads() {
    let read = [
        (
            "rds-snapshot-step",
            asked(|lookup| drop(rds_snapshot_step::Config::from_lookup(lookup))),
        ),
        (
            "rds-snapshot-sweeper",
            asked(|lookup| drop(rds_snapshot_sweeper::Config::from_lookup(lookup))),
        ),
    ];
    for stack in repository::stacks().unwrap() {
        for (id, function) in stack.resources("AWS::Serverless::Function") {
            let variables = read.iter().find(|(binary, _)| logical_id(binary) == id);
            let (_, variables) = variables.unwrap_or_else(|| panic!("add {id} to this test"));
            assert_eq!(
                owned(Template::environment(function)),
                *variables,
                "{}: {id}",
                stack.path
            );
        }
    }
}

#[test]
fn the_sanitizer_gets_exactly_the_variables_it_reads() {
    let machines = repository::machines().unwrap();
    let machine = machines.iter().find(|m| m.name() == "rds-snapshots").unwrap();
    let overrides = &machine.states()["Sanitize"]["Parameters"]["Overrides"]["ContainerOverrides"][0]["Environment"];
    let mut given: BTreeSet<&str> = overrides
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|v| v["Name"].as_str())
        .collect();
    let image = repository::read("functions/rds-sanitizer/Dockerfile").unwrap();
    assert!(
        image.contains("RDS_CA_BUNDLE="),
        "the image must say where its CA bundle is"
    );
    given.insert("RDS_CA_BUNDLE");
    assert_eq!(
        owned(given),
        asked(|lookup| drop(rds_sanitizer::config::Config::from_lookup(lookup)))
    );
}
