//! Releases that wait at the gate.

use serde_json::json;

use super::gate::{HOME, close, gate, jobs, open, pass};

#[test]
fn a_held_release_is_asked_again_and_goes_on_when_the_incident_is_over() {
    let gate = gate();
    let pipeline = gate.pipeline("held", &json!({"on_event": "hold"}));
    let incident = open("EC2", HOME);
    let execution = pipeline.start();
    pipeline.answered(1);
    pass(30);
    pipeline.answered(2);
    assert_eq!(pipeline.answers(), ["continue", "continue"]);
    let summary = jobs("held")[1]["answers"][0]["summary"].to_string();
    assert!(
        summary.contains("Held since") && summary.contains("EC2 issue"),
        "{summary}"
    );

    close(&incident);
    gate.recorded(&incident, "closed");
    pass(30);
    pipeline.ended(&execution, "Succeeded");
    assert_eq!(pipeline.answers(), ["continue", "continue", "success"]);
    assert_eq!(
        gate.notices(),
        [
            "The health gate of pipeline `held` is waiting: nothing is deployed yet.",
            "The release of pipeline `held` that the health gate had stopped goes on.",
        ]
    );
}

#[test]
fn nothing_is_held_beyond_its_maximum() {
    let gate = gate();
    let pipeline = gate.pipeline("patient", &json!({"on_event": "hold", "max_hold_minutes": 10}));
    open("EC2", HOME);
    let execution = pipeline.start();
    pipeline.answered(1);
    pass(9 * 60);
    pipeline.answered(2);
    assert_eq!(pipeline.answers(), ["continue", "continue"]);
    pass(61);
    pipeline.answered(3);
    let message = pipeline.gate_is(&execution, "Failed");
    assert!(message.contains("held for 10 minutes"), "{message}");
    assert_eq!(pipeline.answers(), ["continue", "continue", "failure"]);
}
