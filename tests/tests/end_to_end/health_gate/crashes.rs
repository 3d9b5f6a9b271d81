//! A gate that dies still gives its answer, by another's hand.

use serde_json::json;

use super::gate::gate;
use crate::engine::{control, kill, look, until};

/// How often Health gave no answer so far.
fn silences() -> u64 {
    let stats = look("health/stats");
    let calls = stats["calls"].as_object().unwrap();
    calls.values().filter_map(|outcomes| outcomes["timeout"].as_u64()).sum()
}

#[test]
fn a_gate_that_is_killed_is_answered_for_and_the_pipeline_does_not_hang() {
    let gate = gate();
    let pipeline = gate.pipeline("killed", &json!({}));
    // More than both tries can ask: on a busy machine one of them asks more than once before it is killed.
    control("health/faults", &json!({"kind": "timeout", "count": 100}));
    let mut before = silences();
    let execution = pipeline.start();
    let function = format!("lambda {}", gate.output("HealthGateFunctionName"));
    // Lambda tries the job again: that try dies, too. Each is killed while it waits for Health.
    for _ in 1..=2 {
        until("the gate to ask", || (silences() > before).then_some(()));
        assert!(kill(&function), "{function}");
        before = silences();
    }
    let message = pipeline.gate_is(&execution, "Failed");
    assert!(message.contains("ended without an answer"), "{message}");
    assert_eq!(pipeline.answers(), ["failure"]);
    control("health/faults", &json!({"kind": "clear", "count": 0}));
}
