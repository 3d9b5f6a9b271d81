//! What requests are signed with.

use std::fmt;

use serde::Deserialize;

/// The shortest secret that is used, in bytes. A shorter one, and above all an empty one, could be guessed.
const SHORTEST: usize = 16;
/// How a secret of Standard Webhooks begins
/// (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).
const OF_STANDARD_WEBHOOKS: &str = "whsec_";

/// A secret of webhooks. It has no `Display`, and its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret {
    text: String,
    decoded: Option<Vec<u8>>,
}

#[derive(Deserialize)]
struct Keyed {
    secret: String,
}

impl Secret {
    /// A secret's value in Secrets Manager: the text itself, or `{"secret": "<the text>"}`. What is wrong with it is said
    /// without quoting it.
    pub(crate) fn read(value: &str) -> Result<Self, &'static str> {
        // Editors and shells end a file with a new line.
        let value = value.trim();
        let text = if value.starts_with('{') {
            let keyed: Keyed = serde_json::from_str(value).map_err(|_| "it is JSON without the text `secret`")?;
            keyed.secret
        } else {
            value.to_owned()
        };
        let decoded = match text.strip_prefix(OF_STANDARD_WEBHOOKS) {
            Some(encoded) => {
                let decoded = base64_simd::STANDARD.decode_to_vec(encoded);
                Some(decoded.map_err(|_| "it begins with whsec_ and does not go on in base64")?)
            }
            None => None,
        };
        if decoded.as_ref().map_or(text.len(), Vec::len) < SHORTEST {
            return Err("it has fewer than 16 bytes");
        }
        Ok(Self { text, decoded })
    }

    /// The key of hosts that take any text as a secret.
    pub(crate) fn text(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The key of Standard Webhooks, if it is such a secret. It is never the key of another host's signatures, so that no
    /// signature of the one kind is one of the other.
    pub(crate) fn decoded(&self) -> Option<&[u8]> {
        self.decoded.as_deref()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(not shown)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_a_text_or_in_json_and_is_not_shown() {
        let plain = Secret::read("correct horse battery staple\n").unwrap();
        assert_eq!(
            plain,
            Secret::read(r#"{"secret": "correct horse battery staple"}"#).unwrap()
        );
        assert_eq!(
            (plain.text(), plain.decoded()),
            (&b"correct horse battery staple"[..], None)
        );
        assert_eq!(format!("{plain:?}"), "Secret(not shown)");
        let standard = Secret::read("whsec_MDEyMzQ1Njc4OWFiY2RlZg==").unwrap();
        assert_eq!(standard.decoded(), Some(&b"0123456789abcdef"[..]));
        assert_eq!(standard.text(), b"whsec_MDEyMzQ1Njc4OWFiY2RlZg==");
    }

    #[test]
    fn what_could_be_guessed_is_no_secret() {
        let cases = [
            ("", "fewer than 16"),
            ("\n", "fewer than 16"),
            ("fifteen letters", "fewer than 16"),
            (r#"{"secret": ""}"#, "fewer than 16"),
            ("whsec_MDEyMzQ1Njc4OWFiY2Rl", "fewer than 16"),
            ("whsec_not of base64 at all", "does not go on in base64"),
            (
                r#"{"password": "correct horse battery staple"}"#,
                "without the text `secret`",
            ),
            (r#"{"secret": 1234567890123456}"#, "without the text `secret`"),
        ];
        for (value, says) in cases {
            let why = Secret::read(value).unwrap_err();
            assert!(why.contains(says), "{value}: {why}");
        }
    }
}
