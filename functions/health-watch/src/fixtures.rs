//! What the tests of several files decide about.

use gate_record::{Block, State};
use health_status::{Filter, HealthEvent, Region, Scope, Status};
use jiff::{SignedDuration, Timestamp};

pub(crate) fn noon() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

pub(crate) fn block() -> Block {
    Block {
        pipeline: "shop".to_owned(),
        execution: "e-1".to_owned(),
        stage: "Gate".to_owned(),
        action: "Health".to_owned(),
        action_execution: "a-1".to_owned(),
        filter: Filter {
            regions: vec!["us-east-1".to_owned()],
            services: vec![],
            categories: vec!["issue".to_owned()],
            statuses: vec![Status::Open],
            account_specific: true,
        },
        events: vec![],
        source: "api".to_owned(),
        blocked_at: noon() - SignedDuration::from_hours(1),
        until: noon() + SignedDuration::from_hours(3),
        state: State::Waiting,
        reason: "EC2 has an issue".to_owned(),
    }
}

pub(crate) fn event() -> HealthEvent {
    HealthEvent {
        arn: "arn:aws:health:us-east-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/1".to_owned(),
        region: Region::In("us-east-1".to_owned()),
        service: "EC2".to_owned(),
        type_code: "AWS_EC2_OPERATIONAL_ISSUE".to_owned(),
        category: "issue".to_owned(),
        scope: Scope::Public,
        status: Status::Open,
        started: None,
        ended: None,
        updated: noon(),
    }
}
