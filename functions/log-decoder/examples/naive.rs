//! The decoder as one writes it in half an hour, without a thought for speed: what `make bench-decoder` compares ours with.
//!
//! `naive FILE` writes its answer, `naive FILE SECONDS` is measured. It has no budget, no partition keys and no formats, so it
//! does less.

mod measure;

use std::io::{Read as _, Write as _};

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::MultiGzDecoder;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Event {
    records: Vec<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    record_id: String,
    data: String,
}

#[derive(Serialize)]
struct Answer {
    records: Vec<Transformed>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Transformed {
    record_id: String,
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    #[serde(rename = "messageType")]
    kind: String,
    log_group: String,
    log_stream: String,
    log_events: Vec<LogEvent>,
}

#[derive(Deserialize)]
struct LogEvent {
    timestamp: i64,
    message: String,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, file] = arguments.as_slice() {
        return Ok(std::io::stdout().write_all(&answer(&std::fs::read(file)?)?)?);
    }
    measure::run("naive", || |event: &[u8]| Ok(answer(event)?.len()))
}

fn answer(event: &[u8]) -> Result<Vec<u8>> {
    let event: Event = serde_json::from_slice(event)?;
    let records = event.records.into_iter().map(transformed).collect();
    Ok(serde_json::to_vec(&Answer { records })?)
}

fn transformed(record: Record) -> Transformed {
    let (result, data) = match message(&record.data) {
        Ok(message) if message.kind == "DATA_MESSAGE" => ("Ok", Some(STANDARD.encode(lines(&message)))),
        Ok(message) if message.kind == "CONTROL_MESSAGE" => ("Dropped", None),
        _ => ("ProcessingFailed", None),
    };
    Transformed {
        record_id: record.record_id,
        result,
        data,
    }
}

fn message(data: &str) -> Result<Message> {
    let gzip = STANDARD.decode(data)?;
    let mut text = String::new();
    MultiGzDecoder::new(gzip.as_slice()).read_to_string(&mut text)?;
    Ok(serde_json::from_str(&text)?)
}

fn lines(message: &Message) -> String {
    let mut lines = String::new();
    for event in &message.log_events {
        let text = event.message.strip_suffix('\n').unwrap_or(&event.message);
        let line = format!(
            "{}:{}\t{}\t{text}\n",
            message.log_group, message.log_stream, event.timestamp
        );
        lines.push_str(&line);
    }
    lines
}
