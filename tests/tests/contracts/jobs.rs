//! What answers CodePipeline jobs. Lambda's record of a failed invocation holds the whole request, a job's credentials
//! included, so it goes to the function that answers and nowhere that keeps it.

use serde_json::{Value, json};
use system_tests::repository;
use system_tests::template::logical_id;

/// The function that answers what others left open.
const ANSWERER: &str = "JobAnswererFunction";

/// A job waits so many seconds for its answer:
/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html>.
const JOB_SECONDS: u64 = 20 * 60;

/// The logical ids of all functions that get the events of jobs: their crates know them.
fn job_functions() -> Vec<String> {
    let packages = repository::packages().unwrap();
    let knows_jobs = |package: &&Value| {
        let dependencies = package["dependencies"].as_array().unwrap();
        dependencies
            .iter()
            .any(|d| d["name"] == "codepipeline-job" && d["kind"].is_null())
            && package["manifest_path"].as_str().unwrap().contains("/functions/")
    };
    let names = packages.iter().filter(knows_jobs);
    names.map(|p| logical_id(p["name"].as_str().unwrap())).collect()
}

/// Where a job's credentials could stay, and what could leave its pipeline hanging.
fn problems(id: &str, function: &Value) -> Vec<String> {
    let properties = &function["Properties"];
    let config = &properties["EventInvokeConfig"];
    let destinations = &config["DestinationConfig"];
    let answered = json!({"Type": "Lambda", "Destination": {"Fn::GetAtt": [ANSWERER, "Arn"]}});
    let expected = if id == ANSWERER { &Value::Null } else { &answered };
    let mut found = Vec::new();
    if destinations["OnFailure"] != *expected {
        found.push(format!(
            "{id}: a failure must go to {ANSWERER}, and one of its own nowhere"
        ));
    }
    if !destinations["OnSuccess"].is_null() || !properties["DeadLetterQueue"].is_null() {
        found.push(format!("{id}: requests with credentials are kept"));
    }
    let age = config["MaximumEventAgeInSeconds"].as_u64();
    let time = properties["Timeout"].as_u64().unwrap_or(JOB_SECONDS);
    if age.is_none_or(|age| age + time > JOB_SECONDS) {
        found.push(format!("{id}: is still tried when its job is over"));
    }
    found
}

#[test]
fn a_failed_job_goes_to_the_function_that_answers_and_its_credentials_to_no_other_place() {
    let of_jobs = job_functions();
    for stack in repository::stacks().unwrap() {
        for (id, function) in stack.resources("AWS::Serverless::Function") {
            if of_jobs.iter().any(|of_job| of_job == id) {
                assert_eq!(problems(id, function), Vec::<String>::new(), "{}", stack.path);
            }
        }
    }
}

#[test]
fn a_stack_has_the_function_that_answers_exactly_if_it_has_another_that_gets_jobs() {
    let of_jobs = job_functions();
    for stack in repository::stacks().unwrap() {
        let functions = stack.resources("AWS::Serverless::Function");
        let asks = of_jobs
            .iter()
            .any(|id| id != ANSWERER && functions.contains_key(id.as_str()));
        assert_eq!(functions.contains_key(ANSWERER), asks, "{}", stack.path);
    }
}

#[test]
fn there_is_somebody_who_gets_jobs_and_somebody_who_answers() {
    let found = job_functions();
    assert!(found.contains(&ANSWERER.to_owned()) && found.len() >= 2, "{found:?}");
}

#[test]
fn each_place_that_keeps_credentials_is_found() {
    let good = json!({"Properties": {"Timeout": 60, "EventInvokeConfig": {"MaximumEventAgeInSeconds": 900,
        "DestinationConfig": {"OnFailure": {"Type": "Lambda", "Destination": {"Fn::GetAtt": [ANSWERER, "Arn"]}}}}}});
    assert_eq!(problems("GateFunction", &good), Vec::<String>::new());
    let cases = [
        (
            "/Properties/EventInvokeConfig/DestinationConfig/OnFailure/Type",
            json!("SQS"),
            "must go to",
        ),
        (
            "/Properties/EventInvokeConfig/DestinationConfig/OnFailure",
            Value::Null,
            "must go to",
        ),
        (
            "/Properties/EventInvokeConfig/MaximumEventAgeInSeconds",
            json!(1200),
            "still tried",
        ),
        (
            "/Properties/EventInvokeConfig/MaximumEventAgeInSeconds",
            Value::Null,
            "still tried",
        ),
    ];
    for (place, value, expected) in cases {
        let mut wrong = good.clone();
        *wrong.pointer_mut(place).unwrap() = value;
        let found = problems("GateFunction", &wrong).join("; ");
        assert!(found.contains(expected), "expected '{expected}' in '{found}'");
    }
    for kept in [
        json!({"Properties": {"DeadLetterQueue": {"Type": "SQS"}}}),
        json!({"Properties": {"EventInvokeConfig": {"DestinationConfig": {"OnSuccess": {"Type": "SNS"}}}}}),
    ] {
        assert!(
            problems("GateFunction", &kept).join("; ").contains("are kept"),
            "{kept}"
        );
    }
    assert!(problems(ANSWERER, &good).join("; ").contains("one of its own nowhere"));
}
