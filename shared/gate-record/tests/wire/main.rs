//! Every request through the real SDK up to the connection, to the letter, and answers after the API reference
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/Welcome.html>), hand-written and small.

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

mod blocks;
mod events;
mod support;

use aws_client::Outlook;
use aws_client::replay::Answer;
use gate_record::{Outcome, Override};
use health_status::Status;
use serde_json::json;

use crate::support::{NOON, block, done, event, noon, recorded, refused, requests};

#[tokio::test]
async fn an_override_is_read_consistently_and_only_whole() {
    let written = json!({
        "pk": {"S": "OVERRIDE"},
        "sk": {"S": "shop"},
        "principal": {"S": "ada"},
        "reason": {"S": "a fix for the incident"},
        "until": {"S": NOON},
    });
    let mut odd = written.clone();
    odd["until"] = json!({"BOOL": true});
    let (replay, table) = recorded(vec![
        done(),
        Answer::ok(json!({"Item": written}).to_string()),
        Answer::ok(json!({"Item": odd}).to_string()),
    ]);
    assert_eq!(table.override_of("shop").await.unwrap(), None);
    let expected = Override {
        principal: "ada".to_owned(),
        reason: "a fix for the incident".to_owned(),
        until: noon(),
    };
    assert_eq!(table.override_of("shop").await.unwrap(), Some(Ok(expected)));
    assert_eq!(
        table.override_of("shop").await.unwrap(),
        Some(Err(
            "the override of pipeline `shop` does not count: `until` is no time".to_owned()
        ))
    );
    let expected = json!({
        "TableName": "gate",
        "Key": {"pk": {"S": "OVERRIDE"}, "sk": {"S": "shop"}},
        "ConsistentRead": true,
    });
    assert_eq!(requests(&replay), [expected.clone(), expected.clone(), expected]);
}

#[tokio::test]
async fn a_refusal_is_no_answer() {
    for (code, outlook) in [
        ("ThrottlingException", Outlook::Temporary),
        ("AccessDeniedException", Outlook::Refused),
        ("ResourceNotFoundException", Outlook::Refused),
    ] {
        let (replay, table) = recorded(vec![refused(400, code); 8]);
        let errors = [
            table.record(&event(Status::Open)).await.unwrap_err(),
            table.open_events().await.unwrap_err(),
            table.heartbeat("us-east-1", noon()).await.unwrap_err(),
            table.forwarders().await.unwrap_err(),
            table.put_block(&block()).await.unwrap_err(),
            table.claim(&block(), noon()).await.unwrap_err(),
            table.settle(&block(), Outcome::Settled, "why").await.unwrap_err(),
            table.override_of("shop").await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!((error.outlook(), error.code()), (outlook, Some(code)));
        }
        assert!(replay.is_used_up());
    }
}
