use aws_client::ServerTime;
use health_watch::{Config, Function};
use serde_json::{Value, json};

use crate::aws::{Answer, Aws, refused};
use crate::{ARN, answer, noon, query, recorded, update};

fn stale() -> crate::aws::Step {
    refused("PutItem", 400, "ConditionalCheckFailedException")
}

#[tokio::test(start_paused = true)]
async fn an_opening_is_recorded_and_nothing_else_is_done() {
    for step in [recorded(), stale()] {
        let aws = Aws::new([step]);
        answer(&aws, &update("open")).await.unwrap();
        let put = aws.the("PutItem");
        let item = &put["Item"];
        assert_eq!((&item["pk"]["S"], &item["sk"]["S"]), (&json!("EVENT"), &json!(ARN)));
        assert_eq!(
            (&item["status"]["S"], &item["region"]["S"]),
            (&json!("open"), &json!("us-east-1"))
        );
        assert_eq!(item.get("expires"), None);
        let condition = put["ConditionExpression"].as_str().unwrap();
        assert!(condition.contains("#updated < :updated"), "{condition}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_closing_is_recorded_and_expires_and_blocks_are_looked_at_even_for_a_duplicate() {
    for step in [recorded(), stale()] {
        let aws = Aws::new([step, query(&[])]);
        answer(&aws, &update("closed")).await.unwrap();
        let put = aws.the("PutItem");
        assert!(put["Item"]["expires"]["N"].is_string(), "{put}");
        let condition = put["ConditionExpression"].as_str().unwrap();
        assert!(condition.contains("#status <> :closed"), "{condition}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_opening_that_says_it_is_over_is_a_closing() {
    let mut event = update("open");
    event["detail"]["endTime"] = json!("Fri, 20 Nov 2026 11:57:00 GMT");
    let aws = Aws::new([recorded(), query(&[])]);
    answer(&aws, &event).await.unwrap();
    aws.calls();
}

#[tokio::test(start_paused = true)]
async fn an_event_with_no_region_or_of_every_region_is_recorded_as_such() {
    for (region, expected) in [(Value::Null, "unknown"), (json!("global"), "global")] {
        let mut event = update("open");
        event["detail"]["eventRegion"] = region;
        let aws = Aws::new([recorded()]);
        answer(&aws, &event).await.unwrap();
        assert_eq!(aws.the("PutItem")["Item"]["region"]["S"], expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_is_recorded_with_its_own_time() {
    let event = json!({
        "source": "aws.events", "detail-type": "Scheduled Event", "region": "us-west-2", "time": "2026-11-20T11:50:00Z",
        "resources": [], "detail": {},
    });
    for step in [recorded(), stale()] {
        let aws = Aws::new([step]);
        answer(&aws, &event).await.unwrap();
        let item = &aws.the("PutItem")["Item"];
        assert_eq!(
            (&item["pk"]["S"], &item["sk"]["S"]),
            (&json!("FORWARDER"), &json!("us-west-2"))
        );
        assert_eq!(item["seen"]["N"], "1795175400000");
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_recorded_is_tried_again_by_lambda() {
    let heartbeat = json!({
        "source": "aws.events", "detail-type": "Scheduled Event", "region": "us-west-2", "time": "2026-11-20T11:50:00Z",
    });
    let failures = [
        refused("PutItem", 400, "ProvisionedThroughputExceededException"),
        ("PutItem", Answer::Lost),
    ];
    for event in [update("open"), update("closed"), heartbeat] {
        for failure in failures.clone() {
            let aws = Aws::new([failure]);
            let (name, message) = answer(&aws, &event).await.unwrap_err();
            assert_eq!(name, "ServiceUnavailable");
            assert!(message.contains("could not be recorded: "), "{message}");
            aws.calls();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_understood_is_refused_and_not_quoted() {
    let mut malformed = update("open");
    malformed["detail"]["eventArn"] = json!("arn:of:something:else");
    for event in [
        json!(null),
        json!({}),
        json!({"source": "aws.ec2", "detail": "something else"}),
        malformed,
    ] {
        let aws = Aws::new([]);
        let (name, message) = answer(&aws, &event).await.unwrap_err();
        assert_eq!(name, "InvalidEvent");
        assert!(!message.contains("something"), "{message}");
        aws.calls();
    }
}

#[tokio::test(start_paused = true)]
async fn a_bad_configuration_is_reported_by_every_invocation() {
    let aws = Aws::new([]);
    let function = Function::new(Config::from_lookup(|_| None), &aws.config(), ServerTime::default());
    for _ in 0..2 {
        let error = function.answer(&update("open"), noon()).await.unwrap_err();
        assert_eq!(error.name(), "InvalidConfiguration");
        assert!(
            error
                .to_string()
                .contains("TABLE_NAME is missing; TOPIC_ARN is missing"),
            "{error}"
        );
    }
}
