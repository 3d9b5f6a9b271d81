//! Putting back what does not fit. The one effect of this function.

use std::collections::BTreeSet;

use log_source::Source;
use tokio::time::Instant;

use crate::gzip;
use crate::message;

/// Records on their way back, and whose they are.
#[derive(Debug, Default)]
pub(crate) struct Returns {
    parts: Vec<Vec<u8>>,
    owners: Vec<usize>,
}

/// What became of the returns.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Put {
    /// Whose parts are not known to be all in the source.
    pub(crate) failed: BTreeSet<usize>,
    /// Why the first was not.
    pub(crate) reason: Option<String>,
}

impl Returns {
    pub(crate) fn push(&mut self, owner: usize, parts: Vec<Vec<u8>>) {
        self.owners.extend(std::iter::repeat_n(owner, parts.len()));
        self.parts.extend(parts);
    }

    #[cfg(test)]
    pub(crate) fn into_parts(self) -> (Vec<Vec<u8>>, Vec<usize>) {
        (self.parts, self.owners)
    }

    pub(crate) fn len(&self) -> usize {
        self.parts.len()
    }

    /// Puts every part, until `deadline`. Safe to repeat: what is put twice is archived twice, and nothing is lost.
    pub(crate) async fn put(&self, source: &Source, deadline: Instant, random: impl FnMut() -> f64) -> Put {
        let mut put = Put::default();
        if self.parts.is_empty() {
            return put;
        }
        let outcomes = source.put(&self.parts, deadline, random).await;
        for (owner, outcome) in self.owners.iter().zip(outcomes) {
            if let Err(reason) = outcome {
                put.failed.insert(*owner);
                put.reason.get_or_insert_with(|| reason.to_string());
            }
        }
        put
    }
}

/// The message's events in `into` messages or more, so that each takes at most `limit` bytes as gzip.
///
/// None if it cannot be split so: one event alone is larger.
pub(crate) fn split(message: &[u8], into: usize, limit: usize) -> Option<Vec<Vec<u8>>> {
    let mut gzips = Vec::new();
    for part in message::split(message, into).ok()? {
        let gzip = gzip::deflate(&part).ok()?;
        if gzip.len() <= limit {
            gzips.push(gzip);
        } else {
            gzips.append(&mut split(&part, 2, limit)?);
        }
    }
    Some(gzips)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::gzip::Inflater;

    /// Of so many bytes each; gzip leaves a little more than half of them.
    fn message(sizes: &[usize]) -> Vec<u8> {
        let mut state = 1_u32;
        let mut noise = |bytes: usize| -> String {
            let digit = |_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                char::from_digit(state >> 28, 16).unwrap()
            };
            (0..bytes).map(digit).collect()
        };
        let events: Vec<Value> = sizes
            .iter()
            .enumerate()
            .map(|(id, bytes)| json!({"id": id.to_string(), "timestamp": 1, "message": noise(*bytes)}))
            .collect();
        let message = json!({
            "messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "g", "logStream": "s", "logEvents": events,
        });
        message.to_string().into_bytes()
    }

    fn events(gzip: &[u8]) -> Vec<Value> {
        let message: Value = serde_json::from_slice(Inflater::new().inflate(gzip).unwrap()).unwrap();
        message["logEvents"].as_array().unwrap().clone()
    }

    #[test]
    fn parts_are_as_many_as_asked_for_or_as_the_record_limit_asks_for() {
        let message = message(&[10_000; 16]);
        let whole: Value = serde_json::from_slice(&message).unwrap();
        for (into, limit, least) in [
            (2, 100_000, 2),
            (4, 100_000, 4),
            (2, 30_000, 4),
            (2, 7_000, 16),
            (40, 100_000, 16),
        ] {
            let parts = split(&message, into, limit).unwrap();
            assert!(
                parts.len() >= least && parts.len() <= 16,
                "{into} {limit}: {}",
                parts.len()
            );
            assert!(parts.iter().all(|part| part.len() <= limit), "{into} {limit}");
            let found: Vec<Value> = parts.iter().flat_map(|part| events(part)).collect();
            assert_eq!(whole["logEvents"], json!(found), "{into} {limit}");
        }
    }

    #[test]
    fn one_event_larger_than_a_record_cannot_be_split_off() {
        assert_eq!(split(&message(&[10, 20_000, 10]), 2, 10_000), None);
        assert_eq!(split(&message(&[20_000]), 2, 100_000), None);
        assert_eq!(split(b"{}", 2, 100_000), None);
    }
}
