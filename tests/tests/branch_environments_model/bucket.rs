//! The stack's bucket in S3.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::aws_in_memory::wire::date;
use crate::wire::Refusal;

#[derive(Default)]
pub(crate) struct Bucket {
    /// By key: the text, of a kept source the commit, and when it was put.
    pub(crate) objects: BTreeMap<String, (String, Timestamp)>,
}

impl Bucket {
    pub(crate) fn put(&mut self, key: &str, text: &str, now: Timestamp) {
        self.objects.insert(key.to_owned(), (text.to_owned(), now));
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.objects.get(key).map(|(text, _)| text.as_str())
    }

    pub(crate) fn answer(&mut self, method: &str, request: &Value, now: Timestamp) -> Result<Value, Refusal> {
        let key = request["key"].as_str().unwrap_or_default();
        match method {
            "PUT" => self.put(key, request["text"].as_str().unwrap_or_default(), now),
            "DELETE" => drop(self.objects.remove(key)),
            "GET" if key.is_empty() => {
                let prefix = request["prefix"].as_str().unwrap_or_default();
                return Ok(self
                    .objects
                    .keys()
                    .filter(|key| key.starts_with(prefix))
                    .cloned()
                    .collect());
            }
            "GET" | "HEAD" => {
                let (text, put) = self.objects.get(key).ok_or_else(|| Refusal::new(404, "NoSuchKey"))?;
                return Ok(json!({"text": text, "modified": date(*put)}));
            }
            _ => return Err(Refusal::unknown(method)),
        }
        Ok(Value::Null)
    }
}
