//! Events as Firehose writes them, and as it does not.

use super::*;

fn read(json: &str) -> Result<Vec<(String, Option<String>)>, String> {
    let event: Event = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let text = |data: &[u8]| String::from_utf8_lossy(data).into_owned();
    Ok(event
        .records()
        .map(|record| (record.quoted_id.to_owned(), record.data.map(text)))
        .collect())
}

#[test]
fn each_record_has_its_id_and_its_data() {
    let records = read(
        r#"{"invocationId":"i","records":[
            {"recordId":"1","approximateArrivalTimestamp":1795176000123,"data":"Zm9v"},
            {"recordId":"1","data":"Zm9v\/w==","kinesisRecordMetadata":{"shardId":"s"}},
            {"data":"","recordId":"\u00e4\"\n"},
            {"recordId":"bad","data":"Zm9"},
            {"recordId":"none"},
            {"recordId":"last","data":"YmFy"}
        ],"region":"us-east-1"}"#,
    );
    let expected = [
        (r#""1""#, Some("foo")),
        (r#""1""#, Some("foo\u{fffd}")),
        (r#""ä\"\n""#, Some("")),
        (r#""bad""#, None),
        (r#""none""#, None),
        (r#""last""#, Some("bar")),
    ];
    let expected = expected.map(|(id, data)| (id.to_owned(), data.map(ToOwned::to_owned)));
    assert_eq!(read(r#"{"records":[]}"#), Ok(vec![]));
    assert_eq!(records, Ok(expected.to_vec()));
}

#[test]
fn what_cannot_be_answered_record_by_record_is_no_event() {
    let cases = [
        ("{}", "missing field `records`"),
        (r#"{"records":{}}"#, "expected an array of records"),
        (r#"{"records":[{"data":""}]}"#, "missing field `recordId`"),
        (r#"{"records":[],"records":[]}"#, "duplicate field `records`"),
        (
            r#"{"records":[{"recordId":"1","recordId":"2"}]}"#,
            "duplicate field `recordId`",
        ),
        (
            r#"{"records":[{"recordId":"1","data":"","data":""}]}"#,
            "duplicate field `data`",
        ),
        (r#"{"records":[{"recordId":"1","data":7}]}"#, "expected data in base64"),
    ];
    for (json, error) in cases {
        let found = read(json).unwrap_err();
        assert!(found.contains(error), "{json}: {found}");
    }
}

#[test]
fn memory_goes_from_one_event_to_the_next_and_nothing_else_does() {
    let first: Event = serde_json::from_str(r#"{"records":[{"recordId":"1","data":"Zm9vYmFy"}]}"#).unwrap();
    let memory = first.0.data.as_ptr();
    drop(first);
    let second: Event = serde_json::from_str(r#"{"records":[{"recordId":"2"}]}"#).unwrap();
    assert_eq!(second.0.data.as_ptr(), memory);
    assert!(second.0.data.is_empty());
    assert_eq!(
        second.records().collect::<Vec<_>>(),
        [Record {
            quoted_id: r#""2""#,
            data: None
        }]
    );
}
