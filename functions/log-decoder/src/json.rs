//! JSON strings.

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
    use super::*;

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
