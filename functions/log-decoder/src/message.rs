//! Subscription messages of CloudWatch Logs: what an inflated record holds, and the lines that become of it.
//!
//! ```text
//! {"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/aws/lambda/shop",
//!  "logStream":"2026/11/20/[$LATEST]ab","subscriptionFilters":["archive"],"logEvents":[{"id":"3819...","timestamp":1795176000123,"message":"..."}]}
//! ```
//!
//! The shape is that of <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/ValidateLogEventFlow.html>. Messages
//! come without white space and with these keys in this order, and that is what [`scanner`] reads, in one pass from
//! message to lines. Whatever looks different goes to [`oracle`], which is `serde_json`: slower, and right by
//! definition. The scanner declines, or agrees with it byte for byte.
//!
//! What a message is:
//!
//! - UTF-8, one JSON object. Unknown fields are ignored, wherever they are; a known field twice is an error, as serde
//!   has it.
//! - `messageType`, `owner`, `logGroup`, `logStream` and `logEvents` must be there, with the right types. Without
//!   `subscriptionFilters` there were none.
//! - An event is an object with `id`, `timestamp` and `message`. A timestamp is an integer, from 0 to the end of the
//!   year 9999: CloudWatch Logs takes none below 0
//!   (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_InputLogEvent.html>).
//! - A control message, which CloudWatch Logs sends to see whether the destination can be reached, has the same fields.

mod object;
pub mod oracle;
pub mod scanner;
mod split;
mod time;

use std::borrow::Cow;

/// How the lines of an object in S3 look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `GROUP:STREAM`, tab, milliseconds since 1970, tab, message, newline.
    ///
    /// One newline at the end of a message is the line's own, and never doubled. A newline, carriage return or tab in
    /// the name of group or stream is written as `\n`, `\r` or `\t`: else it would be taken for the end of a line or of
    /// a field.
    Raw,
    /// One JSON object a line: `account`, `group`, `stream`, `id`, `timestamp` (ISO 8601, UTC, with milliseconds),
    /// `timestampMs`, `message`, `json`, `filters`.
    ///
    /// `json` is there only if the message is a JSON object: its text as it is, save that newlines and carriage returns
    /// between tokens become spaces, and without the white space around it. An object that a reader of the line might
    /// refuse (nested deeper than 100 levels, lone surrogates, numbers beyond a double) is a message like any other.
    Ndjson,
}

/// What becomes of newlines within a message of a raw line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Newlines {
    /// They stay: a stack trace is several lines of the object.
    Keep,
    /// A newline becomes the two characters `\n`, a carriage return `\r`: an event is exactly one line.
    Escape,
}

/// What the lines look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Text or JSON.
    pub format: Format,
    /// For [`Format::Raw`] only: JSON has no newline within a line.
    pub newlines: Newlines,
}

/// What a message says of all its events. It borrows from the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header<'m> {
    /// The account that the log group is in: 12 digits.
    pub account: Cow<'m, str>,
    /// Name of the log group.
    pub group: Cow<'m, str>,
    /// Of the first event, in milliseconds since 1970; none where there are no events. It has a date.
    pub first_timestamp: Option<i64>,
    /// How many there are.
    pub events: usize,
}

/// What a message is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content<'m> {
    /// It brings log events.
    Data(Header<'m>),
    /// CloudWatch Logs checks that the destination can be reached. There is nothing to archive.
    Control,
}

/// The bytes are no subscription message. It says no more, because anything more would quote a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no subscription message of CloudWatch Logs with messageType DATA_MESSAGE or CONTROL_MESSAGE")]
pub struct NotAMessage;

/// Appends the lines of a message's events to `out`. Without events, for a control message, and after an error, `out`
/// is as it was.
pub fn write_lines<'m>(message: &'m [u8], layout: &Layout, out: &mut Vec<u8>) -> Result<Content<'m>, NotAMessage> {
    let text = utf8(message)?;
    match scanner::write_lines(text, layout, out) {
        Some(content) => Ok(content),
        None => oracle::write_lines(text, layout, out),
    }
}

/// What a message is, its events checked just as [`write_lines`] does, without writing them.
pub fn inspect(message: &[u8]) -> Result<Content<'_>, NotAMessage> {
    let text = utf8(message)?;
    match scanner::inspect(text) {
        Some(content) => Ok(content),
        None => oracle::inspect(text),
    }
}

/// Splits the message into `parts` messages (two at least, and no more than there are events) of about the same size,
/// each with the events' neighbours in their order and with all the other fields as they were.
///
/// Each has fewer events than the whole. A message with fewer than two can't be split, nor can a control message: that
/// is the error too.
pub fn split(message: &[u8], parts: usize) -> Result<Vec<Vec<u8>>, NotAMessage> {
    split::split(utf8(message)?, parts)
}

fn utf8(message: &[u8]) -> Result<&str, NotAMessage> {
    simdutf8::basic::from_utf8(message).map_err(|_| NotAMessage)
}
