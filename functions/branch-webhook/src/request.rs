//! Requests to a function URL and their answers, payload format 2.0
//! (<https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html>).

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::WebhookError;

/// The largest body that is looked at, in bytes. A push of thousands of commits is smaller.
const LARGEST: usize = 1024 * 1024;
/// The longest id of a delivery that is logged.
const LONGEST_ID: usize = 64;

/// One request. The names of headers are in lower case.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    #[serde(default)]
    headers: Headers,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
    #[serde(rename = "requestContext")]
    context: Context,
}

/// A request's headers, by their names in lower case.
#[derive(Default, Deserialize)]
pub(crate) struct Headers(HashMap<String, String>);

#[derive(Deserialize)]
struct Context {
    http: Http,
}

#[derive(Deserialize)]
struct Http {
    method: String,
}

impl Headers {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The host's name for this delivery, for the log. It is nothing that is signed, so only what looks like an id counts.
    pub(crate) fn delivery(&self) -> Option<&str> {
        const NAMES: [&str; 5] = [
            "x-github-delivery",
            "x-gitlab-event-uuid",
            "x-request-uuid",
            "x-request-id",
            "webhook-id",
        ];
        let is_id = |id: &&str| {
            id.len() <= LONGEST_ID
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        NAMES.iter().find_map(|name| self.get(name)).filter(is_id)
    }
}

impl FromIterator<(&'static str, String)> for Headers {
    fn from_iter<I: IntoIterator<Item = (&'static str, String)>>(headers: I) -> Self {
        Self(
            headers
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }
}

impl Request {
    pub(crate) fn read(event: &Value) -> Result<Self, WebhookError> {
        // serde's own error may quote what it read.
        let request = Self::deserialize(event).map_err(|_| WebhookError::InvalidRequest)?;
        if request.context.http.method == "POST" {
            Ok(request)
        } else {
            Err(WebhookError::MethodNotAllowed)
        }
    }

    pub(crate) fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The body as it came over the wire, which is what was signed.
    pub(crate) fn body(&self) -> Result<Cow<'_, [u8]>, WebhookError> {
        let text = self.body.as_deref().unwrap_or_default().as_bytes();
        let encoded = if self.is_base64_encoded { 4 } else { 3 };
        // Before it is decoded: three bytes become four characters.
        if text.len() / encoded > LARGEST.div_ceil(3) {
            return Err(WebhookError::TooLarge);
        }
        let body = if self.is_base64_encoded {
            let decoded = base64_simd::STANDARD.decode_to_vec(text);
            Cow::Owned(decoded.map_err(|_| WebhookError::InvalidRequest)?)
        } else {
            Cow::Borrowed(text)
        };
        if body.len() > LARGEST {
            return Err(WebhookError::TooLarge);
        }
        Ok(body)
    }
}

/// The answer to a request: a status and one JSON object with one text.
pub(crate) fn answer(status: u16, key: &str, text: &str) -> Value {
    let body = json!({ key: text }).to_string();
    json!({ "statusCode": status, "headers": { "content-type": "application/json" }, "body": body })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(body: &str, is_encoded: bool) -> Request {
        let context = json!({ "http": { "method": "POST" } });
        let event = json!({ "requestContext": context, "headers": {}, "body": body, "isBase64Encoded": is_encoded });
        Request::read(&event).unwrap()
    }

    #[test]
    fn the_body_is_what_came_over_the_wire() {
        assert_eq!(*request("{} ", false).body().unwrap(), *b"{} ");
        assert_eq!(*request("/wB7fQ==", true).body().unwrap(), *b"\xff\0{}");
        assert_eq!(request("/wB7f!==", true).body().unwrap_err().name(), "InvalidRequest");
        let event = json!({ "requestContext": { "http": { "method": "POST" } } });
        assert!(Request::read(&event).unwrap().body().unwrap().is_empty());
    }

    #[test]
    fn a_mebibyte_is_the_most() {
        let most = "x".repeat(LARGEST);
        let encoded = base64_simd::STANDARD.encode_to_string(&most);
        assert_eq!(request(&most, false).body().unwrap().len(), LARGEST);
        assert_eq!(request(&encoded, true).body().unwrap().len(), LARGEST);
        for more in [1, 2, 3, 1000] {
            let more = "x".repeat(LARGEST + more);
            let encoded = base64_simd::STANDARD.encode_to_string(&more);
            assert_eq!(request(&more, false).body().unwrap_err().name(), "TooLarge");
            assert_eq!(request(&encoded, true).body().unwrap_err().name(), "TooLarge");
        }
    }

    #[test]
    fn only_what_looks_like_an_id_is_logged() {
        let cases = [
            ("72d3162e-cc78-11e3-81ab-4c9367dc0958", true),
            ("", true),
            ("a\nb", false),
            ("{\"a\":1}", false),
            (&"a".repeat(65), false),
        ];
        for (id, is_logged) in cases {
            let headers = Headers::from_iter([("x-github-delivery", id.to_owned())]);
            assert_eq!(headers.delivery(), is_logged.then_some(id));
        }
    }
}
