//! Events and forwarders.

use aws_client::Outlook;
use aws_client::replay::Answer;
use gate_record::Recorded;
use health_status::{HealthEvent, Status};
use serde_json::{Value, json};

use crate::support::{ARN, NOON, done, event, items, noon, recorded, refused, requests, taken};

fn event_item(status: &str) -> Value {
    json!({
        "pk": {"S": "EVENT"},
        "sk": {"S": ARN},
        "arn": {"S": ARN},
        "region": {"S": "us-east-1"},
        "service": {"S": "EC2"},
        "type_code": {"S": "AWS_EC2_OPERATIONAL_ISSUE"},
        "category": {"S": "issue"},
        "scope": {"S": "ACCOUNT_SPECIFIC"},
        "status": {"S": status},
        "started": {"N": "1795175940000"},
        "updated": {"N": NOON},
    })
}

#[tokio::test]
async fn an_update_of_an_event_asks_that_nothing_newer_is_there() {
    let newer = "NOT attribute_type(#updated, :number) OR #updated < :updated";
    let mut closed = event_item("closed");
    closed["expires"] = json!({"N": "1797768000"});
    let cases = [
        (
            Status::Closed,
            closed,
            format!("{newer} OR (#updated = :updated AND #status <> :closed)"),
            json!({"#updated": "updated", "#status": "status"}),
            json!({":number": {"S": "N"}, ":updated": {"N": NOON}, ":closed": {"S": "closed"}}),
        ),
        (
            Status::Open,
            event_item("open"),
            format!("{newer} OR (#updated = :updated AND #status = :upcoming)"),
            json!({"#updated": "updated", "#status": "status"}),
            json!({":number": {"S": "N"}, ":updated": {"N": NOON}, ":upcoming": {"S": "upcoming"}}),
        ),
        (
            Status::Upcoming,
            event_item("upcoming"),
            newer.to_owned(),
            json!({"#updated": "updated"}),
            json!({":number": {"S": "N"}, ":updated": {"N": NOON}}),
        ),
    ];
    for (status, item, condition, names, values) in cases {
        let (replay, table) = recorded(vec![done(), taken()]);
        assert_eq!(table.record(&event(status)).await.unwrap(), Recorded::Recorded);
        assert_eq!(table.record(&event(status)).await.unwrap(), Recorded::Stale);
        let expected = json!({
            "TableName": "gate",
            "Item": item,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        });
        assert_eq!(requests(&replay), [expected.clone(), expected]);
    }
}

#[tokio::test]
async fn the_events_of_all_pages_are_read_though_one_is_empty() {
    let key = json!({"pk": {"S": "EVENT"}, "sk": {"S": "b"}});
    let page = |item: Option<Value>, last: &Value| {
        let items: Vec<Value> = item.into_iter().collect();
        Answer::ok(json!({"Items": items, "LastEvaluatedKey": last}).to_string())
    };
    let other = json!({"pk": {"S": "EVENT"}, "sk": {"S": "a"}});
    let (replay, table) = recorded(vec![
        page(Some(event_item("open")), &other),
        page(None, &key),
        items(&[
            event_item("upcoming"),
            json!({"pk": {"S": "EVENT"}, "sk": {"S": "x"}, "updated": {"N": "1"}}),
        ]),
    ]);
    let read = table.open_events().await.unwrap();
    let as_read = |status| HealthEvent {
        updated: noon(),
        ..event(status)
    };
    assert_eq!(read.found, [as_read(Status::Open), as_read(Status::Upcoming)]);
    assert_eq!(read.unreadable, ["the event `x` cannot be read: `arn` is missing"]);
    let mut expected = json!({
        "TableName": "gate",
        "ConsistentRead": true,
        "KeyConditionExpression": "#pk = :pk",
        "FilterExpression": "attribute_not_exists(#status) OR #status <> :closed",
        "ExpressionAttributeNames": {"#pk": "pk", "#status": "status"},
        "ExpressionAttributeValues": {":pk": {"S": "EVENT"}, ":closed": {"S": "closed"}},
    });
    let requests = requests(&replay);
    assert_eq!(requests[0], expected);
    expected["ExclusiveStartKey"] = other;
    assert_eq!(requests[1], expected);
    expected["ExclusiveStartKey"] = key;
    assert_eq!(requests[2..], [expected]);
}

#[tokio::test]
async fn a_page_that_cannot_be_read_is_no_end_of_the_list() {
    let last = json!({"pk": {"S": "EVENT"}, "sk": {"S": "a"}});
    let first = Answer::ok(json!({"Items": [event_item("open")], "LastEvaluatedKey": last}).to_string());
    for (second, outlook) in [
        (
            refused(400, "ProvisionedThroughputExceededException"),
            Outlook::Temporary,
        ),
        (refused(500, "InternalServerError"), Outlook::Temporary),
        (refused(400, "ResourceNotFoundException"), Outlook::Refused),
        (first.clone(), Outlook::Refused),
    ] {
        let (_, table) = recorded(vec![first.clone(), second]);
        assert_eq!(table.open_events().await.unwrap_err().outlook(), outlook);
    }
}

#[tokio::test]
async fn a_heartbeat_asks_that_no_later_one_is_there() {
    let (replay, table) = recorded(vec![done(), taken()]);
    table.heartbeat("us-west-2", noon()).await.unwrap();
    table.heartbeat("us-west-2", noon()).await.unwrap();
    let expected = json!({
        "TableName": "gate",
        "Item": {"pk": {"S": "FORWARDER"}, "sk": {"S": "us-west-2"}, "seen": {"N": NOON}},
        "ConditionExpression": "NOT attribute_type(#seen, :number) OR #seen < :seen",
        "ExpressionAttributeNames": {"#seen": "seen"},
        "ExpressionAttributeValues": {":number": {"S": "N"}, ":seen": {"N": NOON}},
    });
    assert_eq!(requests(&replay), [expected.clone(), expected]);
}

#[tokio::test]
async fn forwarders_are_read_by_region() {
    let forwarder = |region: &str| json!({"pk": {"S": "FORWARDER"}, "sk": {"S": region}, "seen": {"N": NOON}});
    let (replay, table) = recorded(vec![items(&[forwarder("us-east-1"), forwarder("us-west-2")])]);
    let read = table.forwarders().await.unwrap();
    assert_eq!(
        read.found,
        ["us-east-1", "us-west-2"]
            .map(|region| (region.to_owned(), noon()))
            .into()
    );
    assert_eq!(
        requests(&replay),
        [json!({
            "TableName": "gate",
            "ConsistentRead": true,
            "KeyConditionExpression": "#pk = :pk",
            "ExpressionAttributeNames": {"#pk": "pk"},
            "ExpressionAttributeValues": {":pk": {"S": "FORWARDER"}},
        })]
    );
}
