//! One record: from Firehose's bytes to lines.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::config::{Output, PartitionBy};
use crate::gzip::Inflater;
use crate::message::{self, Content, Header};
use crate::partition;
use crate::reingest;

/// Lines that may get larger than this are not written. A function of 128 MB has room for them, and no answer has.
const LINES_BYTES: usize = 24 * 1024 * 1024;

/// An event of CloudWatch Logs takes this much of its message at least: its id alone has 56 digits.
const EVENT_BYTES: usize = 100;

/// Keys and punctuation of a line.
const KEYS_BYTES: usize = 200;

/// Kept for the next record. What a huge one needed is given back.
const KEPT_BYTES: usize = 4 * 1024 * 1024;

/// What a record holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Decoded<'d> {
    /// What goes into the answer.
    Events {
        data: &'d [u8],
        metadata: &'d str,
        events: usize,
    },
    /// More than any answer holds: it was not written. `bytes` is about what it would take.
    Huge { bytes: usize, events: usize },
    /// Nothing to archive: a control message, or one without events.
    Nothing,
    /// Nothing that can be read.
    Unreadable(Unreadable),
}

/// Why a record cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// Its data is no base64.
    NotBase64,
    /// It is not gzip, is damaged, or is larger than any message.
    NotGzip,
    /// It is no subscription message.
    NotAMessage,
    /// A fault of this function.
    Panicked,
}

/// Decodes one record after another in the same memory.
pub(crate) struct Decoder {
    output: Output,
    partition_by: PartitionBy,
    inflater: Inflater,
    lines: Vec<u8>,
    metadata: String,
}

impl Decoder {
    pub(crate) fn new(output: Output, partition_by: PartitionBy) -> Self {
        Self {
            output,
            partition_by,
            inflater: Inflater::new(),
            lines: Vec::new(),
            metadata: String::new(),
        }
    }

    /// What `data`, already out of base64, holds. A panic costs this record alone.
    pub(crate) fn decode<'d>(&'d mut self, data: Option<&'d [u8]>) -> Decoded<'d> {
        let Some(data) = data else {
            return Decoded::Unreadable(Unreadable::NotBase64);
        };
        guarded(|| self.decode_unguarded(data).unwrap_or_else(Decoded::Unreadable))
    }

    fn decode_unguarded<'d>(&'d mut self, data: &'d [u8]) -> Result<Decoded<'d>, Unreadable> {
        let message = self.inflater.inflate(data).map_err(|_| Unreadable::NotGzip)?;
        let (data, content) = match &self.output {
            Output::Messages => (data, inspect(message)?),
            Output::Lines(layout) => {
                if let Some(huge) = huge(message)? {
                    return Ok(huge);
                }
                self.lines.clear();
                self.lines.shrink_to(KEPT_BYTES);
                let content = message::write_lines(message, layout, &mut self.lines);
                (self.lines.as_slice(), content.map_err(|_| Unreadable::NotAMessage)?)
            }
        };
        Ok(match content {
            Content::Control | Content::Data(Header { events: 0, .. }) => Decoded::Nothing,
            Content::Data(header) => {
                partition::write_metadata(&header, self.partition_by, &mut self.metadata);
                Decoded::Events {
                    data,
                    metadata: &self.metadata,
                    events: header.events,
                }
            }
        })
    }

    /// The events of the message that `data` holds in `into` records or more, each of at most `record_bytes`. None if that
    /// cannot be: one event alone is larger.
    pub(crate) fn split(&mut self, data: &[u8], into: usize, record_bytes: usize) -> Option<Vec<Vec<u8>>> {
        let message = self.inflater.inflate(data).ok()?;
        catch_unwind(|| reingest::split(message, into, record_bytes))
            .ok()
            .flatten()
    }
}

fn inspect(message: &[u8]) -> Result<Content<'_>, Unreadable> {
    message::inspect(message).map_err(|_| Unreadable::NotAMessage)
}

/// Names of group and stream are repeated in every line, so a message can be far smaller than its lines.
fn huge(message: &[u8]) -> Result<Option<Decoded<'static>>, Unreadable> {
    if lines_bytes(message, message.len() / EVENT_BYTES) <= LINES_BYTES {
        return Ok(None);
    }
    let Content::Data(Header { events, .. }) = inspect(message)? else {
        return Ok(None);
    };
    let bytes = lines_bytes(message, events);
    Ok((bytes > LINES_BYTES).then_some(Decoded::Huge { bytes, events }))
}

/// What the lines of so many events take at most: twice their JSON, where that is repeated as `json`, and each time what
/// comes before the events.
fn lines_bytes(message: &[u8], events: usize) -> usize {
    let before = memchr::memmem::find(message, br#""logEvents""#).filter(|_| message.ends_with(b"}]}"));
    2 * message.len() + events * (before.unwrap_or(message.len()) + KEYS_BYTES)
}

fn guarded<'d>(decode: impl FnOnce() -> Decoded<'d>) -> Decoded<'d> {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or(Decoded::Unreadable(Unreadable::Panicked))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::gzip;
    use crate::message::{Format, Layout, Newlines};

    const RAW: Output = Output::Lines(Layout {
        format: Format::Raw,
        newlines: Newlines::Keep,
    });

    /// `events` of a byte each.
    fn record(stream: &str, events: usize) -> Vec<u8> {
        let events: Vec<Value> = (0..events)
            .map(|id| json!({"id": format!("{id:056}"), "timestamp": 1, "message": "m"}))
            .collect();
        let message = json!({
            "messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "g", "logStream": stream,
            "logEvents": events,
        });
        gzip::deflate(message.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_panic_costs_one_record() {
        let found = guarded(|| panic!("in a test"));
        assert_eq!(found, Decoded::Unreadable(Unreadable::Panicked));
    }

    #[test]
    fn lines_that_may_be_too_many_are_counted_and_not_written() {
        let long = "s".repeat(512);
        let longer = "s".repeat(100_000);
        for (stream, events, huge) in [
            ("s", 20_000, false),
            (&*long, 10_000, false),
            (&*longer, 100, false),
            (&*longer, 300, true),
        ] {
            let record = record(stream, events);
            let mut decoder = Decoder::new(RAW, PartitionBy::None);
            let found = match decoder.decode(Some(&record)) {
                Decoded::Huge { events, .. } => (events, true),
                Decoded::Events { events, .. } => (events, false),
                other => panic!("{other:?}"),
            };
            assert_eq!(found, (events, huge), "{} {events}", stream.len());
            if huge {
                assert_eq!(decoder.lines.capacity(), 0);
            }
        }
    }
}
