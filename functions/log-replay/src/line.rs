//! A line of an error object.

use std::borrow::Cow;

use serde::Deserialize;

/// What Firehose writes of a record that it gave up
/// (<https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html>). The other fields say why.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FailedRecord<'a> {
    #[serde(borrow)]
    raw_data: Cow<'a, str>,
}

/// The record that the line holds; none where the line is not understood.
pub(crate) fn record(line: &[u8]) -> Option<Vec<u8>> {
    let failed: FailedRecord<'_> = serde_json::from_slice(line).ok()?;
    base64_simd::STANDARD.decode_to_vec(failed.raw_data.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_a_record_or_is_not_understood() {
        let whole = r#"{"attemptsMade":4,"arrivalTimestamp":1795176000000,"errorCode":"Lambda.FunctionError",
            "errorMessage":"The Lambda function was successfully invoked but it returned an error result.",
            "attemptEndingTimestamp":1795176060000,"rawData":"aGVsbG8=",
            "lambdaArn":"arn:aws:lambda:us-east-1:123456789012:function:log-decoder:$LATEST"}"#;
        let cases = [
            (whole, Some("hello")),
            (r#"{"rawData":"aGVsbG8="}"#, Some("hello")),
            (r#"{"rawData":"aGVsbG8\u003d"}"#, Some("hello")),
            (r#"{"rawData":""}"#, Some("")),
            (r#"{"rawData":"aGVsbG8"}"#, None),
            (r#"{"rawData":"!"}"#, None),
            (r#"{"rawData":"aGVsbG8=","rawData":"aGVsbG8="}"#, None),
            (r#"{"rawData":7}"#, None),
            (r#"{"RawData":"aGVsbG8="}"#, None),
            (r#"{"rawData":"aGVsbG8="}{"rawData":"aGVsbG8="}"#, None),
            (r#"{"rawData":"aGVsbG8="#, None),
            ("hello", None),
            ("[]", None),
        ];
        for (line, expected) in cases {
            assert_eq!(
                record(line.as_bytes()).as_deref(),
                expected.map(str::as_bytes),
                "{line}"
            );
        }
        assert_eq!(record(b"{\"rawData\":\"\xff\"}"), None);
    }
}
