//! What no decoder can be faster than: base64, inflate and base64 again, by the fastest libraries, and nothing between them.
//!
//! `floor FILE SECONDS` looks neither at the event nor at what it inflates. The records and their lines are known before the
//! clock starts, memory is reused, and the answer's data is one piece, as it must be to be sent.

mod measure;

use anyhow::{Context as _, Result};
use base64_simd::STANDARD;
use libdeflater::Decompressor;
use log_decoder::message::{Format, Layout, Newlines, write_lines};
use serde_json::Value;

const LAYOUT: Layout = Layout {
    format: Format::Raw,
    newlines: Newlines::Keep,
};

struct Record {
    data: Vec<u8>,
    inflated_bytes: usize,
    lines: Vec<u8>,
}

fn main() -> Result<()> {
    let file = std::env::args().nth(1).context("usage: floor FILE SECONDS")?;
    let records = records(&std::fs::read(file)?)?;
    let largest = records.iter().map(|record| record.inflated_bytes).max();
    measure::run("floor", || {
        let records = &records;
        let mut decompressor = Decompressor::new();
        let (mut gzip, mut message, mut answer) = (Vec::new(), vec![0; largest.unwrap_or(0)], Vec::new());
        move |_| {
            answer.clear();
            for record in records {
                gzip.clear();
                STANDARD.decode_append(&record.data, &mut gzip)?;
                decompressor.gzip_decompress(&gzip, &mut message)?;
                STANDARD.encode_append(&record.lines, &mut answer);
            }
            Ok(answer.len())
        }
    })
}

/// The records that become lines; others cost a decoder next to nothing.
fn records(event: &[u8]) -> Result<Vec<Record>> {
    let event: Value = serde_json::from_slice(event)?;
    let records = event["records"].as_array().context("no `records`")?;
    Ok(records
        .iter()
        .filter_map(|found| record(found["data"].as_str()?))
        .collect())
}

fn record(data: &str) -> Option<Record> {
    let gzip = STANDARD.decode_to_vec(data).ok()?;
    // Deflate cannot make more than this of its input, so that a wrong size is not believed.
    let inflated_bytes = (u32::from_le_bytes(*gzip.last_chunk()?) as usize).min(gzip.len() * 1_032);
    let mut message = vec![0; inflated_bytes];
    Decompressor::new().gzip_decompress(&gzip, &mut message).ok()?;
    let mut lines = Vec::new();
    write_lines(&message, &LAYOUT, &mut lines).ok()?;
    Some(Record {
        data: data.as_bytes().to_vec(),
        inflated_bytes,
        lines,
    })
}
