//! Whole invocations: Firehose's event in, answer out, the source through the real SDK up to the connection.
//!
//! Answers of AWS are hand-written and small, after the API references
//! (<https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html>,
//! <https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html>).

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

use std::io::Write as _;
use std::time::Duration;

use aws_client::replay::{Answer, Replay};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use lambda_edge::ConfigError;
use lambda_runtime::Diagnostic;
use log_decoder::{Config, Event, Function, Invocation};
use serde_json::{Value, json};
use tokio::time::Instant;

const KINESIS: &str = "arn:aws:kinesis:us-east-1:123456789012:stream/logs";
const FIREHOSE: &str = "arn:aws:firehose:us-east-1:123456789012:deliverystream/logs";
const BOTH: [&str; 2] = [KINESIS, FIREHOSE];

fn config(format: &str, newlines: &str, partition_by: &str, source_arn: &str) -> Config {
    let lookup = |name: &str| {
        let value = match name {
            "FORMAT" => format,
            "NEWLINES" => newlines,
            "PARTITION_BY" => partition_by,
            "SOURCE_ARN" => source_arn,
            _ => return None,
        };
        Some(value.to_owned())
    };
    Config::from_lookup(lookup).unwrap()
}

fn raw(source_arn: &str) -> Config {
    config("raw", "keep", "none", source_arn)
}

/// The answer's records, and the line of metrics.
async fn invoke(config: Config, replay: &Replay, event: &Value) -> (Vec<Value>, Value) {
    let function = Function::new(Ok(config), &replay.sdk_config());
    let event: Event = serde_json::from_str(&event.to_string()).unwrap();
    let mut metrics = Vec::new();
    let answer = function.answer(event, invocation(60), &mut metrics).await.unwrap();
    let mut answer: Value = serde_json::from_str(&serde_json::to_string(&answer).unwrap()).unwrap();
    let Value::Array(records) = answer["records"].take() else {
        panic!("{answer}")
    };
    (records, serde_json::from_slice(&metrics).unwrap())
}

fn invocation(seconds: u64) -> Invocation<'static, fn() -> f64> {
    Invocation {
        function: "decoder",
        clock: Timestamp::UNIX_EPOCH,
        deadline: Instant::now() + Duration::from_secs(seconds),
        random: || 0.0,
    }
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn message_of(events: &Value) -> Value {
    json!({
        "messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "/shop", "logStream": "web",
        "subscriptionFilters": ["archive"], "logEvents": events,
    })
}

fn message(texts: &[String]) -> Vec<u8> {
    let event = |text: &String| json!({"id": "1", "timestamp": 1_795_176_000_123_u64, "message": text});
    gzip(message_of(&texts.iter().map(event).collect()).to_string().as_bytes())
}

fn texts(count: usize, bytes: usize) -> Vec<String> {
    (0..count)
        .map(|index| format!("{index}:{}", "x".repeat(bytes)))
        .collect()
}

/// Records with ids from 0, as Firehose hands them over.
fn event<D: AsRef<[u8]>>(data: &[D]) -> Value {
    let records: Vec<Value> = data
        .iter()
        .enumerate()
        .map(|(id, data)| json!({"recordId": id.to_string(), "data": STANDARD.encode(data)}))
        .collect();
    json!({"invocationId": "i", "region": "us-east-1", "records": records})
}

fn results(records: &[Value]) -> Vec<&str> {
    for (index, record) in records.iter().enumerate() {
        assert_eq!(record["recordId"], index.to_string());
    }
    records
        .iter()
        .map(|record| record["result"].as_str().unwrap())
        .collect()
}

fn data(record: &Value) -> Vec<u8> {
    STANDARD.decode(record["data"].as_str().unwrap()).unwrap()
}

fn lines(record: &Value) -> String {
    String::from_utf8(data(record)).unwrap()
}

/// One put call's answer: `None` is a record that was put, `Some` the code of one that failed.
fn put(arn: &str, entries: &[Option<&str>]) -> Answer {
    let failed = entries.iter().flatten().count();
    let entry = |code: &Option<&str>| match code {
        Some(code) => json!({"ErrorCode": code, "ErrorMessage": "in words"}),
        None if arn == KINESIS => json!({"SequenceNumber": "1", "ShardId": "shardId-000000000000"}),
        None => json!({"RecordId": "1"}),
    };
    let entries: Vec<Value> = entries.iter().map(entry).collect();
    Answer::ok(if arn == KINESIS {
        json!({"FailedRecordCount": failed, "Records": entries}).to_string()
    } else {
        json!({"FailedPutCount": failed, "RequestResponses": entries}).to_string()
    })
}

/// The messages' texts of every record of every put call.
fn put_texts(replay: &Replay) -> Vec<Vec<Vec<String>>> {
    let texts = |entry: &Value| {
        let gzip = STANDARD.decode(entry["Data"].as_str().unwrap()).unwrap();
        let message: Value = serde_json::from_reader(MultiGzDecoder::new(gzip.as_slice())).unwrap();
        let events = message["logEvents"].as_array().unwrap();
        events
            .iter()
            .map(|event| event["message"].as_str().unwrap().to_owned())
            .collect()
    };
    let requests = replay.requests();
    let bodies = requests
        .iter()
        .map(|request| serde_json::from_str(request.split_once('\n').unwrap().1).unwrap());
    bodies
        .map(|body: Value| body["Records"].as_array().unwrap().iter().map(texts).collect())
        .collect()
}

/// What one answer cannot hold: 3 MB of lines each, the second of 4 events.
fn too_much() -> (Value, Vec<String>) {
    let second = texts(4, 750_000);
    (event(&[message(&texts(2, 1_500_000)), message(&second)]), second)
}

const NO_CALLS: Vec<Answer> = Vec::new();

#[tokio::test]
async fn a_recorded_event_becomes_lines() {
    let event: Value = serde_json::from_str(include_str!("../../../tests/events/log-decoder.json")).unwrap();
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
async fn names_repeated_into_more_than_memory_holds_are_split_not_written() {
    let mut message = message_of(&json!([]));
    message["logStream"] = json!("s".repeat(500_000));
    message["logEvents"] = (0..200)
        .map(|id| json!({"id": id.to_string(), "timestamp": 1, "message": "m"}))
        .collect();
    let record = gzip(message.to_string().as_bytes());
    let parts = 86;
    let replay = Replay::new(vec![put(KINESIS, &vec![None; parts])]);
    let (records, _) = invoke(raw(KINESIS), &replay, &event(&[record])).await;
    assert_eq!(results(&records), ["Dropped"]);
    assert_eq!(put_texts(&replay)[0].iter().map(Vec::len).sum::<usize>(), 200);
}

#[tokio::test]
async fn what_does_not_fit_is_put_back_in_parts_and_then_dropped() {
    for arn in BOTH {
        let (event, second) = too_much();
        let replay = Replay::new(vec![put(arn, &[None, None, None])]);
        let (records, metrics) = invoke(raw(arn), &replay, &event).await;
        assert_eq!(results(&records), ["Ok", "Dropped"], "{arn}");
        let texts = put_texts(&replay);
        assert_eq!(texts.len(), 1);
        assert_eq!(texts[0].len(), 3);
        assert_eq!(texts[0].concat(), second);
        assert_eq!(metrics["RecordsReingested"], 1);
        assert_eq!(metrics["RecordsFailed"], 0);
        assert_eq!(metrics["EventsDecoded"], 2);
    }
}

#[tokio::test]
async fn a_message_of_one_event_goes_before_others_or_back_as_it_is() {
    let first = message(&texts(2, 1_250_000));
    let (one, another) = (message(&texts(1, 2_500_000)), message(&texts(1, 2_500_001)));
    let replay = Replay::new(vec![put(KINESIS, &[None, None, None])]);
    let (records, _) = invoke(raw(KINESIS), &replay, &event(&[first, one, another.clone()])).await;
    assert_eq!(results(&records), ["Dropped", "Ok", "Dropped"]);
    let request = &replay.requests()[0];
    assert!(request.contains(&STANDARD.encode(&another)), "as it was");
}

#[tokio::test(start_paused = true)]
async fn parts_that_were_throttled_are_put_again_before_the_record_is_dropped() {
    let throttled = [
        (KINESIS, "ProvisionedThroughputExceededException"),
        (FIREHOSE, "ServiceUnavailableException"),
    ];
    for (arn, code) in throttled {
        let (event, second) = too_much();
        let whole = Answer::error(
            400,
            json!({"__type": "ThrottlingException", "message": "slow down"}).to_string(),
        );
        let replay = Replay::new(vec![whole, put(arn, &[None, Some(code), None]), put(arn, &[None])]);
        let (records, _) = invoke(raw(arn), &replay, &event).await;
        assert_eq!(results(&records), ["Ok", "Dropped"], "{arn}");
        assert!(replay.is_used_up());
        let calls = put_texts(&replay);
        assert_eq!(calls[0].concat(), second);
        assert_eq!(calls[2], calls[1][1..2]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_of_which_one_part_was_not_put_fails_and_the_others_do_not() {
    for arn in BOTH {
        let (mut event, _) = too_much();
        let third = message(&texts(2, 1_000_000));
        let records = event["records"].as_array_mut().unwrap();
        records.push(json!({"recordId": "2", "data": STANDARD.encode(third)}));
        let refused = Some("KMSAccessDeniedException");
        let never = put(arn, &[None, refused, None, None, None]);
        let again: Vec<Answer> = std::iter::repeat_n(put(arn, &[refused]), 7).collect();
        let replay = Replay::new([vec![never], again].concat());
        let (records, metrics) = invoke(raw(arn), &replay, &event).await;
        assert_eq!(results(&records), ["Ok", "ProcessingFailed", "Dropped"], "{arn}");
        assert_eq!(metrics["RecordsFailed"], 1);
        assert_eq!(metrics["RecordsReingested"], 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_refuses_the_call_leaves_the_record_to_the_error_prefix() {
    for arn in BOTH {
        let (event, _) = too_much();
        let denied = json!({"__type": "AccessDeniedException", "message": "not authorized"}).to_string();
        let replay = Replay::new(vec![Answer::error(400, denied)]);
        let (records, _) = invoke(raw(arn), &replay, &event).await;
        assert_eq!(results(&records), ["Ok", "ProcessingFailed"], "{arn}");
    }
}

#[tokio::test]
async fn what_there_is_no_time_left_to_put_back_fails() {
    let (event, _) = too_much();
    let replay = Replay::new(NO_CALLS);
    let function = Function::new(Ok(raw(KINESIS)), &replay.sdk_config());
    let event: Event = serde_json::from_str(&event.to_string()).unwrap();
    let answer = function.answer(event, invocation(0), std::io::sink()).await.unwrap();
    let answer: Value = serde_json::from_str(&serde_json::to_string(&answer).unwrap()).unwrap();
    assert_eq!(
        results(answer["records"].as_array().unwrap()),
        ["Ok", "ProcessingFailed"]
    );
    assert!(replay.requests().is_empty());
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
            answers.push(serde_json::to_string(&answer).unwrap());
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
