//! What is asked of S3 and Kinesis, in which order.

use log_source::digest;
use serde_json::json;

use crate::world::{World, line, lines};

const KEY: &str = "errors/processing-failed/2026/11/20/12/logs-1";

fn ledger(record: &str) -> String {
    format!("errors-ledger/{}", digest(record.as_bytes()))
}

/// Calls, the ledger's by record and in the order of records.
fn calls(world: &World, records: &[&str]) -> Vec<String> {
    let named = |call: String| {
        let name = |call: String, record: &&str| call.replace(&digest(record.as_bytes()), record);
        records.iter().fold(call, name)
    };
    let mut calls: Vec<String> = world.calls().into_iter().map(named).collect();
    for run in
        calls.chunk_by_mut(|a, b| a[..10] == b[..10] && [a, b].iter().all(|call| call.contains("errors-ledger/")))
    {
        run.sort();
    }
    calls
}

#[tokio::test(start_paused = true)]
async fn an_attempt_is_counted_before_it_is_made_and_the_original_is_deleted_last() {
    let world = World::new(&[(KEY, &lines(&["a", "b"]))]);
    let (answer, metrics) = world.invoke(json!({"scheduled_time": "2026-11-20T12:00:00Z"})).await;
    assert_eq!(
        serde_json::to_value(answer.unwrap()).unwrap(),
        json!({"objects": 1, "replayed": 2, "givenUp": 0, "left": 0, "more": false, "dryRun": false})
    );
    assert_eq!(
        calls(&world, &["a", "b"]),
        [
            "list errors/".to_owned(),
            format!("get {KEY}"),
            "get errors-ledger/a".to_owned(),
            "get errors-ledger/b".to_owned(),
            "put errors-ledger/a".to_owned(),
            "put errors-ledger/b".to_owned(),
            "records a b".to_owned(),
            format!("copy {KEY} to errors-replayed/processing-failed/2026/11/20/12/logs-1"),
            format!("delete {KEY}"),
        ]
    );
    assert_eq!(world.text(&ledger("a")), "1");
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&metrics).unwrap(),
        json!({
            "_aws": {
                "Timestamp": 1_795_176_000_000_u64,
                "CloudWatchMetrics": [{
                    "Namespace": "Wrasse/LogArchive",
                    "Dimensions": [["Stack"]],
                    "Metrics": [
                        {"Name": "ObjectsReplayed", "Unit": "Count"},
                        {"Name": "RecordsReplayed", "Unit": "Count"},
                        {"Name": "RecordsGivenUp", "Unit": "Count"},
                        {"Name": "RecordsLeft", "Unit": "Count"},
                    ],
                }],
            },
            "Stack": "wrasse",
            "ObjectsReplayed": 1,
            "RecordsReplayed": 2,
            "RecordsGivenUp": 0,
            "RecordsLeft": 0,
        })
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_given_up_or_left_is_written_before_the_original_goes() {
    let content = [lines(&["put", "throttled", "used-up"]), b"no JSON\n".to_vec()].concat();
    let world = World::new(&[(KEY, &content), (&ledger("used-up"), b"2")]);
    world.state().throttled = Some("throttled");
    let (answer, _) = world.invoke(json!({})).await;
    let error = answer.unwrap_err();
    assert_eq!(error.name(), "ReplayIncomplete");
    let expected = format!("1 lines of `{KEY}` not put: ProvisionedThroughputExceededException: in words");
    assert!(error.to_string().ends_with(&expected), "{error}");

    let given_up = format!("no JSON\n{}", line("used-up"));
    let given_up_key = format!(
        "errors-given-up/processing-failed/2026/11/20/12/logs-1.{}",
        digest(given_up.as_bytes())
    );
    let left_key = format!(
        "errors/processing-failed/2026/11/20/12/left-{:.16}-{}",
        digest(KEY.as_bytes()),
        digest(line("throttled").as_bytes())
    );
    let mut asked = calls(&world, &["put", "throttled", "used-up"]);
    let retries = asked.iter().filter(|call| *call == "records throttled").count();
    assert_eq!(retries, 7);
    asked.dedup();
    assert_eq!(
        asked,
        [
            "list errors/".to_owned(),
            format!("get {KEY}"),
            "get errors-ledger/put".to_owned(),
            "get errors-ledger/throttled".to_owned(),
            "get errors-ledger/used-up".to_owned(),
            "put errors-ledger/put".to_owned(),
            "put errors-ledger/throttled".to_owned(),
            "records put throttled".to_owned(),
            "records throttled".to_owned(),
            "put errors-ledger/throttled".to_owned(),
            format!("put {given_up_key}"),
            format!("put {left_key}"),
            format!("copy {KEY} to errors-replayed/processing-failed/2026/11/20/12/logs-1"),
            format!("delete {KEY}"),
        ]
    );
    assert_eq!(world.text(&given_up_key), given_up);
    assert_eq!(world.text(&left_key), line("throttled"));
    assert_eq!(world.text(&ledger("throttled")), "0");
    assert_eq!(world.state().source, ["put"]);
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_reads_and_counts_and_changes_nothing() {
    let content = [lines(&["a", "used-up"]), b"no JSON\n".to_vec()].concat();
    let world = World::new(&[
        (KEY, &content),
        ("errors/b", b"\x1f\x8bno gzip"),
        (&ledger("used-up"), b"2"),
    ]);
    let before = world.state().objects.clone();
    let (answer, metrics) = world.invoke(json!({"dryRun": true})).await;
    assert_eq!(
        serde_json::to_value(answer.unwrap()).unwrap(),
        json!({"objects": 2, "replayed": 1, "givenUp": 3, "left": 0, "more": false, "dryRun": true})
    );
    assert_eq!(world.state().objects, before);
    let writing = |call: &String| !call.starts_with("get ") && !call.starts_with("list ");
    assert_eq!(
        world.calls().into_iter().filter(writing).collect::<Vec<_>>(),
        Vec::<String>::new()
    );
    assert!(metrics.is_empty());
}

#[tokio::test(start_paused = true)]
async fn every_page_is_listed_and_only_under_the_prefix() {
    let keys = [
        "errors/a/1",
        "errors/a/2",
        "errors/a/3",
        "errors/b/1",
        "errors-ledger/x",
        "logs/1",
    ];
    let objects = keys.map(|key| (key, lines(&[key])));
    let world = World::new(&objects.each_ref().map(|(key, content)| (*key, content.as_slice())));
    world.state().page = 2;
    let (answer, _) = world.invoke(json!({"prefix": "errors/a/"})).await;
    assert_eq!(answer.unwrap().objects, 3);
    let listings: Vec<String> = world
        .calls()
        .into_iter()
        .filter(|call| call.starts_with("list"))
        .collect();
    assert_eq!(listings, ["list errors/a/", "list errors/a/ after errors/a/2"]);
    assert_eq!(world.state().source, ["errors/a/1", "errors/a/2", "errors/a/3"]);
}

#[tokio::test(start_paused = true)]
async fn nothing_there_is_nothing_to_do() {
    let world = World::new(&[("errors/", b""), ("errors/processing-failed/", b"")]);
    let (answer, metrics) = world.invoke(json!({})).await;
    assert_eq!(answer.unwrap(), log_replay::Response::default());
    assert_eq!(world.calls(), ["list errors/"]);
    assert!(!metrics.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_key_of_any_characters_is_copied_and_deleted() {
    let key = "errors/processing-failed/day=20/a b+c%41ü!:";
    let world = World::new(&[(key, &lines(&["a"]))]);
    world.invoke(json!({})).await.0.unwrap();
    assert_eq!(
        world.keys(),
        [
            ledger("a"),
            "errors-replayed/processing-failed/day=20/a b+c%41ü!:".to_owned()
        ]
    );
}
