//! The engine around the tests: its control routes, and the command-line tools that a person would use on it.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use system_tests::repository;

fn variable(name: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "the tests' own configuration")]
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run `make test-e2e`, which starts the engine first"))
}

/// The engine's folder.
pub(crate) fn state() -> PathBuf {
    variable("WRASSE_STATE").into()
}

/// POSTs to a control route.
pub(crate) fn control(route: &str, body: &Value) -> Value {
    let url = format!("{}/_engine/{route}", variable("AWS_ENDPOINT_URL"));
    let answer = ureq::post(&url)
        .config()
        .http_status_as_error(false)
        .build()
        .send_json(body);
    let mut answer = answer.unwrap_or_else(|e| panic!("{route}: {e}"));
    let text = answer.body_mut().read_to_string().unwrap();
    assert!(answer.status().is_success(), "{route} {body}: {text}");
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{route} answered {text}: {e}"))
}

/// GETs a control route.
pub(crate) fn look(route: &str) -> Value {
    let url = format!("{}/_engine/{route}", variable("AWS_ENDPOINT_URL"));
    ureq::get(&url).call().unwrap().body_mut().read_json().unwrap()
}

fn running() -> Vec<Value> {
    serde_json::from_value(look("processes")).unwrap()
}

/// The processes that the engine runs now, by name.
pub(crate) fn processes() -> Vec<String> {
    running()
        .iter()
        .map(|p| p["name"].as_str().unwrap().to_owned())
        .collect()
}

/// Kills a process of the engine whose name has this in it, if there is one.
pub(crate) fn kill(name: &str) -> bool {
    let processes = running();
    let found = processes.iter().find(|p| p["name"].as_str().unwrap().contains(name));
    found.is_some_and(|process| {
        let pid = process["pid"].to_string();
        let kill = Command::new("kill").args(["-KILL", &pid]).output();
        kill.unwrap().status.success()
    })
}

/// Something that is to happen in RDS, once.
pub(crate) fn fault(kind: &str, prefix: &str) {
    control("rds/faults", &json!({"kind": kind, "prefix": prefix}));
}

/// Runs a tool in the root of the repository and returns what it printed.
pub(crate) fn tool(program: &str, arguments: &[&str]) -> String {
    tool_with(&[], program, arguments)
}

/// The same with variables of the environment.
pub(crate) fn tool_with(variables: &[(&str, String)], program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .current_dir(repository::root())
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|e| panic!("{program}: {e}; run `make test-e2e`, which has it on the path"));
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{program} {arguments:?}\n{printed}\n{complaint}"
    );
    printed
}

/// The aws command line, for services that the fleet itself has no client of.
pub(crate) fn aws(arguments: &[&str]) -> Value {
    let printed = tool("aws", &[arguments, &["--output", "json"]].concat());
    serde_json::from_str(&printed).unwrap_or(Value::Null)
}

/// The same for SQS, of which version 1 of the command line asks AWS itself whatever `AWS_ENDPOINT_URL` says.
pub(crate) fn sqs(arguments: &[&str]) -> Value {
    let endpoint = variable("AWS_ENDPOINT_URL");
    aws(&[&["sqs", "--endpoint-url", &endpoint][..], arguments].concat())
}

/// The states an execution has entered, in order, with the seconds that each asked to wait.
pub(crate) fn trace(arn: &str) -> Vec<(String, Vec<u64>)> {
    let seconds = |wait: &Value| wait.to_string().trim_end_matches(".0").parse().unwrap();
    let entry = |state: &Value| {
        let waits = state["waits"].as_array().into_iter().flatten().map(seconds);
        (state["state"].as_str().unwrap().to_owned(), waits.collect())
    };
    let trace = control("executions/trace", &json!({"arn": arn}));
    trace.as_array().unwrap().iter().map(entry).collect()
}

/// Asks until there is an answer; fails after ten minutes, saying what for.
pub(crate) fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_mins(10);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited ten minutes for: {what}");
        #[expect(
            clippy::disallowed_methods,
            reason = "the pause between two questions, not a synchronisation"
        )]
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// How often a function has been invoked.
pub(crate) fn invocations(function: &str) -> usize {
    let timings = control("lambda/timings", &json!({}));
    timings
        .as_array()
        .unwrap()
        .iter()
        .filter(|t| t["function"] == function)
        .count()
}
