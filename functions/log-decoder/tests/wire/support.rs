//! Events, messages and invocations.

use std::io::Write as _;
use std::time::Duration;

use aws_client::replay::{Answer, Replay};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use log_decoder::{Config, Event, Function, Invocation};
use serde_json::{Value, json};
use tokio::time::Instant;

pub(crate) const KINESIS: &str = "arn:aws:kinesis:us-east-1:123456789012:stream/logs";
pub(crate) const FIREHOSE: &str = "arn:aws:firehose:us-east-1:123456789012:deliverystream/logs";
pub(crate) const BOTH: [&str; 2] = [KINESIS, FIREHOSE];

pub(crate) fn config(format: &str, newlines: &str, partition_by: &str, source_arn: &str) -> Config {
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

pub(crate) fn raw(source_arn: &str) -> Config {
    config("raw", "keep", "none", source_arn)
}

/// The answer's records, and the line of metrics.
pub(crate) async fn invoke(config: Config, replay: &Replay, event: &Value) -> (Vec<Value>, Value) {
    let function = Function::new(Ok(config), &replay.sdk_config());
    let event: Event = serde_json::from_str(&event.to_string()).unwrap();
    let mut metrics = Vec::new();
    let answer = function.answer(event, invocation(60), &mut metrics).await.unwrap();
    let mut answer: Value = serde_json::from_slice(answer.as_ref()).unwrap();
    let Value::Array(records) = answer["records"].take() else {
        panic!("{answer}")
    };
    (records, serde_json::from_slice(&metrics).unwrap())
}

pub(crate) fn invocation(seconds: u64) -> Invocation<'static, fn() -> f64> {
    Invocation {
        function: "decoder",
        clock: Timestamp::UNIX_EPOCH,
        deadline: Instant::now() + Duration::from_secs(seconds),
        random: || 0.0,
    }
}

pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn message_of(events: &Value) -> Value {
    json!({
        "messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "/shop", "logStream": "web",
        "subscriptionFilters": ["archive"], "logEvents": events,
    })
}

pub(crate) fn message(texts: &[String]) -> Vec<u8> {
    let event = |text: &String| json!({"id": "1", "timestamp": 1_795_176_000_123_u64, "message": text});
    gzip(message_of(&texts.iter().map(event).collect()).to_string().as_bytes())
}

pub(crate) fn texts(count: usize, bytes: usize) -> Vec<String> {
    (0..count)
        .map(|index| format!("{index}:{}", "x".repeat(bytes)))
        .collect()
}

/// Records with ids from 0, as Firehose hands them over.
pub(crate) fn event<D: AsRef<[u8]>>(data: &[D]) -> Value {
    let records: Vec<Value> = data
        .iter()
        .enumerate()
        .map(|(id, data)| json!({"recordId": id.to_string(), "data": STANDARD.encode(data)}))
        .collect();
    json!({"invocationId": "i", "region": "us-east-1", "records": records})
}

pub(crate) fn results(records: &[Value]) -> Vec<&str> {
    for (index, record) in records.iter().enumerate() {
        assert_eq!(record["recordId"], index.to_string());
    }
    records
        .iter()
        .map(|record| record["result"].as_str().unwrap())
        .collect()
}

pub(crate) fn data(record: &Value) -> Vec<u8> {
    STANDARD.decode(record["data"].as_str().unwrap()).unwrap()
}

pub(crate) fn lines(record: &Value) -> String {
    String::from_utf8(data(record)).unwrap()
}

pub(crate) const NO_CALLS: Vec<Answer> = Vec::new();
