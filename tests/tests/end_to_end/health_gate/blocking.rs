//! Releases that fail at the gate, and go on when the incident is over.

use serde_json::json;

use super::gate::{HOME, close, gate, open};
use super::pipeline::Pipeline;
use crate::engine::{aws, control, look, until};

#[test]
fn a_release_is_blocked_by_an_incident_and_goes_on_by_itself_when_it_is_over() {
    let gate = gate();
    let pipeline = Pipeline::demonstration(&gate);
    let incident = open("EC2", HOME);
    let execution = pipeline.start();
    let message = pipeline.gate_is(&execution, "Failed");
    for part in [
        "An event of AWS Health blocks",
        "EC2 issue",
        HOME,
        "by itself",
        "health.aws.amazon.com",
    ] {
        assert!(message.contains(part), "{message}");
    }
    assert!(!pipeline.has_deployed());
    assert_eq!(
        gate.notices(),
        [format!(
            "The health gate of pipeline `{}` failed on purpose: nothing was deployed.",
            pipeline.name
        )]
    );

    close(&incident);
    pipeline.resumed(&execution);
    assert!(pipeline.has_deployed());
    assert_eq!(pipeline.answers(), ["failure", "success"]);
    assert_eq!(
        gate.notices(),
        [format!(
            "The release of pipeline `{}` that the health gate had stopped goes on.",
            pipeline.name
        )]
    );
}

#[test]
fn a_release_passes_where_nothing_that_counts_is_open() {
    let gate = gate();
    let pipeline = gate.pipeline("others", &json!({"regions": ["eu-west-1"], "services": ["LAMBDA"]}));
    open("LAMBDA", "ap-south-1");
    open("EC2", "eu-west-1");
    let notification = json!({"service": "LAMBDA", "region": "eu-west-1", "category": "accountNotification"});
    control("health/events/open", &notification);
    let over = open("LAMBDA", "eu-west-1");
    close(&over);
    let execution = pipeline.start();
    pipeline.ended(&execution, "Succeeded");
    assert_eq!(gate.notices(), Vec::<String>::new());

    let variables = look("codepipeline/jobs");
    let job = variables
        .as_array()
        .unwrap()
        .iter()
        .find(|job| job["pipeline"] == "others");
    let variables = &job.unwrap()["answers"][0]["variables"];
    assert_eq!(variables["Decision"], "clear");
    assert_eq!(variables["Source"], "api");
}

#[test]
fn a_global_event_blocks_every_region() {
    let gate = gate();
    let pipeline = gate.pipeline("everywhere", &json!({"regions": ["eu-west-1"]}));
    let incident = open("IAM", "global");
    let execution = pipeline.start();
    assert!(pipeline.gate_is(&execution, "Failed").contains("global"));
    close(&incident);
    pipeline.resumed(&execution);
}

#[test]
fn of_two_incidents_the_second_end_is_what_counts_and_gives_one_retry() {
    let gate = gate();
    let pipeline = gate.pipeline("both", &json!({}));
    let (first, second) = (open("EC2", HOME), open("RDS", HOME));
    let execution = pipeline.start();
    assert!(pipeline.gate_is(&execution, "Failed").contains("2 events"));
    close(&first);
    gate.recorded(&first, "closed");
    gate.compare();
    assert_eq!(pipeline.answers(), ["failure"]);

    // The end comes twice, and the comparison beside it.
    control("health/delivery", &json!({"hold": true}));
    close(&second);
    control("health/delivery", &json!({"hold": false, "duplicates": 3}));
    gate.compare();
    pipeline.resumed(&execution);
    gate.recorded(&second, "closed");
    assert_eq!(pipeline.answers(), ["failure", "success"]);
}

#[test]
fn a_missed_end_is_found_by_the_comparison() {
    let gate = gate();
    let pipeline = gate.pipeline("missed", &json!({}));
    let incident = open("EC2", HOME);
    let execution = pipeline.start();
    pipeline.gate_is(&execution, "Failed");
    control("health/events/close", &json!({"arn": incident, "quiet": true}));
    gate.compare();
    pipeline.resumed(&execution);
    gate.recorded(&incident, "closed");
}

#[test]
fn what_was_superseded_or_retried_by_a_person_is_left_alone() {
    let gate = gate();
    let (superseded, retried) = (
        gate.pipeline("superseded", &json!({})),
        gate.pipeline("retried", &json!({})),
    );
    let incident = open("EC2", HOME);
    let older = superseded.start();
    superseded.gate_is(&older, "Failed");
    let newer = superseded.start();
    superseded.gate_is(&newer, "Failed");
    let execution = retried.start();
    retried.gate_is(&execution, "Failed");
    retried.retry(&execution);
    retried.answered(2);

    close(&incident);
    superseded.resumed(&newer);
    retried.resumed(&execution);
    until("every block to be settled", || {
        let open = |item: &std::collections::BTreeMap<String, String>| {
            ["waiting", "resuming"].contains(&item["state"].as_str())
        };
        (!gate.items("BLOCK").iter().any(open)).then_some(())
    });
    let get = gate.codepipeline.get_pipeline_execution().pipeline_name("superseded");
    let older = gate
        .wait(get.pipeline_execution_id(older).send())
        .unwrap()
        .pipeline_execution;
    assert_eq!(older.unwrap().status.unwrap().as_str(), "Failed");
    assert_eq!(superseded.answers(), ["failure", "failure", "success"]);
    // The person's retry met the incident again, and that block was resumed, once.
    assert_eq!(retried.answers(), ["failure", "failure", "success"]);
}

#[test]
fn a_disabled_transition_behind_the_gate_holds_what_was_resumed_and_nothing_is_retried_twice() {
    let gate = gate();
    let pipeline = gate.pipeline("closed-behind", &json!({}));
    let incident = open("EC2", HOME);
    let execution = pipeline.start();
    pipeline.gate_is(&execution, "Failed");
    pipeline.disable_transition_into("Deploy");
    close(&incident);
    pipeline.gate_is(&execution, "Succeeded");
    gate.compare();
    assert!(!pipeline.has_deployed());
    pipeline.enable_transition_into("Deploy");
    pipeline.resumed(&execution);
    assert_eq!(pipeline.answers(), ["failure", "success"]);
}

#[test]
fn a_pipeline_that_is_gone_when_the_incident_is_over_keeps_no_other_waiting() {
    let gate = gate();
    let (gone, stays) = (gate.pipeline("gone", &json!({})), gate.pipeline("stays", &json!({})));
    let incident = open("EC2", HOME);
    let (first, second) = (gone.start(), stays.start());
    gone.gate_is(&first, "Failed");
    stays.gate_is(&second, "Failed");
    gate.wait(gate.codepipeline.delete_pipeline().name("gone").send())
        .unwrap();
    close(&incident);
    stays.resumed(&second);
    until("the block of the deleted pipeline to be settled", || {
        let items = gate.items("BLOCK");
        let settled = items
            .iter()
            .any(|item| item["pipeline"] == "gone" && item["state"] == "settled");
        settled.then_some(())
    });
}

#[test]
fn an_override_lets_one_pipeline_pass_until_its_time() {
    let gate = gate();
    let (urgent, other) = (gate.pipeline("urgent", &json!({})), gate.pipeline("other", &json!({})));
    open("EC2", HOME);
    gate.override_pipeline("urgent", "9999-12-30T00:00:00Z");
    let execution = urgent.start();
    urgent.ended(&execution, "Succeeded");
    let jobs = look("codepipeline/jobs");
    let job = jobs
        .as_array()
        .unwrap()
        .iter()
        .find(|job| job["pipeline"] == "urgent")
        .unwrap();
    let answer = &job["answers"][0];
    assert_eq!(answer["variables"]["Decision"], "overridden");
    let summary = answer["summary"].as_str().unwrap();
    assert!(
        summary.contains("ada") && summary.contains("not our region"),
        "{summary}"
    );

    let blocked = other.start();
    other.gate_is(&blocked, "Failed");
    gate.override_pipeline("urgent", "2020-01-01T00:00:00Z");
    let late = urgent.start();
    urgent.gate_is(&late, "Failed");
}

#[test]
fn a_mistake_in_the_parameters_is_told_in_words() {
    let gate = gate();
    let cases = [
        ("typo", json!({"region": ["us-east-1"]}), "region"),
        ("nowhere", json!({"regions": ["us-esat-1"]}), "us-esat-1"),
        ("wrong-type", json!({"max_hold_minutes": "long"}), "max_hold_minutes"),
        ("too-long", json!({"max_hold_minutes": 1381}), "1380"),
    ];
    for (name, parameters, told) in cases {
        let pipeline = gate.pipeline(name, &parameters);
        let execution = pipeline.start();
        let message = pipeline.gate_is(&execution, "Failed");
        assert!(message.contains(told), "{name}: {message}");
    }
}

#[test]
fn the_credentials_of_a_job_are_in_no_log() {
    let gate = gate();
    let pipeline = gate.pipeline("secret", &json!({}));
    open("EC2", HOME);
    let execution = pipeline.start();
    pipeline.gate_is(&execution, "Failed");
    let named = [
        "--log-group-name-prefix",
        "/aws/lambda/gate-",
        "--query",
        "logGroups[].logGroupName",
    ];
    let groups = aws(&[&["logs", "describe-log-groups"][..], &named].concat());
    let groups = groups.as_array().unwrap();
    assert!(groups.len() >= 3, "{groups:?}");
    let mut lines = 0;
    for group in groups {
        let logs = aws(&["logs", "filter-log-events", "--log-group-name", group.as_str().unwrap()]);
        lines += logs["events"].as_array().unwrap().len();
        let text = logs.to_string();
        for secret in ["secretAccessKey", "sessionToken", "accessKeyId", "CodePipeline.job"] {
            assert!(!text.contains(secret), "{group}: {text}");
        }
    }
    assert!(lines > 0);
}
