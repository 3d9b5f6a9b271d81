//! What the tests of several files decide about.

use codepipeline_job::Job;
use health_status::{HealthEvent, Region, Scope, Status};
use jiff::Timestamp;
use serde_json::json;

use crate::parameters::Parameters;

pub(crate) fn noon() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
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
        started: Some("2026-11-20T11:00:00Z".parse().unwrap()),
        ended: None,
        updated: noon(),
    }
}

/// A job of the function `gate`.
pub(crate) fn job(user_parameters: Option<&str>) -> Job {
    let event = json!({"CodePipeline.job": {
        "id": "11111111-abcd-1111-abcd-111111abcdef",
        "accountId": "111111111111",
        "data": {
            "actionConfiguration": {"configuration": {"FunctionName": "gate", "UserParameters": user_parameters}},
            "inputArtifacts": [],
            "outputArtifacts": [],
            "artifactCredentials": {"accessKeyId": "AKIA", "secretAccessKey": "secret", "sessionToken": "token"},
        },
    }});
    Job::from_event(&event).unwrap()
}

/// Of a gate in us-east-1.
pub(crate) fn parameters(text: &str) -> Parameters {
    Parameters::of(&job(Some(text)), "us-east-1", |_| false).unwrap()
}
