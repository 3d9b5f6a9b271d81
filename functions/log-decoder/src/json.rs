//! JSON text that is already written.

use serde::ser::{SerializeStruct as _, Serializer};

/// What `serde_json` recognises its own `RawValue` by. `RawValue` itself can only be made by parsing the text again, all 6 MB of
/// it, or by unsafe code. Were the name to change, the answer would be an object of this name: the wire tests would see it.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

/// Serializes `text`, which is JSON, as it is. Of serializers only `serde_json`'s know it.
pub(crate) fn serialize_written<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let mut raw_value = serializer.serialize_struct(RAW_VALUE, 1)?;
    raw_value.serialize_field(RAW_VALUE, text)?;
    raw_value.end()
}

/// Appends `text` in quotation marks.
pub(crate) fn push_quoted(text: &str, out: &mut String) {
    if text.bytes().any(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        out.push_str(&serde_json::Value::from(text).to_string());
    } else {
        out.push('"');
        out.push_str(text);
        out.push('"');
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;

    struct Written(&'static str);
    impl Serialize for Written {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serialize_written(self.0, serializer)
        }
    }

    #[test]
    fn what_is_written_is_not_written_again() {
        let text = r#"{"records":[{"recordId":"a","data":"Zm9v"}]}"#;
        assert_eq!(serde_json::to_vec(&Written(text)).unwrap(), text.as_bytes());
        assert_eq!(serde_json::to_vec(&[Written("1"), Written("2")]).unwrap(), b"[1,2]");
    }

    #[test]
    fn quoted_text_is_read_back_as_it_was() {
        for text in [
            "",
            "49546986683135544286507457936321625675700192471156785154",
            "a\"b",
            "a\\b",
            "a\nb\u{1}",
            "ü",
        ] {
            let mut quoted = "x".to_owned();
            push_quoted(text, &mut quoted);
            assert_eq!(serde_json::from_str::<String>(&quoted[1..]).unwrap(), text);
        }
    }
}
