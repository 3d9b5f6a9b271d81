//! What every deployment to the engine needs.

use std::collections::BTreeMap;

use serde_json::Value;
use system_tests::repository;

use crate::engine::{aws, tool, tool_with};

/// The bucket that samconfig.toml's `local` environment names.
pub(crate) fn make_artifact_bucket() {
    tool("aws", &["s3", "mb", "s3://wrasse-artifacts"]);
}

/// `sam deploy` as a person would type it, with these variables in the environment.
pub(crate) fn deploy(variables: &[(&str, String)], template: &str, stack: &str, parameters: &[(&str, &str)]) {
    let overrides: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    // sam looks for its settings beside the template.
    let settings = repository::root().join("samconfig.toml");
    let mut arguments = vec![
        "deploy",
        "--config-file",
        settings.to_str().unwrap(),
        "--config-env",
        "local",
        "--template",
        template,
        "--stack-name",
        stack,
    ];
    arguments.push("--parameter-overrides");
    arguments.extend(overrides.iter().map(String::as_str));
    tool_with(variables, "sam", &arguments);
}

/// Parameter overrides for what needs a network.
pub(crate) fn network() -> String {
    let subnets = aws(&["ec2", "describe-subnets"]);
    let subnets = subnets["Subnets"].as_array().unwrap();
    let ids: Vec<&str> = subnets
        .iter()
        .take(2)
        .map(|s| s["SubnetId"].as_str().unwrap())
        .collect();
    format!(
        "VpcId={} SubnetIds={}",
        subnets[0]["VpcId"].as_str().unwrap(),
        ids.join(",")
    )
}

/// What this machine's processors are called by AWS.
pub(crate) fn architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") {
        "arm64"
    } else {
        "x86_64"
    }
}

/// A stack's outputs.
pub(crate) fn outputs(stack: &str) -> BTreeMap<String, String> {
    outputs_in(&[], stack)
}

/// A stack's outputs, asked for with these variables in the environment.
pub(crate) fn outputs_in(variables: &[(&str, String)], stack: &str) -> BTreeMap<String, String> {
    let describe = [
        "cloudformation",
        "describe-stacks",
        "--stack-name",
        stack,
        "--output",
        "json",
    ];
    let described: Value = serde_json::from_str(&tool_with(variables, "aws", &describe)).unwrap();
    let outputs = described["Stacks"][0]["Outputs"].as_array().unwrap();
    let text = |o: &Value, field: &str| o[field].as_str().unwrap().to_owned();
    outputs
        .iter()
        .map(|o| (text(o, "OutputKey"), text(o, "OutputValue")))
        .collect()
}
