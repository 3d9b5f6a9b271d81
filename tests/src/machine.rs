//! A state machine as it stands in `statemachines/`, and what must hold for every one of them. States Language:
//! <https://states-language.net/spec.html>.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::function::Function;
use crate::yaml;

/// One `.asl.yaml` file.
pub struct Machine {
    /// Path from the root.
    pub path: String,
    /// The whole definition.
    pub definition: Value,
    /// The file as it stands.
    pub text: String,
}

/// Names that AWS may report by itself. Only these and the functions' own may stand in a Retry or a Catch.
/// `States.*`: <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>;
/// `Lambda.*` and `Sandbox.Timedout`: <https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception>;
/// `AmazonECS.Unknown`: <https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html>.
pub const RESERVED: [&str; 10] = [
    "States.ALL",
    "States.TaskFailed",
    "States.Timeout",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.ClientExecutionTimeoutException",
    "Sandbox.Timedout",
    "AmazonECS.Unknown",
];

impl Machine {
    /// Reads a definition.
    pub fn parse(path: &str, text: &str) -> Result<Self> {
        let definition = yaml::parse(text).with_context(|| path.to_owned())?;
        Ok(Self {
            path: path.to_owned(),
            definition,
            text: text.to_owned(),
        })
    }

    /// The file's name without its ending: `rds-snapshots`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path
            .rsplit('/')
            .next()
            .unwrap_or(&self.path)
            .trim_end_matches(".asl.yaml")
    }

    /// All states by name.
    #[must_use]
    pub fn states(&self) -> BTreeMap<&str, &Value> {
        self.definition["States"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, state)| (name.as_str(), state))
            .collect()
    }

    /// The payload of each task that invokes a function, by state.
    #[must_use]
    pub fn payloads(&self) -> BTreeMap<&str, &Value> {
        let invokes = |state: &Value| state["Resource"] == "arn:aws:states:::lambda:invoke";
        self.states()
            .into_iter()
            .filter(|(_, s)| invokes(s))
            .map(|(n, s)| (n, &s["Parameters"]["Payload"]))
            .collect()
    }

    /// The function that a task invokes.
    pub fn invoked(&self, state: &str) -> Result<Function> {
        let states = self.states();
        let name = states.get(state).and_then(|s| s["Parameters"]["FunctionName"].as_str());
        Function::of(name.with_context(|| format!("{}: {state} names no function", self.path))?)
    }

    /// The functions that it invokes, each once.
    pub fn functions(&self) -> Result<Vec<Function>> {
        let mut found: Vec<Function> = self.payloads().keys().map(|s| self.invoked(s)).collect::<Result<_>>()?;
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found.dedup_by(|a, b| a.name == b.name);
        Ok(found)
    }

    /// The `${names}` that a template must substitute.
    #[must_use]
    pub fn substitutions(&self) -> BTreeSet<&str> {
        self.text
            .split("${")
            .skip(1)
            .filter_map(|rest| rest.split_once('}'))
            .map(|(name, _)| name)
            .collect()
    }

    /// Error names in the `Retry` or `Catch` of a state.
    #[must_use]
    pub fn errors<'a>(state: &'a Value, field: &str) -> BTreeSet<&'a str> {
        let handlers = state[field].as_array().into_iter().flatten();
        handlers
            .flat_map(|h| h["ErrorEquals"].as_array().into_iter().flatten())
            .filter_map(Value::as_str)
            .collect()
    }

    /// All that is wrong with the definition by itself; empty for one that may ship.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let states = self.states();
        let mut problems = Vec::new();
        let start = self.definition["StartAt"].as_str().unwrap_or_default();
        let mut targets: Vec<(&str, &str)> = vec![("StartAt", start)];
        for (name, state) in &states {
            targets.extend(next(state).into_iter().map(|target| (*name, target)));
            problems.extend(state_problems(name, state));
        }
        for (from, to) in targets {
            if !states.contains_key(to) {
                problems.push(format!("{from}: goes to '{to}', which is no state"));
            }
        }
        let reached = reachable(&states, start);
        problems.extend(
            states
                .keys()
                .filter(|n| !reached.contains(**n))
                .map(|n| format!("{n}: is never reached")),
        );
        for (name, state) in &states {
            for target in catches(state) {
                let after = reachable(&states, target);
                if after.iter().any(|n| {
                    states
                        .get(n)
                        .is_some_and(|s| s["Type"] == "Succeed" || s["End"] == true)
                }) {
                    problems.push(format!(
                        "{name}: a caught error can still end as success, by '{target}'"
                    ));
                }
            }
        }
        problems
    }
}

fn catches(state: &Value) -> Vec<&str> {
    state["Catch"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|c| c["Next"].as_str())
        .collect()
}

fn next(state: &Value) -> Vec<&str> {
    let choices = state["Choices"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|c| c["Next"].as_str());
    let direct = ["Next", "Default"]
        .into_iter()
        .filter_map(|field| state[field].as_str());
    direct.chain(choices).chain(catches(state)).collect()
}

fn reachable<'a>(states: &BTreeMap<&'a str, &'a Value>, from: &'a str) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(state) = open.pop().and_then(|name| states.get(name)) {
        open.extend(next(state).into_iter().filter(|target| seen.insert(target)));
    }
    seen
}

fn state_problems(name: &str, state: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    if state["Type"] != "Task" {
        return problems;
    }
    if !state["TimeoutSeconds"].is_u64() {
        problems.push(format!("{name}: a task without TimeoutSeconds can hang for a year"));
    }
    if Machine::errors(state, "Retry").contains("States.ALL") {
        problems.push(format!("{name}: Retry must list the errors it knows, not States.ALL"));
    }
    for error in Machine::errors(state, "Retry").union(&Machine::errors(state, "Catch")) {
        if error.contains("::") {
            problems.push(format!("{name}: '{error}' is a Rust type path, not an error name"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(states: &str) -> String {
        Machine::parse("statemachines/x.asl.yaml", &format!("StartAt: A\nStates:\n{states}"))
            .unwrap()
            .problems()
            .join("; ")
    }

    #[test]
    fn a_sound_machine_has_no_problems() {
        let sound = "  A: {Type: Task, TimeoutSeconds: 1, Catch: [{ErrorEquals: [States.ALL], Next: F}], Next: B}\n  B: {Type: Succeed}\n  F: {Type: Fail}";
        assert_eq!(problems(sound), "");
    }

    #[test]
    fn each_defect_is_found() {
        let cases = [
            ("  A: {Type: Pass, Next: B}", "goes to 'B', which is no state"),
            ("  A: {Type: Succeed}\n  B: {Type: Succeed}", "B: is never reached"),
            ("  A: {Type: Task, End: true}", "without TimeoutSeconds"),
            (
                "  A: {Type: Task, TimeoutSeconds: 1, Retry: [{ErrorEquals: [States.ALL]}], End: true}",
                "must list the errors it knows",
            ),
            (
                "  A: {Type: Task, TimeoutSeconds: 1, Retry: [{ErrorEquals: ['alloc::boxed::Box<E>']}], End: true}",
                "Rust type path",
            ),
            (
                "  A: {Type: Task, TimeoutSeconds: 1, Catch: [{ErrorEquals: [States.ALL], Next: C}], Next: S}\n  C: {Type: Pass, Next: S}\n  S: {Type: Succeed}",
                "can still end as success",
            ),
        ];
        for (states, expected) in cases {
            let found = problems(states);
            assert!(found.contains(expected), "expected '{expected}' in '{found}'");
        }
    }
}
