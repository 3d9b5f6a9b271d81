//! Blocks, their claims and outcomes.

use gate_record::{Block, CLAIM_LASTS, Outcome, State};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{ARN, NOON, block, done, items, noon, recorded, requests, taken};

fn block_item() -> Value {
    json!({
        "pk": {"S": "BLOCK"},
        "sk": {"S": "shop#0f8f6e4e#7a1c"},
        "pipeline": {"S": "shop"},
        "execution": {"S": "0f8f6e4e"},
        "stage": {"S": "Deploy"},
        "action": {"S": "Gate"},
        "action_execution": {"S": "7a1c"},
        "filter": {"S": json!(block().filter).to_string()},
        "events": {"L": [{"S": ARN}]},
        "source": {"S": "api"},
        "blocked_at": {"N": NOON},
        "until": {"N": "1795190400000"},
        "state": {"S": "waiting"},
        "reason": {"S": "EC2 issue"},
        "expires": {"N": "1797782400"},
    })
}

#[tokio::test]
async fn a_block_is_written_where_there_is_none() {
    let (replay, table) = recorded(vec![done(), taken()]);
    assert!(table.put_block(&block()).await.unwrap());
    assert!(!table.put_block(&block()).await.unwrap());
    let expected = json!({
        "TableName": "gate",
        "Item": block_item(),
        "ConditionExpression": "attribute_not_exists(#pk)",
        "ExpressionAttributeNames": {"#pk": "pk"},
    });
    assert_eq!(requests(&replay), [expected.clone(), expected]);
}

#[tokio::test]
async fn blocks_without_an_outcome_are_read_and_odd_ones_are_told() {
    let with = |name: &str, value: Value| {
        let mut item = block_item();
        item[name] = value;
        item
    };
    let mut resuming = with("state", json!({"S": "resuming"}));
    resuming["claimed_at"] = json!({"N": NOON});
    let odd = [
        (with("state", json!({"S": "resuming"})), "`claimed_at` is missing"),
        (
            with("state", json!({"S": "paused"})),
            "`state` is none that this version knows",
        ),
        (with("state", json!({"N": "1"})), "`state` is no text"),
        (with("until", json!({"S": "later"})), "`until` is no time"),
        (with("filter", json!({"S": "{}"})), "`filter` is none: missing field"),
        (with("filter", json!({"M": {}})), "`filter` is no text"),
        (
            with("events", json!({"L": [{"N": "1"}]})),
            "`events` is no list of texts",
        ),
        (
            with("execution", json!({"S": "another"})),
            "it tells of another execution than its key",
        ),
        (json!({"pk": {"S": "BLOCK"}, "sk": {"S": "x"}}), "`pipeline` is missing"),
    ];
    let all: Vec<Value> = [
        block_item(),
        resuming,
        with("events", json!({"SS": [ARN]})),
        with("events", json!({"L": []})),
    ]
    .into_iter()
    .chain(odd.iter().map(|(item, _)| item.clone()))
    .collect();
    let (replay, table) = recorded(vec![items(&all)]);
    let read = table.blocks().await.unwrap();
    let claimed = Block {
        state: State::Resuming { claimed_at: noon() },
        ..block()
    };
    let of_no_event = Block {
        events: vec![],
        ..block()
    };
    assert_eq!(read.found, [block(), claimed, block(), of_no_event]);
    assert_eq!(read.unreadable.len(), odd.len());
    for (told, (_, problem)) in read.unreadable.iter().zip(odd) {
        assert!(told.starts_with("the block `") && told.contains(problem), "{told}");
    }
    assert_eq!(
        requests(&replay),
        [json!({
            "TableName": "gate",
            "ConsistentRead": true,
            "KeyConditionExpression": "#pk = :pk",
            "FilterExpression": "attribute_not_exists(#state) OR NOT #state IN (:resumed, :settled, :gave_up)",
            "ExpressionAttributeNames": {"#pk": "pk", "#state": "state"},
            "ExpressionAttributeValues": {
                ":pk": {"S": "BLOCK"},
                ":resumed": {"S": "resumed"},
                ":settled": {"S": "settled"},
                ":gave_up": {"S": "gave-up"},
            },
        })]
    );
}

#[tokio::test]
async fn a_claim_asks_that_the_block_is_as_it_was_read() {
    let now = noon() + CLAIM_LASTS + SignedDuration::from_millis(1);
    let resuming = Block {
        state: State::Resuming { claimed_at: noon() },
        ..block()
    };
    let cases = [
        (block(), "#state = :waiting", json!({":waiting": {"S": "waiting"}})),
        (
            resuming,
            "#state = :resuming AND #claimed_at = :claimed_at",
            json!({":claimed_at": {"N": NOON}}),
        ),
    ];
    for (block, condition, mut values) in cases {
        let (replay, table) = recorded(vec![done(), taken()]);
        assert!(table.claim(&block, now).await.unwrap());
        assert!(!table.claim(&block, now).await.unwrap());
        values[":resuming"] = json!({"S": "resuming"});
        values[":now"] = json!({"N": "1795176120001"});
        let expected = json!({
            "TableName": "gate",
            "Key": {"pk": {"S": "BLOCK"}, "sk": {"S": "shop#0f8f6e4e#7a1c"}},
            "UpdateExpression": "SET #state = :resuming, #claimed_at = :now",
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {"#state": "state", "#claimed_at": "claimed_at"},
            "ExpressionAttributeValues": values,
        });
        assert_eq!(requests(&replay), [expected.clone(), expected]);
    }
}

#[tokio::test]
async fn a_claim_that_lasts_is_not_even_asked_for() {
    let resuming = Block {
        state: State::Resuming { claimed_at: noon() },
        ..block()
    };
    // Also where the clock that claimed was ahead.
    for now in [noon() + CLAIM_LASTS, noon(), noon() - SignedDuration::from_hours(1)] {
        let (replay, table) = recorded(vec![]);
        assert!(!table.claim(&resuming, now).await.unwrap());
        assert!(replay.requests().is_empty());
    }
}

#[tokio::test]
async fn an_outcome_asks_that_there_is_none() {
    let outcomes = [
        (Outcome::Resumed, "resumed"),
        (Outcome::Settled, "settled"),
        (Outcome::GaveUp, "gave-up"),
    ];
    for (outcome, word) in outcomes {
        let (replay, table) = recorded(vec![done(), taken()]);
        assert!(table.settle(&block(), outcome, "why").await.unwrap());
        assert!(!table.settle(&block(), outcome, "why").await.unwrap());
        let expected = json!({
            "TableName": "gate",
            "Key": {"pk": {"S": "BLOCK"}, "sk": {"S": "shop#0f8f6e4e#7a1c"}},
            "UpdateExpression": "SET #state = :outcome, #reason = :reason",
            "ConditionExpression": "#state IN (:waiting, :resuming)",
            "ExpressionAttributeNames": {"#state": "state", "#reason": "reason"},
            "ExpressionAttributeValues": {
                ":outcome": {"S": word},
                ":reason": {"S": "why"},
                ":waiting": {"S": "waiting"},
                ":resuming": {"S": "resuming"},
            },
        });
        assert_eq!(requests(&replay), [expected.clone(), expected]);
    }
}
