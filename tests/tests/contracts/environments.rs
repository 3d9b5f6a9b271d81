//! Every environment variable in a template is read by code, and every one that code reads is in the template.

use std::collections::BTreeSet;

use system_tests::function::Function;
use system_tests::repository;
use system_tests::template::Template;

fn owned(names: BTreeSet<&str>) -> BTreeSet<String> {
    names.into_iter().map(ToOwned::to_owned).collect()
}

#[test]
fn each_function_gets_exactly_the_variables_it_reads() {
    for stack in repository::stacks().unwrap() {
        for (id, function) in stack.resources("AWS::Serverless::Function") {
            let given = owned(Template::environment(function));
            let read = Function::of(id).unwrap().variables().unwrap();
            assert_eq!(given, read, "{}: {id}", stack.path);
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
    let sanitizer = Function::of("RdsSanitizerFunction").unwrap();
    assert_eq!(owned(given), sanitizer.variables().unwrap());
}
