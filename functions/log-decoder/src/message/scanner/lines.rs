//! What is written for each event.

use std::marker::PhantomData;

use super::super::object;
use super::super::time::Dates;
use super::buffer::Buffer;
use super::cursor::{Cursor, Digits};
use super::machine::Machine;
use super::strings;
use super::target::{Json, Plain, Target};

/// What all lines of a message share.
pub(super) struct Names<'m> {
    pub(super) account: &'m str,
    pub(super) group: &'m str,
    pub(super) stream: &'m str,
    /// The array as it is in the message.
    pub(super) filters: &'m str,
}

/// A format of lines.
pub(super) trait Lines<'m, M> {
    /// Whether there are lines at all.
    const WRITES: bool = true;

    /// Begins the first line, whether or not there will be one.
    fn new(machine: M, names: &Names<'m>, buffer: &mut Buffer<'_>) -> Self;

    /// The line of one event. The cursor stands in its message, behind the opening quote, and then behind the closing
    /// one.
    fn line(&mut self, id: &str, timestamp: Digits<'_>, cursor: &mut Cursor<'_>, buffer: &mut Buffer<'_>)
    -> Option<()>;
}

/// What each line begins with: written once, then copied from the first line.
struct Head {
    from: usize,
    length: usize,
    written: bool,
}

impl Head {
    fn new(parts: &[&str], buffer: &mut Buffer<'_>) -> Self {
        let from = buffer.end();
        for part in parts {
            buffer.put(part.as_bytes());
        }
        let length = buffer.end() - from;
        Self {
            from,
            length,
            written: true,
        }
    }

    #[inline]
    fn put(&mut self, buffer: &mut Buffer<'_>) {
        if !std::mem::take(&mut self.written) {
            buffer.repeat(self.from, self.length);
        }
    }
}

/// [`super::Format::Raw`].
pub(super) struct Raw<T, M> {
    machine: M,
    head: Head,
    target: PhantomData<T>,
}

impl<'m, T: Target, M: Machine> Lines<'m, M> for Raw<T, M> {
    fn new(machine: M, names: &Names<'m>, buffer: &mut Buffer<'_>) -> Self {
        let head = Head::new(&[names.group, ":", names.stream, "\t"], buffer);
        Self {
            machine,
            head,
            target: PhantomData,
        }
    }

    #[inline]
    fn line(&mut self, _: &str, timestamp: Digits<'_>, cursor: &mut Cursor<'_>, buffer: &mut Buffer<'_>) -> Option<()> {
        self.head.put(buffer);
        buffer.put_short(timestamp.bytes());
        buffer.put(b"\t");
        let start = cursor.at();
        let end = self.machine.write::<T>(cursor.bytes(), start, buffer)?;
        cursor.set(end + 1);
        if strings::ends_with_newline(&cursor.bytes()[start..end]) {
            buffer.take_back(T::NEWLINE);
        }
        buffer.put(b"\n");
        Some(())
    }
}

/// [`super::Format::Ndjson`].
pub(super) struct Ndjson<'m, M> {
    machine: M,
    head: Head,
    filters: &'m str,
    dates: Dates,
    /// A message as text, while it is looked at.
    text: Vec<u8>,
}

impl<'m, M: Machine> Lines<'m, M> for Ndjson<'m, M> {
    fn new(machine: M, names: &Names<'m>, buffer: &mut Buffer<'_>) -> Self {
        let &Names {
            account,
            group,
            stream,
            filters,
        } = names;
        let parts = [
            "{\"account\":\"",
            account,
            "\",\"group\":\"",
            group,
            "\",\"stream\":\"",
            stream,
            "\",\"id\":\"",
        ];
        Self {
            machine,
            head: Head::new(&parts, buffer),
            filters,
            dates: Dates::default(),
            text: Vec::new(),
        }
    }

    fn line(
        &mut self,
        id: &str,
        timestamp: Digits<'_>,
        cursor: &mut Cursor<'_>,
        buffer: &mut Buffer<'_>,
    ) -> Option<()> {
        self.head.put(buffer);
        buffer.put(id.as_bytes());
        buffer.put(b"\",\"timestamp\":\"");
        buffer.put(&self.dates.iso_8601(timestamp.value()?)?);
        buffer.put(b"\",\"timestampMs\":");
        buffer.put(timestamp.bytes());
        buffer.put(b",\"message\":\"");
        let message = cursor.at();
        let ended = self.machine.write::<Json>(cursor.bytes(), message, buffer)?;
        cursor.set(ended + 1);
        buffer.put(b"\"");
        if let Some(object) = object_in(self.machine, cursor.bytes(), message, &mut self.text) {
            buffer.put(b",\"json\":");
            for byte in &mut *object {
                *byte = if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte };
            }
            buffer.put(object);
        }
        buffer.put(b",\"filters\":");
        buffer.put(self.filters.as_bytes());
        buffer.put(b"}\n");
        Some(())
    }
}

/// The object that the string at `at` holds, in `text`.
fn object_in<'t>(machine: impl Machine, bytes: &[u8], at: usize, text: &'t mut Vec<u8>) -> Option<&'t mut [u8]> {
    // White space may come before a brace, and both may be escaped.
    if !matches!(bytes.get(at)?, b'{' | b' ' | b'\\') {
        return None;
    }
    text.clear();
    let mut buffer = Buffer::new(text, 0);
    let ended = machine.write::<Plain>(bytes, at, &mut buffer);
    buffer.finish(ended.is_some());
    let range = object::range(std::str::from_utf8(text).ok()?)?;
    text.get_mut(range)
}

/// No lines.
pub(super) struct Nothing<M>(M);

impl<'m, M: Machine> Lines<'m, M> for Nothing<M> {
    const WRITES: bool = false;

    fn new(machine: M, _: &Names<'m>, _: &mut Buffer<'_>) -> Self {
        Self(machine)
    }

    #[inline]
    fn line(&mut self, _: &str, _: Digits<'_>, cursor: &mut Cursor<'_>, buffer: &mut Buffer<'_>) -> Option<()> {
        let before = buffer.end();
        let ended = self.0.write::<Plain>(cursor.bytes(), cursor.at(), buffer)?;
        cursor.set(ended + 1);
        buffer.take_back(buffer.end() - before);
        Some(())
    }
}
