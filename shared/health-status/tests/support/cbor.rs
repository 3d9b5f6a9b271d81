//! As much of CBOR (RFC 8949) as the API speaks: its protocol is Smithy's RPC v2. A JSON number with a fraction, even of
//! zero, is a time (tag 1).

use serde_json::{Map, Value};

pub(crate) fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes, value);
    bytes
}

fn write(bytes: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => bytes.push(0xf6),
        Value::Bool(value) => bytes.push(if *value { 0xf5 } else { 0xf4 }),
        Value::Number(number) => {
            if let Some(number) = number.as_u64() {
                head(bytes, 0, number);
            } else {
                head(bytes, 6, 1);
                bytes.push(0xfb);
                bytes.extend(number.as_f64().unwrap().to_be_bytes());
            }
        }
        Value::String(text) => {
            head(bytes, 3, text.len() as u64);
            bytes.extend(text.as_bytes());
        }
        Value::Array(items) => {
            head(bytes, 4, items.len() as u64);
            for item in items {
                write(bytes, item);
            }
        }
        Value::Object(entries) => {
            head(bytes, 5, entries.len() as u64);
            for (key, value) in entries {
                write(bytes, &Value::String(key.clone()));
                write(bytes, value);
            }
        }
    }
}

fn head(bytes: &mut Vec<u8>, major: u8, argument: u64) {
    if let Ok(small @ 0..24) = u8::try_from(argument) {
        bytes.push((major << 5) | small);
    } else {
        bytes.push((major << 5) | 0x1b);
        bytes.extend(argument.to_be_bytes());
    }
}

pub(crate) fn decode(mut bytes: &[u8]) -> Value {
    let value = read(&mut bytes).unwrap();
    assert!(bytes.is_empty(), "something after the value");
    value
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> &'a [u8] {
    let (taken, rest) = bytes.split_at(count);
    *bytes = rest;
    taken
}

/// `None` is the end of a collection whose length was not said.
fn read(bytes: &mut &[u8]) -> Option<Value> {
    let first = take(bytes, 1)[0];
    let argument = match first & 0x1f {
        small @ 0..24 => Some(u64::from(small)),
        width @ 24..28 => {
            let bytes = take(bytes, 1 << (width - 24));
            Some(bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
        }
        _ => None,
    };
    let count = argument
        .and_then(|count| usize::try_from(count).ok())
        .unwrap_or(usize::MAX);
    Some(match first >> 5 {
        0 => Value::from(argument.unwrap()),
        3 => Value::from(String::from_utf8(take(bytes, count).to_vec()).unwrap()),
        4 => (0..count).map_while(|_| read(bytes)).collect(),
        5 => {
            let entry = |bytes: &mut &[u8]| {
                let Value::String(key) = read(bytes)? else {
                    panic!("a key that is not text");
                };
                Some((key, read(bytes).unwrap()))
            };
            Value::Object((0..count).map_while(|_| entry(bytes)).collect::<Map<_, _>>())
        }
        7 if first == 0xff => return None,
        _ => panic!("a request has nothing of this kind: {first:#x}"),
    })
}
