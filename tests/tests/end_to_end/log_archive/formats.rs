//! The other formats, and Firehose without a Kinesis stream.

use std::path::Path;

use serde_json::{Value, json};

use super::archive::{Archive, archive};

/// An archive of its own beside the shared one.
fn other(stack: &str, include: &str, parameters: &[(&str, &str)]) -> Archive {
    drop(archive());
    let mut all = vec![
        ("LogArchiveIncludeGroups", include),
        ("LogArchiveDestinationName", stack),
        ("LogArchiveDatabaseName", stack),
    ];
    all.extend(parameters);
    Archive::deploy(stack, &all)
}

#[test]
fn ndjson_by_direct_put_partitioned_by_group() {
    let parameters = [
        ("LogArchiveSource", "direct"),
        ("LogArchiveFormat", "ndjson"),
        ("LogArchivePartitionBy", "group"),
    ];
    let archive = other("direct", "/direct/*", &parameters);
    archive.make_subscribed_group("/direct/orders");
    let filler = "the same words again and again ".repeat(40);
    let line = |n: usize| json!({"order": n, "text": filler, "word": format!("direct-{n}")}).to_string();
    for round in 0..20 {
        let messages: Vec<String> = (round * 500..(round + 1) * 500).map(line).collect();
        archive.central.write("/direct/orders", &messages);
    }
    archive.flush();

    let objects = archive.objects("logs/");
    let mut orders = Vec::new();
    for (key, text) in &objects {
        assert!(key.starts_with("logs/123456789012/direct/orders/20"), "{key}");
        for line in text.lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            assert_eq!(event["account"], "123456789012");
            assert_eq!(
                (&event["group"], &event["stream"]),
                (&json!("/direct/orders"), &json!("one"))
            );
            assert_eq!(
                event["json"]["word"].as_str(),
                Some(format!("direct-{}", event["json"]["order"]).as_str())
            );
            assert_eq!(event["filters"], json!([archive.output("FilterName")]));
            orders.push(event["json"]["order"].as_u64().unwrap());
        }
    }
    orders.sort_unstable();
    assert_eq!(
        orders,
        (0..10_000).collect::<Vec<_>>(),
        "each once, those put back into Firehose too"
    );
}

#[test]
fn json_gzip_keeps_the_messages_as_they_came() {
    let parameters = [("LogArchiveFormat", "json-gzip"), ("LogArchivePartitionBy", "none")];
    let archive = other("zipped", "/zipped/*", &parameters);
    archive.make_subscribed_group("/zipped/orders");
    archive
        .central
        .write("/zipped/orders", &["zipped-1".to_owned(), "zipped-2".to_owned()]);
    archive.flush();
    let objects = archive.objects("logs/");
    assert!(
        objects
            .keys()
            .all(|key| Path::new(key).extension() == Some("gz".as_ref()) && key.split('/').count() == 5),
        "{:?}",
        objects.keys()
    );
    let text: String = objects.into_values().collect();
    let messages: Vec<Value> = serde_json::Deserializer::from_str(&text)
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let events = messages.iter().flat_map(|m| m["logEvents"].as_array().unwrap());
    let lines: Vec<&str> = events.map(|e| e["message"].as_str().unwrap()).collect();
    assert_eq!(lines, ["zipped-1", "zipped-2"]);
    assert!(messages.iter().all(|m| m["messageType"] == "DATA_MESSAGE"));
}

#[test]
fn more_groups_than_partitions_allow_are_refused_before_any_is_subscribed() {
    let parameters = [("LogArchivePartitionBy", "group"), ("LogArchiveMaximumGroups", "3")];
    let archive = other("bounded", "/bounded/*", &parameters);
    crate::engine::control("logs/groups", &json!({"prefix": "/bounded/", "count": 4}));
    let machine = archive.output("StateMachineArn");
    let (status, output) = archive.central.finish(&archive.central.start(machine, &json!({})));
    assert_eq!(
        (status.as_str(), &output["error"]),
        ("FAILED", &json!("TooManyGroups")),
        "{output}"
    );
    assert!(archive.central.filters("/bounded/00000").is_empty());
}
