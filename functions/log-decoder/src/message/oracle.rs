//! Messages by `serde_json`: what the scanner falls back to, and is tested against.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer as _, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::time::TIMESTAMPS;
use super::{Content, Format, Header, Layout, Newlines, NotAMessage, object};

/// The fields of a message. The events are read one by one: millions of tiny ones would need more memory than the
/// function has.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields<'m> {
    #[serde(borrow)]
    message_type: Cow<'m, str>,
    #[serde(borrow)]
    owner: Cow<'m, str>,
    #[serde(borrow)]
    log_group: Cow<'m, str>,
    #[serde(borrow)]
    log_stream: Cow<'m, str>,
    #[serde(default)]
    subscription_filters: Vec<String>,
    #[serde(borrow)]
    log_events: &'m RawValue,
}

#[derive(Deserialize)]
struct Event<'m> {
    #[serde(borrow)]
    id: Cow<'m, str>,
    timestamp: i64,
    #[serde(borrow)]
    message: Cow<'m, str>,
}

/// As [`super::write_lines`], of text.
pub fn write_lines<'m>(text: &'m str, layout: &Layout, out: &mut Vec<u8>) -> Result<Content<'m>, NotAMessage> {
    let fields = fields(text)?;
    let start = out.len();
    let content = match layout.format {
        Format::Raw => {
            let prefix = [name(&fields.log_group), ":".to_owned(), name(&fields.log_stream)].concat();
            content(&fields, |event| {
                raw_line(&prefix, &event, layout.newlines, out);
                Ok(())
            })
        }
        Format::Ndjson => content(&fields, |event| ndjson_line(&fields, &event, out)),
    };
    if !matches!(content, Ok(Content::Data(_))) {
        out.truncate(start);
    }
    content
}

/// As [`super::inspect`], of text.
pub fn inspect(text: &str) -> Result<Content<'_>, NotAMessage> {
    content(&fields(text)?, |_| Ok(()))
}

/// The array of events of a data message, as it stands in `text`.
pub(super) fn events(text: &str) -> Result<&str, NotAMessage> {
    let fields = fields(text)?;
    match content(&fields, |_| Ok(()))? {
        Content::Data(_) => Ok(fields.log_events.get()),
        Content::Control => Err(NotAMessage),
    }
}

fn fields(text: &str) -> Result<Fields<'_>, NotAMessage> {
    let Object(fields) = serde_json::from_str(text).map_err(|_| NotAMessage)?;
    Ok(fields)
}

fn content<'m>(
    fields: &Fields<'m>,
    mut each: impl FnMut(Event<'m>) -> Result<(), NotAMessage>,
) -> Result<Content<'m>, NotAMessage> {
    let control = match fields.message_type.as_ref() {
        "DATA_MESSAGE" => false,
        "CONTROL_MESSAGE" => true,
        _ => return Err(NotAMessage),
    };
    let mut first_timestamp = None;
    let mut events = 0;
    let visitor = Events(|event: Event<'m>| {
        if !TIMESTAMPS.contains(&event.timestamp) {
            return Err(NotAMessage);
        }
        first_timestamp = first_timestamp.or(Some(event.timestamp));
        events += 1;
        each(event)
    });
    serde_json::Deserializer::from_str(fields.log_events.get())
        .deserialize_seq(visitor)
        .map_err(|_| NotAMessage)?;
    if control {
        return Ok(Content::Control);
    }
    Ok(Content::Data(Header {
        account: fields.owner.clone(),
        group: fields.log_group.clone(),
        first_timestamp,
        events,
    }))
}

/// The name of a group or stream as a raw line has it.
fn name(name: &str) -> String {
    name.replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t")
}

fn raw_line(prefix: &str, event: &Event<'_>, newlines: Newlines, out: &mut Vec<u8>) {
    let message = event.message.strip_suffix('\n').unwrap_or(&event.message);
    let message = match newlines {
        Newlines::Keep => Cow::Borrowed(message),
        Newlines::Escape => Cow::Owned(message.replace('\n', "\\n").replace('\r', "\\r")),
    };
    out.extend_from_slice(format!("{prefix}\t{}\t{message}\n", event.timestamp).as_bytes());
}

#[derive(Serialize)]
struct Line<'l> {
    account: &'l str,
    group: &'l str,
    stream: &'l str,
    id: &'l str,
    timestamp: String,
    #[serde(rename = "timestampMs")]
    timestamp_ms: i64,
    message: &'l str,
    #[serde(skip_serializing_if = "Option::is_none")]
    json: Option<Box<RawValue>>,
    filters: &'l [String],
}

fn ndjson_line(fields: &Fields<'_>, event: &Event<'_>, out: &mut Vec<u8>) -> Result<(), NotAMessage> {
    let json = object::range(&event.message)
        .map(|range| RawValue::from_string(event.message[range].replace(['\n', '\r'], " ")))
        .transpose()
        .map_err(|_| NotAMessage)?;
    let date = Timestamp::from_millisecond(event.timestamp).map_err(|_| NotAMessage)?;
    let line = Line {
        account: &fields.owner,
        group: &fields.log_group,
        stream: &fields.log_stream,
        id: &event.id,
        timestamp: format!("{date:.3}"),
        timestamp_ms: event.timestamp,
        message: &event.message,
        json,
        filters: &fields.subscription_filters,
    };
    serde_json::to_writer(&mut *out, &line).map_err(|_| NotAMessage)?;
    out.push(b'\n');
    Ok(())
}

/// A JSON object and nothing else: a derived struct can be read from an array of its fields' values too.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Only<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Only<T> {
            type Value = Object<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(Only(std::marker::PhantomData))
    }
}

struct Events<F>(F);

impl<'de, F: FnMut(Event<'de>) -> Result<(), NotAMessage>> Visitor<'de> for Events<F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut events: A) -> Result<(), A::Error> {
        while let Some(Object(event)) = events.next_element()? {
            (self.0)(event).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}
