//! The schema of `.wrasse.yaml` says what the code reads.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value;
use system_tests::repository;

fn schema() -> Value {
    serde_json::from_str(&repository::read("docs/wrasse.schema.json").unwrap()).unwrap()
}

/// What a pattern finds in the body of a struct or an enum.
fn found(file: &str, head: &str, pattern: &str) -> BTreeSet<String> {
    let source = repository::read(format!("functions/branch-create/src/{file}")).unwrap();
    let body = source.split_once(head).unwrap().1.split_once("\n}").unwrap().0;
    let names = Regex::new(pattern).unwrap();
    names.captures_iter(body).map(|name| name[1].to_lowercase()).collect()
}

#[test]
fn the_schemas_properties_are_those_that_are_read_and_no_other_is_taken() {
    let schema = schema();
    let read = found(
        "repository_file.rs",
        "struct RepositoryFile {",
        r"(?m)^    (?:pub\(crate\) )?([a-z_]+): Option<",
    );
    let said: BTreeSet<String> = schema["properties"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(said, read);
    assert_eq!(schema["additionalProperties"], false);
    assert!(
        repository::read("functions/branch-create/src/repository_file.rs")
            .unwrap()
            .contains("deny_unknown_fields")
    );
}

#[test]
fn the_schemas_deployments_are_the_codes_and_the_stacks() {
    let words = |list: &Value| -> BTreeSet<String> {
        let words = list.as_array().unwrap().iter();
        words.map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    let said = words(&schema()["properties"]["deployment"]["enum"]);
    assert_eq!(
        said,
        found("deployment.rs", "pub enum Kind {", r"(?m)^    ([A-Z][A-Za-z]+),")
    );
    let stacks = repository::stacks().unwrap();
    let stack = stacks
        .iter()
        .find(|s| s.path.ends_with("branch-environments.yaml"))
        .unwrap();
    assert_eq!(said, words(&stack.body["Parameters"]["Deployment"]["AllowedValues"]));
}
