//! The event of an invocation: a batch of records as Firehose hands it over
//! (<https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html>).

use std::cell::Cell;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::json;

thread_local! {
    /// The memory of this thread's last event. `lambda_runtime` makes the event and knows nothing of buffers; fresh memory for
    /// each would cost as much as the decoding.
    static SPARE: Cell<Batch> = Cell::default();
}

/// Records, their data already out of base64.
#[derive(Debug)]
pub struct Event(Batch);

/// One record of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Record<'e> {
    /// The id as JSON has it, in quotation marks.
    pub(crate) quoted_id: &'e str,
    /// None if it was no base64.
    pub(crate) data: Option<&'e [u8]>,
}

#[derive(Debug, Default)]
struct Batch {
    slots: Vec<Slot>,
    ids: String,
    data: Vec<u8>,
}

#[derive(Debug)]
struct Slot {
    id: Range<usize>,
    data: Option<Range<usize>>,
}

impl Event {
    pub(crate) fn len(&self) -> usize {
        self.0.slots.len()
    }

    pub(crate) fn record(&self, index: usize) -> Record<'_> {
        let slot = &self.0.slots[index];
        Record {
            quoted_id: &self.0.ids[slot.id.clone()],
            data: slot.data.clone().map(|range| &self.0.data[range]),
        }
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = Record<'_>> {
        (0..self.len()).map(|index| self.record(index))
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        let batch = std::mem::take(&mut self.0);
        // A thread that ends has no more use for it.
        let _ = SPARE.try_with(|spare| spare.set(batch));
    }
}

impl Batch {
    fn push_id(&mut self, id: &str) -> Range<usize> {
        let start = self.ids.len();
        json::push_quoted(id, &mut self.ids);
        start..self.ids.len()
    }

    fn push_data(&mut self, base64: &[u8]) -> Option<Range<usize>> {
        let start = self.data.len();
        // Left to itself the decoder reserves for this record alone, so that each one moves all before it.
        self.data.reserve(base64.len() / 4 * 3 + 3);
        base64_simd::STANDARD.decode_append(base64, &mut self.data).ok()?;
        Some(start..self.data.len())
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut event = Self(SPARE.take());
        event.0.slots.clear();
        event.0.ids.clear();
        event.0.data.clear();
        deserializer.deserialize_map(OfEvent(&mut event.0))?;
        Ok(event)
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum EventField {
    Records,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum RecordField {
    RecordId,
    Data,
    #[serde(other)]
    Other,
}

struct OfEvent<'b>(&'b mut Batch);

impl<'de> Visitor<'de> for OfEvent<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an event of Firehose")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = false;
        while let Some(field) = map.next_key()? {
            match field {
                EventField::Records if seen => return Err(A::Error::duplicate_field("records")),
                EventField::Records => {
                    map.next_value_seed(Records(self.0))?;
                    seen = true;
                }
                EventField::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        if seen {
            Ok(())
        } else {
            Err(A::Error::missing_field("records"))
        }
    }
}

struct Records<'b>(&'b mut Batch);

impl<'de> DeserializeSeed<'de> for Records<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Records<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(OneRecord(self.0))?.is_some() {}
        Ok(())
    }
}

struct OneRecord<'b>(&'b mut Batch);

impl<'de> DeserializeSeed<'de> for OneRecord<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OneRecord<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut id, mut data) = (None, None);
        while let Some(field) = map.next_key()? {
            match field {
                RecordField::RecordId if id.is_some() => return Err(A::Error::duplicate_field("recordId")),
                RecordField::RecordId => id = Some(map.next_value_seed(Id(self.0))?),
                RecordField::Data if data.is_some() => return Err(A::Error::duplicate_field("data")),
                RecordField::Data => data = Some(map.next_value_seed(Data(self.0))?),
                RecordField::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        // One without an id cannot be answered, and then Firehose had better keep the whole batch.
        let id = id.ok_or_else(|| A::Error::missing_field("recordId"))?;
        self.0.slots.push(Slot {
            id,
            data: data.flatten(),
        });
        Ok(())
    }
}

struct Id<'b>(&'b mut Batch);

impl<'de> DeserializeSeed<'de> for Id<'_> {
    type Value = Range<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Id<'_> {
    type Value = Range<usize>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the id of a record")
    }

    fn visit_str<E: Error>(self, id: &str) -> Result<Self::Value, E> {
        Ok(self.0.push_id(id))
    }
}

struct Data<'b>(&'b mut Batch);

impl<'de> DeserializeSeed<'de> for Data<'_> {
    type Value = Option<Range<usize>>;

    /// As bytes and not as text: base64 that is no UTF-8 is no base64 either, so one check is enough.
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_bytes(self)
    }
}

impl Visitor<'_> for Data<'_> {
    type Value = Option<Range<usize>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("data in base64")
    }

    fn visit_bytes<E: Error>(self, base64: &[u8]) -> Result<Self::Value, E> {
        Ok(self.0.push_data(base64))
    }
}

#[cfg(test)]
mod tests;
