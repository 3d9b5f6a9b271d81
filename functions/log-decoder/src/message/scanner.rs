//! Messages of the usual shape, from JSON to lines in one pass.
//!
//! Reads what CloudWatch Logs really writes: no white space, events as `{"id":…,"timestamp":…,"message":…}`, what is
//! said of all events before them, and no escapes but in log messages. Strings and numbers it checks as strictly as
//! `serde_json`. At anything else it declines, which costs the time up to there and nothing more.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod blocks;
mod buffer;
mod cursor;
mod lines;
mod machine;
mod strings;
mod target;
mod unicode;

use std::borrow::Cow;

use self::buffer::Buffer;
use self::cursor::Cursor;
use self::lines::{Lines, Names, Ndjson, Nothing, Raw};
use self::machine::{Machine, Portable};
use self::target::{Escaped, Plain};
use super::{Content, Format, Header, Layout, Newlines};

/// As [`super::write_lines`], of text; none where the text is not of the usual shape, and `out` is as it was.
pub fn write_lines<'m>(text: &'m str, layout: &Layout, out: &mut Vec<u8>) -> Option<Content<'m>> {
    #[cfg(target_arch = "x86_64")]
    if let Some(machine) = avx2::Avx2::detect() {
        return write_lines_on(machine, text, *layout, out);
    }
    write_lines_portably(text, layout, out)
}

/// As [`write_lines`], with what every processor can: tests compare.
pub fn write_lines_portably<'m>(text: &'m str, layout: &Layout, out: &mut Vec<u8>) -> Option<Content<'m>> {
    write_lines_on(Portable, text, *layout, out)
}

/// As [`super::inspect`], of text; none where the text is not of the usual shape.
#[must_use]
pub fn inspect(text: &str) -> Option<Content<'_>> {
    let out = &mut Vec::new();
    #[cfg(target_arch = "x86_64")]
    if let Some(machine) = avx2::Avx2::detect() {
        return scan::<Nothing<_>, _>(machine, text, out);
    }
    scan::<Nothing<_>, _>(Portable, text, out)
}

fn write_lines_on<'m, M: Machine>(machine: M, text: &'m str, layout: Layout, out: &mut Vec<u8>) -> Option<Content<'m>> {
    match (layout.format, layout.newlines) {
        (Format::Raw, Newlines::Keep) => scan::<Raw<Plain, _>, _>(machine, text, out),
        (Format::Raw, Newlines::Escape) => scan::<Raw<Escaped, _>, _>(machine, text, out),
        (Format::Ndjson, _) => scan::<Ndjson<_>, _>(machine, text, out),
    }
}

fn scan<'m, L: Lines<'m, M>, M>(machine: M, text: &'m str, out: &mut Vec<u8>) -> Option<Content<'m>> {
    let mut buffer = Buffer::new(out, if L::WRITES { text.len() } else { 0 });
    let header = message::<L, M>(machine, &mut Cursor::new(text), &mut buffer);
    buffer.finish(header.as_ref().is_some_and(|header| header.events > 0));
    header.map(Content::Data)
}

fn message<'m, L: Lines<'m, M>, M>(machine: M, cursor: &mut Cursor<'m>, buffer: &mut Buffer<'_>) -> Option<Header<'m>> {
    let mut fields = Fields::default();
    cursor.expect(b"{\"")?;
    loop {
        let key = cursor.plain_string()?;
        cursor.expect(b":")?;
        if key == "logEvents" {
            break;
        }
        fields.take(key, cursor)?;
        cursor.expect(b",\"")?;
    }
    let names = fields.names()?;
    let (first_timestamp, events) = events(&mut L::new(machine, &names, buffer), cursor, buffer)?;
    while cursor.skip(b",\"") {
        let key = cursor.plain_string()?;
        cursor.expect(b":")?;
        skip_unknown(key, cursor)?;
    }
    cursor.expect(b"}")?;
    cursor.at_end().then_some(Header {
        account: Cow::Borrowed(names.account),
        group: Cow::Borrowed(names.group),
        first_timestamp,
        events,
    })
}

/// What stands before the events.
#[derive(Default)]
struct Fields<'m> {
    data: bool,
    account: Option<&'m str>,
    group: Option<&'m str>,
    stream: Option<&'m str>,
    filters: Option<&'m str>,
}

impl<'m> Fields<'m> {
    fn take(&mut self, key: &str, cursor: &mut Cursor<'m>) -> Option<()> {
        let name = match key {
            "messageType" if !self.data => {
                self.data = true;
                return cursor.expect(b"\"DATA_MESSAGE\"");
            }
            "subscriptionFilters" if self.filters.is_none() => {
                self.filters = Some(cursor.array_of_plain_strings()?);
                return Some(());
            }
            "owner" => &mut self.account,
            "logGroup" => &mut self.group,
            "logStream" => &mut self.stream,
            _ => return skip_unknown(key, cursor),
        };
        if name.is_some() {
            return None;
        }
        cursor.expect(b"\"")?;
        *name = Some(cursor.plain_string()?);
        Some(())
    }

    fn names(self) -> Option<Names<'m>> {
        self.data.then_some(())?;
        Some(Names {
            account: self.account?,
            group: self.group?,
            stream: self.stream?,
            filters: self.filters.unwrap_or("[]"),
        })
    }
}

/// A field that we do not know is fine if it is a string, such as `policyLevel`.
fn skip_unknown(key: &str, cursor: &mut Cursor<'_>) -> Option<()> {
    let known = [
        "messageType",
        "owner",
        "logGroup",
        "logStream",
        "subscriptionFilters",
        "logEvents",
    ];
    if known.contains(&key) {
        return None;
    }
    cursor.expect(b"\"")?;
    cursor.plain_string()?;
    Some(())
}

/// The timestamp of the first one, and how many there are.
fn events<'m, L: Lines<'m, M>, M>(
    lines: &mut L,
    cursor: &mut Cursor<'m>,
    buffer: &mut Buffer<'_>,
) -> Option<(Option<i64>, usize)> {
    cursor.expect(b"[")?;
    if cursor.skip(b"]") {
        return Some((None, 0));
    }
    let mut first_timestamp = None;
    let mut events = 0;
    loop {
        cursor.expect(b"{\"id\":\"")?;
        let id = cursor.id()?;
        cursor.expect(b",\"timestamp\":")?;
        let timestamp = cursor.timestamp()?;
        cursor.expect(b",\"message\":\"")?;
        if first_timestamp.is_none() {
            first_timestamp = timestamp.value();
        }
        lines.line(id, timestamp, cursor, buffer)?;
        events += 1;
        cursor.expect(b"}")?;
        if !cursor.skip(b",") {
            break;
        }
    }
    cursor.expect(b"]")?;
    Some((first_timestamp, events))
}
