//! A job, answers to it, and what goes over the wire for them.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_client::replay::{self, Replay};
use codepipeline_job::{Answer, FailureKind, Job};
use serde_json::{Value, json};
use tokio::time::Instant;

pub(crate) const ID: &str = "11111111-abcd-1111-abcd-111111abcdef";

pub(crate) fn job() -> Job {
    let event = serde_json::from_str(include_str!("../fixtures/user-guide.json")).unwrap();
    Job::from_event(&event).unwrap()
}

pub(crate) fn a_minute() -> Instant {
    Instant::now() + Duration::from_mins(1)
}

pub(crate) fn taken() -> replay::Answer {
    replay::Answer::ok("{}")
}

pub(crate) fn refused(code: &str) -> replay::Answer {
    replay::Answer::error(400, json!({"__type": code, "message": "in words"}).to_string())
}

/// Every request's body.
pub(crate) fn bodies(replay: &Replay) -> Vec<Value> {
    let body = |request: &String| {
        let (line, body) = request.split_once('\n').unwrap();
        assert_eq!(line, "POST https://codepipeline.us-east-1.amazonaws.com/");
        serde_json::from_str(body).unwrap()
    };
    replay.requests().iter().map(body).collect()
}

pub(crate) fn clear() -> Answer {
    Answer::Succeed {
        summary: "no event blocks".into(),
        variables: BTreeMap::from([("Decision".into(), "clear".into()), ("Source".into(), "api".into())]),
    }
}

pub(crate) fn held() -> Answer {
    Answer::Continue {
        token: "held since noon".into(),
        summary: "EC2 has an open issue".into(),
        percent: Some(25),
    }
}

pub(crate) fn blocked() -> Answer {
    Answer::Fail {
        message: "EC2 has an open issue".into(),
        kind: FailureKind::JobFailed,
    }
}

pub(crate) fn clear_body() -> Value {
    json!({
        "jobId": ID,
        "executionDetails": {"summary": "no event blocks"},
        "outputVariables": {"Decision": "clear", "Source": "api"},
    })
}

pub(crate) fn held_body() -> Value {
    json!({
        "jobId": ID,
        "continuationToken": "held since noon",
        "executionDetails": {"summary": "EC2 has an open issue", "percentComplete": 25},
    })
}

pub(crate) fn blocked_body() -> Value {
    json!({"jobId": ID, "failureDetails": {"type": "JobFailed", "message": "EC2 has an open issue"}})
}

/// The message and the type of the one failure that was put.
pub(crate) fn the_failure(replay: &Replay) -> (String, String) {
    let bodies = bodies(replay);
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let details = &bodies[0]["failureDetails"];
    let text = |key: &str| details[key].as_str().unwrap().to_owned();
    (text("message"), text("type"))
}
