//! A thousand events at once, in any order and more than once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::gate::{close, gate};
use crate::engine::{control, until};

#[test]
fn a_thousand_events_in_any_order_end_as_they_are() {
    let gate = gate();
    control("health/delivery", &json!({"hold": true}));
    let opened = control(
        "health/events/open",
        &json!({"service": "EC2", "region": "us-east-1", "count": 400}),
    );
    let arns: Vec<String> = serde_json::from_value(opened["arns"].clone()).unwrap();
    for arn in &arns[..100] {
        control("health/events/update", &json!({"arn": arn}));
    }
    for arn in &arns[50..300] {
        close(arn);
    }
    // 750 messages, each twice: more than a thousand invocations. Other regions and accounts may get copies.
    let delivery = json!({"hold": false, "order": "shuffled", "seed": 4, "duplicates": 1});
    let delivered = control("health/delivery", &delivery)["delivered"].as_u64();
    assert!(delivered >= Some(1500), "{delivered:?}");

    let closed: BTreeSet<&String> = arns[50..300].iter().collect();
    let expected: BTreeMap<&String, &str> = arns
        .iter()
        .map(|arn| (arn, if closed.contains(arn) { "closed" } else { "open" }))
        .collect();
    until("the table to say what is true", || {
        let items = gate.items("EVENT");
        let recorded: BTreeMap<&String, &str> = items
            .iter()
            .filter(|item| expected.contains_key(&item["arn"]))
            .map(|item| (&item["arn"], item["status"].as_str()))
            .collect();
        (recorded == expected).then_some(())
    });
}
