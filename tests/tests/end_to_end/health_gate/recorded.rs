//! Accounts without a support plan, which go by what health-watch recorded; and other regions.

use serde_json::json;

use super::gate::{HOME, close, gate, open};
use crate::engine::{control, tool_with, until};

fn heartbeat(rule: &str, region: &str) {
    control("rules/fire", &json!({"name": rule, "region": region}));
}

#[test]
fn without_a_support_plan_the_recorded_events_decide() {
    let gate = gate();
    control("health/plan", &json!({"support": false}));
    let pipeline = gate.pipeline("planless", &json!({}));
    heartbeat(gate.output("HeartbeatRuleName"), HOME);
    until("the heartbeat to be recorded", || {
        (!gate.items("FORWARDER").is_empty()).then_some(())
    });
    let clear = pipeline.start();
    pipeline.ended(&clear, "Succeeded");

    let incident = open("EC2", HOME);
    gate.recorded(&incident, "open");
    let execution = pipeline.start();
    let message = pipeline.gate_is(&execution, "Failed");
    assert!(message.contains("no support plan"), "{message}");
    close(&incident);
    pipeline.resumed(&execution);
    assert_eq!(pipeline.answers(), ["success", "failure", "success"]);
}

#[test]
fn a_region_without_a_forwarder_is_not_known_and_one_with_is() {
    let gate = gate();
    control("health/plan", &json!({"support": false}));
    let blocking = gate.pipeline("far", &json!({"regions": ["eu-west-1"]}));
    let allowing = gate.pipeline(
        "far-allowing",
        &json!({"regions": ["eu-west-1"], "on_api_failure": "allow"}),
    );
    let execution = blocking.start();
    let message = blocking.gate_is(&execution, "Failed");
    assert!(
        message.contains("eu-west-1") && message.contains("stacks/health-events.yaml"),
        "{message}"
    );
    let allowed = allowing.start();
    allowing.ended(&allowed, "Succeeded");

    for region in ["eu-west-1", "us-west-2"] {
        let stack = format!("health-events-{region}");
        let bus = format!("HealthBusArn={}", gate.output("HealthBusArn"));
        let template = ["--template-file", "stacks/health-events.yaml", "--stack-name", &stack];
        let rest = [
            "--capabilities",
            "CAPABILITY_IAM",
            "--parameter-overrides",
            &bus,
            "--region",
            region,
        ];
        tool_with(
            &[],
            "aws",
            &[&["cloudformation", "deploy"][..], &template, &rest].concat(),
        );
        let query = "Stacks[0].Outputs[?OutputKey=='HeartbeatRuleName'].OutputValue";
        let describe = [
            "cloudformation",
            "describe-stacks",
            "--stack-name",
            &stack,
            "--region",
            region,
        ];
        let rule = tool_with(
            &[],
            "aws",
            &[&describe[..], &["--query", query, "--output", "text"]].concat(),
        );
        heartbeat(rule.trim(), region);
    }
    until("the heartbeat of eu-west-1", || {
        let heard = gate.items("FORWARDER");
        heard.iter().any(|item| item["sk"] == "eu-west-1").then_some(())
    });
    // What nobody knew is known now: the comparison takes the release up again.
    gate.compare();
    blocking.resumed(&execution);

    let incident = open("EC2", "eu-west-1");
    gate.recorded(&incident, "open");
    let execution = blocking.start();
    assert!(blocking.gate_is(&execution, "Failed").contains("EC2 issue"));
    close(&incident);
    blocking.resumed(&execution);
}

#[test]
fn the_active_endpoint_is_found_by_its_name() {
    let gate = gate();
    control("health/active", &json!({"region": "us-east-2", "passive": "refuses"}));
    let pipeline = gate.pipeline("moved", &json!({}));
    open("EC2", HOME);
    let execution = pipeline.start();
    assert!(pipeline.gate_is(&execution, "Failed").contains("EC2 issue"));
}

#[test]
fn where_health_cannot_be_asked_the_parameters_decide() {
    let gate = gate();
    let blocking = gate.pipeline("unsure", &json!({}));
    let allowing = gate.pipeline("sure", &json!({"on_api_failure": "allow"}));
    control("health/active", &json!({"region": HOME, "passive": "refuses"}));
    control("health/faults", &json!({"kind": "error", "count": 100}));
    let (execution, allowed) = (blocking.start(), allowing.start());
    let message = blocking.gate_is(&execution, "Failed");
    assert!(message.contains("not known whether AWS has an incident"), "{message}");
    allowing.ended(&allowed, "Succeeded");
    control("health/faults", &json!({"kind": "clear", "count": 0}));
    gate.compare();
    blocking.resumed(&execution);
}
