//! What becomes of each record.

use aws_client::replay::Replay;
use lambda_edge::ConfigError;
use lambda_runtime::Diagnostic;
use log_decoder::{Event, Function};
use serde_json::{Value, json};

use crate::support::{
    KINESIS, NO_CALLS, config, data, event, gzip, invocation, invoke, lines, message, message_of, raw, results, texts,
};

#[tokio::test]
async fn a_recorded_event_becomes_lines() {
    let event: Value = serde_json::from_str(include_str!("../../../../tests/events/log-decoder.json")).unwrap();
    let replay = Replay::new(NO_CALLS);
    let (records, metrics) = invoke(config("raw", "escape", "group", KINESIS), &replay, &event).await;
    let results: Vec<&Value> = records.iter().map(|record| &record["result"]).collect();
    assert_eq!(results, ["Ok", "Dropped", "Ok"]);
    for (record, asked) in records.iter().zip(event["records"].as_array().unwrap()) {
        assert_eq!(record["recordId"], asked["recordId"]);
    }
    let lambda = lines(&records[0]);
    assert_eq!(lambda.lines().count(), 5);
    let stream = "/aws/lambda/shop-checkout:2026/11/20/[$LATEST]6f3a0c1de2b84957a6c0d1e2f3a4b5c6";
    assert_eq!(
        lambda.lines().nth(2).unwrap(),
        format!(
            "{stream}\t1795176000132\tTraceback (most recent call last):\\n  File \"/var/task/app.py\", line 41, in \
             handler\\n    charge(order)\\nKeyError: 'iban'"
        )
    );
    assert!(lines(&records[2]).contains("GET /café/menü HTTP/1.1"));
    assert_eq!(
        records[0]["metadata"],
        json!({"partitionKeys": {"account": "123456789012", "day": "2026/11/20", "group": "aws/lambda/shop-checkout"}})
    );
    assert_eq!(records[2]["metadata"]["partitionKeys"]["account"], "111122223333");
    assert_eq!(metrics["EventsDecoded"], 7);
    assert_eq!(metrics["RecordsFailed"], 0);
    assert_eq!(metrics["RecordsReingested"], 0);

    let (records, _) = invoke(config("ndjson", "keep", "account", KINESIS), &replay, &event).await;
    let line: Value = serde_json::from_str(lines(&records[0]).lines().nth(1).unwrap()).unwrap();
    assert_eq!(line["json"]["order"], "A-20417");
    assert_eq!(line["timestamp"], "2026-11-20T12:00:00.130Z");
    assert_eq!(
        records[0]["metadata"],
        json!({"partitionKeys": {"account": "123456789012", "day": "2026/11/20"}})
    );

    let (records, _) = invoke(config("json-gzip", "keep", "none", KINESIS), &replay, &event).await;
    assert_eq!(records[0]["data"], event["records"][0]["data"]);
    assert_eq!(records[0].get("metadata"), None);
    assert_eq!(records[1]["result"], "Dropped");
    assert_eq!(records[2]["data"], event["records"][2]["data"]);
}

#[tokio::test]
async fn an_empty_batch_has_an_empty_answer() {
    let (records, metrics) = invoke(raw(KINESIS), &Replay::new(NO_CALLS), &event(&[""; 0])).await;
    assert!(records.is_empty());
    assert_eq!(metrics["EventsDecoded"], 0);
}

#[tokio::test]
async fn each_bad_record_fails_alone() {
    let good = message(&texts(2, 10));
    let wrong_sum = {
        let mut bytes = good.clone();
        let at = bytes.len() - 8;
        bytes[at] ^= 1;
        bytes
    };
    let bomb = gzip(&vec![b' '; 10_000_000]).repeat(100);
    let json = |value: Value| gzip(value.to_string().as_bytes());
    let with = |key: &str, value: Value| {
        let mut message = message_of(&json!([{"id": "1", "timestamp": 1, "message": "m"}]));
        message[key] = value;
        json(message)
    };
    let data = [
        (good.clone(), "Ok"),
        (b"not gzip".to_vec(), "ProcessingFailed"),
        (good[..good.len() / 2].to_vec(), "ProcessingFailed"),
        (wrong_sum, "ProcessingFailed"),
        ([&good[..], b"tail"].concat(), "ProcessingFailed"),
        (bomb, "ProcessingFailed"),
        (Vec::new(), "ProcessingFailed"),
        (gzip(b""), "ProcessingFailed"),
        (gzip(b"[]"), "ProcessingFailed"),
        (
            gzip(b"{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"\xff\"}"),
            "ProcessingFailed",
        ),
        (with("messageType", json!("METRIC_MESSAGE")), "ProcessingFailed"),
        (with("owner", json!(123_456_789_012_u64)), "ProcessingFailed"),
        (
            with("logEvents", json!([{"id": "1", "timestamp": "now", "message": "m"}])),
            "ProcessingFailed",
        ),
        (with("logEvents", json!([])), "Dropped"),
        (with("messageType", json!("CONTROL_MESSAGE")), "Dropped"),
        (with("policyLevel", json!("ACCOUNT_LEVEL_POLICY")), "Ok"),
        (good.clone(), "Ok"),
    ];
    let (bytes, expected): (Vec<_>, Vec<_>) = data.into_iter().unzip();
    let mut event = event(&bytes);
    let records = event["records"].as_array_mut().unwrap();
    let id = records.len().to_string();
    records.push(json!({"recordId": id, "data": "no base64!"}));
    for format in ["raw", "ndjson", "json-gzip"] {
        let (records, metrics) = invoke(config(format, "keep", "none", KINESIS), &Replay::new(NO_CALLS), &event).await;
        let mut expected = expected.clone();
        expected.push("ProcessingFailed");
        assert_eq!(results(&records), expected, "{format}");
        let failed = expected.iter().filter(|result| **result == "ProcessingFailed").count();
        assert_eq!(metrics["RecordsFailed"], failed);
        assert_eq!(metrics["EventsDecoded"], 5);
    }
}

#[tokio::test]
async fn members_of_one_record_are_read_as_one() {
    let whole = message_of(&json!([{"id": "1", "timestamp": 1, "message": "m"}])).to_string();
    let (first, second) = whole.as_bytes().split_at(40);
    let record = [gzip(first), gzip(second)].concat();
    let (records, _) = invoke(raw(KINESIS), &Replay::new(NO_CALLS), &event(&[record])).await;
    assert_eq!(lines(&records[0]), "/shop:web\t1\tm\n");
}

#[tokio::test]
async fn a_record_id_that_comes_twice_is_answered_twice() {
    let mut event = event(&[message(&texts(1, 1)), message(&texts(2, 1))]);
    event["records"][1]["recordId"] = json!("0");
    let (records, _) = invoke(raw(KINESIS), &Replay::new(NO_CALLS), &event).await;
    let found: Vec<_> = records
        .iter()
        .map(|record| (&record["recordId"], lines(record).lines().count()))
        .collect();
    assert_eq!(found, [(&json!("0"), 1), (&json!("0"), 2)]);
}

#[tokio::test]
async fn ten_thousand_events_of_a_byte_and_one_of_a_megabyte() {
    let many: Vec<String> = vec!["x".to_owned(); 10_000];
    let batch = event(&[message(&many), message(&texts(1, 1_048_576))]);
    let (records, metrics) = invoke(raw(KINESIS), &Replay::new(NO_CALLS), &batch).await;
    assert_eq!(lines(&records[0]), "/shop:web\t1795176000123\tx\n".repeat(10_000));
    assert_eq!(
        data(&records[1]).len(),
        "/shop:web\t1795176000123\t0:\n".len() + 1_048_576
    );
    assert_eq!(metrics["EventsDecoded"], 10_001);
}

#[tokio::test]
async fn one_invocation_leaves_nothing_to_the_next() {
    let function = Function::new(Ok(raw(KINESIS)), &Replay::new(NO_CALLS).sdk_config());
    for batch in [
        event(&[message(&texts(9, 1000)), b"bad".to_vec()]),
        event(&[message(&texts(1, 1))]),
    ] {
        let of_one = Function::new(Ok(raw(KINESIS)), &Replay::new(NO_CALLS).sdk_config());
        let mut answers = Vec::new();
        for function in [&function, &of_one] {
            let event: Event = serde_json::from_str(&batch.to_string()).unwrap();
            let answer = function.answer(event, invocation(60), std::io::sink()).await.unwrap();
            answers.push(String::from_utf8(answer.as_ref().to_vec()).unwrap());
        }
        assert_eq!(answers[0], answers[1]);
    }
}

#[tokio::test]
async fn a_bad_configuration_is_an_answer_in_words() {
    let problems = vec!["FORMAT is missing".to_owned()];
    let function = Function::new(Err(ConfigError { problems }), &Replay::new(NO_CALLS).sdk_config());
    let event: Event = serde_json::from_str(r#"{"records":[]}"#).unwrap();
    let error = function.answer(event, invocation(60), Vec::new()).await.unwrap_err();
    assert_eq!(error.name(), "InvalidConfiguration");
    let Diagnostic { error_message, .. } = error.into();
    assert!(error_message.contains("FORMAT is missing"), "{error_message}");
}
