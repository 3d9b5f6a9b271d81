//! A gate that dies still gives its answer, by another's hand.

use serde_json::json;

use super::gate::gate;
use crate::engine::{control, kill, until};

#[test]
fn a_gate_that_is_killed_is_answered_for_and_the_pipeline_does_not_hang() {
    let gate = gate();
    let pipeline = gate.pipeline("killed", &json!({}));
    // Both tries wait for Health, for seconds: long enough to be seen, and killed, wherever they are by then.
    control("health/faults", &json!({"kind": "timeout", "count": 100}));
    let execution = pipeline.start();
    let function = format!("lambda {}", gate.output("HealthGateFunctionName"));
    until("an answer", || {
        kill(&function);
        pipeline.answers().iter().any(|answer| answer != "open").then_some(())
    });
    let message = pipeline.gate_is(&execution, "Failed");
    assert!(message.contains("ended without an answer"), "{message}");
    assert_eq!(pipeline.answers(), ["failure"]);
    control("health/faults", &json!({"kind": "clear", "count": 0}));
}
