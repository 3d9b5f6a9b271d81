//! Whether a log message is a JSON object that can stand in a line of JSON as it is.

use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Of arrays and objects in one another. `serde_json` reads 128, Jackson 1,000; the line itself is one more.
const MAXIMUM_DEPTH: usize = 100;

/// Where in `message` the object is that it consists of, save for white space around it.
///
/// A syntax check (as `serde_json`'s `RawValue` makes it) lets through what full parsers refuse, and one such event
/// would make the whole line unreadable. So everything is read: strings, so that they hold no lone surrogates; numbers,
/// so that they are within a double's range.
pub(super) fn range(message: &str) -> Option<Range<usize>> {
    const WHITE_SPACE: [char; 4] = [' ', '\t', '\n', '\r'];
    let start = message.len() - message.trim_start_matches(WHITE_SPACE).len();
    let end = message.trim_end_matches(WHITE_SPACE).len();
    let object = message.get(start..end)?;
    if !(object.starts_with('{') && object.ends_with('}')) {
        return None;
    }
    let mut deserializer = serde_json::Deserializer::from_str(object);
    Readable { depth: 0 }.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(start..end)
}

/// Reads any value and keeps nothing of it.
#[derive(Clone, Copy)]
struct Readable {
    depth: usize,
}

impl Readable {
    fn inner<E: Error>(self) -> Result<Self, E> {
        if self.depth == MAXIMUM_DEPTH {
            return Err(E::custom("nested too deeply"));
        }
        Ok(Self { depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Readable {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Readable {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        let inner = self.inner()?;
        while values.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let inner = self.inner()?;
        while entries.next_entry_seed(inner, inner)?.is_some() {}
        Ok(())
    }
}
