//! The Health API's format: CBOR, in which a time is a tagged number
//! (<https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html>).

use ciborium::Value as Cbor;
use serde_json::Value;

/// A number with a fraction, even of zero, is a time.
pub(crate) fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(&of_json(value), &mut bytes).unwrap();
    bytes
}

pub(crate) fn decode(bytes: &[u8]) -> Value {
    ciborium::from_reader(bytes).unwrap()
}

fn of_json(value: &Value) -> Cbor {
    match value {
        Value::Null => Cbor::Null,
        Value::Bool(value) => Cbor::Bool(*value),
        Value::Number(number) => match number.as_i64() {
            Some(number) => Cbor::Integer(number.into()),
            None => Cbor::Tag(1, Box::new(Cbor::Float(number.as_f64().unwrap()))),
        },
        Value::String(text) => Cbor::Text(text.clone()),
        Value::Array(items) => Cbor::Array(items.iter().map(of_json).collect()),
        Value::Object(entries) => {
            let entry = |(key, value): (&String, &Value)| (Cbor::Text(key.clone()), of_json(value));
            Cbor::Map(entries.iter().map(entry).collect())
        }
    }
}
