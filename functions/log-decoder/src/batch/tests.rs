//! Batches without a source: what is put back is handed in again, as Firehose would.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::config::{Output, PartitionBy};
use crate::gzip;
use crate::message::{Format, Layout, Newlines};

/// Of Direct PUT, the smaller of the two sources.
const RECORD_BYTES: usize = 1000 * 1024;

const RAW: Output = Output::Lines(Layout {
    format: Format::Raw,
    newlines: Newlines::Keep,
});

/// Digits that no one can foresee: gzip leaves half of them.
static NOISE: LazyLock<String> = LazyLock::new(|| {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut noise = String::new();
    while noise.len() < 6_000_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        write!(noise, "{state:016x}").unwrap();
    }
    noise
});

/// A record with events named `ids`, each with a message of about `bytes`, of which gzip leaves a tenth.
fn record(ids: Range<usize>, bytes: usize) -> Vec<u8> {
    record_of(ids.map(|id| (id, bytes)))
}

fn record_of(events: impl Iterator<Item = (usize, usize)>) -> Vec<u8> {
    message(events.map(|(id, bytes)| {
        let noise = &NOISE[id * 7919 % 100_000..][..bytes / 5];
        (
            id,
            format!("event {id}: {noise}{}", " a line of a log".repeat(bytes / 20)),
        )
    }))
}

fn message(events: impl Iterator<Item = (usize, String)>) -> Vec<u8> {
    let events: Vec<Value> = events
        .map(|(id, text)| json!({"id": id.to_string(), "timestamp": 1_795_176_000_000_u64, "message": text}))
        .collect();
    let message = json!({
        "messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "/shop", "logStream": "s",
        "subscriptionFilters": ["f"], "logEvents": events,
    });
    gzip::deflate(message.to_string().as_bytes()).unwrap()
}

/// A record with events named `ids`, of which gzip leaves half.
fn noisy_record(ids: Range<usize>, bytes: usize) -> Vec<u8> {
    message(ids.map(|id| (id, format!("event {id}: {}", &NOISE[..bytes]))))
}

fn event(records: &[Vec<u8>]) -> Event {
    let records: Vec<Value> = records
        .iter()
        .enumerate()
        .map(|(index, data)| json!({"recordId": format!("{index:059}"), "data": STANDARD.encode(data)}))
        .collect();
    serde_json::from_str(&json!({ "records": records }).to_string()).unwrap()
}

/// What a batch came to.
#[derive(Default)]
struct Done {
    answer_bytes: usize,
    /// Ids of events in the answer.
    archived: Vec<usize>,
    /// Indexes of records answered `ProcessingFailed`.
    failed: Vec<usize>,
    dropped: usize,
    returns: Vec<Vec<u8>>,
}

fn answer(output: Output, records: &[Vec<u8>], put_fails: impl Fn(usize) -> bool) -> Done {
    let event = event(records);
    let mut decoder = Decoder::new(output, PartitionBy::None);
    let mut batch = Batch::decode(&event, &mut decoder);
    let returns = batch.returns(&mut decoder, RECORD_BYTES);
    let (parts, owners) = returns.into_parts();
    let put = Put {
        failed: owners.into_iter().filter(|owner| put_fails(*owner)).collect(),
        reason: None,
    };
    let (answer, tally) = batch.finish(&mut decoder, &put);
    let json = answer.as_ref();
    let answered: Value = serde_json::from_slice(json).unwrap();
    let answered = answered["records"].as_array().unwrap();
    assert_eq!(answered.len(), records.len());
    let mut done = Done {
        answer_bytes: json.len(),
        returns: parts,
        ..Done::default()
    };
    for (index, record) in answered.iter().enumerate() {
        assert_eq!(record["recordId"], format!("{index:059}"));
        match record["result"].as_str().unwrap() {
            "Ok" => done
                .archived
                .extend(ids(&STANDARD.decode(record["data"].as_str().unwrap()).unwrap())),
            "Dropped" => done.dropped += 1,
            "ProcessingFailed" => done.failed.push(index),
            other => panic!("{other}"),
        }
    }
    assert_eq!(tally.events, done.archived.len());
    assert_eq!(tally.failed(), done.failed.len());
    assert_eq!(tally.put_back + tally.nothing, done.dropped);
    done
}

/// The ids in raw lines, or in a gzipped message.
fn ids(data: &[u8]) -> Vec<usize> {
    if data.starts_with(&[0x1f, 0x8b]) {
        return ids_of(data);
    }
    let id = |line: &str| line.split("event ").nth(1)?.split(':').next()?.parse().ok();
    String::from_utf8(data.to_vec())
        .unwrap()
        .lines()
        .filter_map(id)
        .collect()
}

fn ids_of(record: &[u8]) -> Vec<usize> {
    let mut inflater = crate::gzip::Inflater::new();
    let message: Value = serde_json::from_slice(inflater.inflate(record).unwrap()).unwrap();
    let events = message["logEvents"].as_array().unwrap();
    events
        .iter()
        .map(|event| event["id"].as_str().unwrap().parse().unwrap())
        .collect()
}

#[test]
fn what_fits_is_answered_at_once() {
    let done = answer(RAW, &[record(0..10, 1000), record(10..11, 1000)], |_| true);
    assert_eq!(done.archived, (0..11).collect::<Vec<_>>());
    assert!(done.returns.is_empty() && done.failed.is_empty());
    let done = answer(RAW, &[], |_| true);
    assert_eq!(done.answer_bytes, r#"{"records":[]}"#.len());
}

#[test]
fn an_answer_of_exactly_6_mib_is_given_and_one_byte_group_more_is_not() {
    let fixed = answer::ok_bytes(&format!("\"{:059}\"", 0), 0, "") + crate::answer::FRAME_BYTES;
    // The id has a length that makes the rest a multiple of 4.
    assert_eq!((budget::ANSWER_BYTES - fixed) % 4, 0, "{fixed}");
    let line_bytes = (budget::ANSWER_BYTES - fixed) / 4 * 3;
    let prefix = "/shop:s\t1795176000000\tevent 0: ".len();
    for (more, fits) in [(0, true), (1, false)] {
        // Two events, so that it is not too large for ever.
        let second = "/shop:s\t1795176000000\tevent 1: ".len() + 1;
        let text = "x".repeat(line_bytes - prefix - 1 - second + more);
        let message = json!({
            "messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "/shop", "logStream": "s",
            "subscriptionFilters": [], "logEvents": [
                {"id": "0", "timestamp": 1_795_176_000_000_u64, "message": format!("event 0: {text}")},
                {"id": "1", "timestamp": 1_795_176_000_000_u64, "message": "event 1: "},
            ],
        });
        let record = gzip::deflate(message.to_string().as_bytes()).unwrap();
        let done = answer(RAW, &[record], |_| false);
        if fits {
            assert_eq!(done.answer_bytes, budget::ANSWER_BYTES);
            assert_eq!(done.archived, [0, 1]);
        } else {
            assert!(done.archived.is_empty() && done.failed.is_empty());
            assert_eq!(
                done.returns.iter().map(|part| ids_of(part)).collect::<Vec<_>>(),
                [[0], [1]]
            );
        }
    }
}

#[test]
fn what_was_answered_makes_room_for_a_later_message_of_one_event() {
    let batch = [record(0..1, 2000), record(1..30, 130_000), record(30..31, 2_000_000)];
    let done = answer(RAW, &batch, |_| false);
    assert_eq!(done.archived, [0, 30]);
    assert_eq!(done.dropped, 1);
    let mut back: Vec<usize> = done.returns.iter().flat_map(|part| ids_of(part)).collect();
    back.sort_unstable();
    assert_eq!(back, (1..30).collect::<Vec<_>>());
}

#[test]
fn only_the_record_that_could_not_be_put_back_fails() {
    let batch = [record(0..20, 230_000), record(20..40, 100_000), record(40..60, 100_000)];
    let done = answer(RAW, &batch, |owner| owner == 1);
    assert_eq!(done.archived, (0..20).collect::<Vec<_>>());
    assert_eq!(done.failed, [1]);
    assert_eq!(done.dropped, 1);
}

#[test]
fn an_event_too_large_for_any_answer_fails_and_nothing_else_does() {
    let batch = [record(0..1, 5_000_000), record(1..3, 1000)];
    let done = answer(RAW, &batch, |_| false);
    assert_eq!(done.failed, [0]);
    assert_eq!(done.archived, [1, 2]);
    // In a message with others it is split off, and then fails alone.
    let all = archive(RAW, vec![record_of([5_000_000, 100, 100].into_iter().enumerate())]);
    assert_eq!(all.archived, [1, 2]);
    assert_eq!(all.failed_events, [0]);
}

#[test]
fn a_part_too_large_for_the_source_fails_its_record_before_anything_of_it_is_put() {
    let batch = [record(0..1, 4_000_000), noisy_record(1..3, 2_200_000)];
    assert!(batch[1].len() > 2 * RECORD_BYTES);
    let done = answer(RAW, &batch, |_| false);
    assert_eq!((done.archived, done.failed, done.returns), (vec![0], vec![1], vec![]));
}

#[derive(Default)]
struct Archive {
    archived: Vec<usize>,
    failed_events: Vec<usize>,
    rounds: usize,
}

/// Hands records in, and what is put back after them, until nothing is left: batches of at most 1 MB as they come, as the
/// stack's Firehose makes them.
fn archive(output: Output, records: Vec<Vec<u8>>) -> Archive {
    let mut queue: VecDeque<Vec<u8>> = records.into();
    let mut archive = Archive::default();
    while !queue.is_empty() {
        archive.rounds += 1;
        assert!(archive.rounds < 200, "it does not end");
        let mut bytes = 0;
        let fitting = queue.iter().take_while(|record| {
            bytes += record.len();
            bytes <= 1_000_000
        });
        let count = fitting.count().max(1);
        let batch: Vec<Vec<u8>> = queue.drain(..count).collect();
        let done = answer(output, &batch, |_| false);
        assert!(done.answer_bytes <= budget::ANSWER_BYTES);
        for part in &done.returns {
            let whole = batch.iter().any(|record| record == part);
            assert!(part.len() <= RECORD_BYTES);
            assert!(!whole || ids_of(part).len() == 1, "only one event comes back as it was");
        }
        assert!(!done.archived.is_empty() || done.returns.len() > batch.len() || !done.failed.is_empty());
        archive.archived.extend(done.archived);
        archive
            .failed_events
            .extend(done.failed.iter().flat_map(|index| ids_of(&batch[*index])));
        queue.extend(done.returns);
    }
    archive.archived.sort_unstable();
    archive
}

#[test]
fn what_is_put_back_shrinks_until_every_event_is_archived_exactly_once() {
    let mut records = Vec::new();
    let mut events = 0;
    for (count, bytes) in [
        (1, 900_000),
        (400, 30_000),
        (3, 2_000_000),
        (2, 100),
        (1, 2_500_000),
        (40, 64_000),
        (1, 3_000_000),
    ] {
        records.push(record(events..events + count, bytes));
        events += count;
    }
    for output in [RAW, Output::Messages] {
        let archive = archive(output, records.clone());
        assert_eq!(archive.archived, (0..events).collect::<Vec<_>>(), "{output:?}");
        assert!(archive.failed_events.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn every_event_of_a_batch_is_in_the_answer_or_put_back_or_failed(
        sizes in prop::collection::vec((1..30_usize, 0..9_u32), 0..9),
        fails in any::<u16>(),
    ) {
        let mut records = Vec::new();
        let mut events = 0;
        for (count, size) in sizes {
            let bytes = (100 << (size * 2)).min(4_000_000 / count);
            records.push(record(events..events + count, bytes));
            events += count;
        }
        let fails = |owner: usize| fails >> owner & 1 == 1;
        let done = answer(RAW, &records, fails);
        prop_assert!(done.answer_bytes <= budget::ANSWER_BYTES);
        let mut all = done.archived;
        all.extend(done.failed.iter().flat_map(|index| ids_of(&records[*index])));
        // Parts whose record failed are in the source or not, and in the error prefix in any case.
        all.extend(done.returns.iter().flat_map(|part| ids_of(part)));
        all.sort_unstable();
        all.dedup();
        prop_assert_eq!(all, (0..events).collect::<Vec<_>>());
    }
}
