//! A table whose answers are recorded, and the requests it got.

use aws_client::replay::{Answer, Replay};
use gate_record::{Block, State, Table};
use health_status::{Filter, HealthEvent, Region, Scope, Status};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

pub(crate) const ARN: &str = "arn:aws:health:us-east-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/1";
pub(crate) const NOON: &str = "1795176000000";

pub(crate) fn noon() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

pub(crate) fn event(status: Status) -> HealthEvent {
    HealthEvent {
        arn: ARN.to_owned(),
        region: Region::In("us-east-1".to_owned()),
        service: "EC2".to_owned(),
        type_code: "AWS_EC2_OPERATIONAL_ISSUE".to_owned(),
        category: "issue".to_owned(),
        scope: Scope::AccountSpecific,
        status,
        started: Some(noon() - SignedDuration::from_mins(1)),
        ended: None,
        updated: noon() + SignedDuration::from_millis(999),
    }
}

pub(crate) fn block() -> Block {
    Block {
        pipeline: "shop".to_owned(),
        execution: "0f8f6e4e".to_owned(),
        stage: "Deploy".to_owned(),
        action: "Gate".to_owned(),
        action_execution: "7a1c".to_owned(),
        filter: Filter {
            regions: vec!["us-east-1".to_owned()],
            services: vec![],
            categories: vec!["issue".to_owned()],
            statuses: vec![Status::Open],
            account_specific: true,
        },
        events: vec![ARN.to_owned()],
        source: "api".to_owned(),
        blocked_at: noon(),
        until: noon() + SignedDuration::from_hours(4),
        state: State::Waiting,
        reason: "EC2 issue".to_owned(),
    }
}

pub(crate) fn done() -> Answer {
    Answer::ok("{}")
}

pub(crate) fn refused(status: u16, code: &str) -> Answer {
    let code = format!("com.amazonaws.dynamodb.v20120810#{code}");
    Answer::error(status, json!({"__type": code, "message": "in words"}).to_string())
}

pub(crate) fn taken() -> Answer {
    refused(400, "ConditionalCheckFailedException")
}

pub(crate) fn items(items: &[Value]) -> Answer {
    Answer::ok(json!({"Items": items, "Count": items.len()}).to_string())
}

pub(crate) fn recorded(answers: Vec<Answer>) -> (Replay, Table) {
    let replay = Replay::new(answers);
    let table = Table::new(&replay.sdk_config(), "gate");
    (replay, table)
}

pub(crate) fn requests(replay: &Replay) -> Vec<Value> {
    let body = |request: String| {
        let (line, body) = request.split_once('\n').unwrap();
        assert_eq!(line, "POST https://dynamodb.us-east-1.amazonaws.com/");
        serde_json::from_str(body).unwrap()
    };
    replay.requests().into_iter().map(body).collect()
}
