//! The answer of an invocation, written as it is made
//! (<https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html>).

use std::cell::Cell;

const OPENING: &str = r#"{"records":["#;
const CLOSING: &str = "]}";
const ID: &str = r#"{"recordId":"#;
const OK: &str = r#","result":"Ok","data":""#;
const DROPPED: &str = r#","result":"Dropped"}"#;
const FAILED: &str = r#","result":"ProcessingFailed"}"#;

/// What an answer has beside its entries, each of which brings a comma: the first one's is not there.
pub(crate) const FRAME_BYTES: usize = OPENING.len() + CLOSING.len() - 1;

thread_local! {
    /// The memory of this thread's last answer, which is dropped when it has been sent.
    static SPARE: Cell<String> = const { Cell::new(String::new()) };
}

/// One entry for each record, as JSON.
#[derive(Debug)]
pub struct Answer {
    json: String,
}

impl Answer {
    pub(crate) fn new() -> Self {
        let mut json = SPARE.take();
        json.clear();
        json.push_str(OPENING);
        Self { json }
    }

    /// Where the next entry begins.
    pub(crate) fn position(&self) -> usize {
        self.json.len()
    }

    /// Takes back every entry from `position` on.
    pub(crate) fn cut(&mut self, position: usize) {
        self.json.truncate(position);
    }

    pub(crate) fn ok(&mut self, quoted_id: &str, data: &[u8], metadata: &str) {
        // Left to itself the encoder reserves for this entry alone, so that each one moves all before it.
        self.json
            .reserve(ok_bytes(quoted_id, data.len(), metadata) + CLOSING.len());
        self.open(quoted_id);
        self.json.push_str(OK);
        base64_simd::STANDARD.encode_append(data, &mut self.json);
        self.json.push('"');
        self.json.push_str(metadata);
        self.json.push('}');
    }

    pub(crate) fn dropped(&mut self, quoted_id: &str) {
        self.open(quoted_id);
        self.json.push_str(DROPPED);
    }

    pub(crate) fn failed(&mut self, quoted_id: &str) {
        self.open(quoted_id);
        self.json.push_str(FAILED);
    }

    pub(crate) fn close(mut self) -> Self {
        self.json.push_str(CLOSING);
        self
    }

    fn open(&mut self, quoted_id: &str) {
        if self.json.len() > OPENING.len() {
            self.json.push(',');
        }
        self.json.push_str(ID);
        self.json.push_str(quoted_id);
    }
}

/// Bytes of an entry with data, its comma included.
pub(crate) fn ok_bytes(quoted_id: &str, data_bytes: usize, metadata: &str) -> usize {
    let base64_bytes = data_bytes.div_ceil(3) * 4;
    1 + ID.len() + quoted_id.len() + OK.len() + base64_bytes + 1 + metadata.len() + 1
}

/// Bytes of the larger of the two entries without data, its comma included: this much every record's answer may take.
pub(crate) fn smallest_bytes(quoted_id: &str) -> usize {
    1 + ID.len() + quoted_id.len() + FAILED.len()
}

impl AsRef<[u8]> for Answer {
    fn as_ref(&self) -> &[u8] {
        self.json.as_bytes()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        let json = std::mem::take(&mut self.json);
        // A thread that ends has no more use for it.
        let _ = SPARE.try_with(|spare| spare.set(json));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn value(answer: &Answer) -> Value {
        serde_json::from_slice(answer.as_ref()).unwrap()
    }

    #[test]
    fn an_answer_is_what_firehose_asks_for() {
        assert_eq!(value(&Answer::new().close()), json!({"records": []}));
        let mut answer = Answer::new();
        answer.ok(r#""1""#, b"lines\n", "");
        answer.failed(r#""2\"""#);
        answer.dropped(r#""3""#);
        answer.ok(r#""4""#, b"", r#","metadata":{"partitionKeys":{"day":"2026/11/20"}}"#);
        assert_eq!(
            value(&answer.close()),
            json!({"records": [
                {"recordId": "1", "result": "Ok", "data": "bGluZXMK"},
                {"recordId": "2\"", "result": "ProcessingFailed"},
                {"recordId": "3", "result": "Dropped"},
                {"recordId": "4", "result": "Ok", "data": "", "metadata": {"partitionKeys": {"day": "2026/11/20"}}},
            ]})
        );
    }

    #[test]
    fn sizes_are_told_before_anything_is_written() {
        for data_bytes in 0..10 {
            let mut answer = Answer::new();
            answer.ok(r#""first""#, &vec![b'x'; data_bytes], r#","metadata":{}"#);
            answer.failed(r#""second""#);
            let told =
                FRAME_BYTES + ok_bytes(r#""first""#, data_bytes, r#","metadata":{}"#) + smallest_bytes(r#""second""#);
            assert_eq!(answer.close().as_ref().len(), told);
        }
        assert!(DROPPED.len() < FAILED.len());
    }

    #[test]
    fn what_was_cut_leaves_no_trace() {
        let mut answer = Answer::new();
        let first = answer.position();
        answer.dropped(r#""1""#);
        let second = answer.position();
        answer.ok(r#""2""#, b"lines\n", "");
        answer.cut(second);
        answer.failed(r#""2""#);
        assert_eq!(
            answer.json,
            r#"{"records":[{"recordId":"1","result":"Dropped"},{"recordId":"2","result":"ProcessingFailed"}"#
        );
        answer.cut(first);
        answer.dropped(r#""1""#);
        assert_eq!(answer.json, r#"{"records":[{"recordId":"1","result":"Dropped"}"#);
    }
}
