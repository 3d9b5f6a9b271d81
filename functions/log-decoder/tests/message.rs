//! What lines become of which messages.

#![expect(clippy::expect_used, reason = "helpers are tests too")]

use log_decoder::message::{Content, Format, Layout, Newlines, NotAMessage, inspect, split, write_lines};

const KEEP: Layout = Layout {
    format: Format::Raw,
    newlines: Newlines::Keep,
};
const ESCAPE: Layout = Layout {
    format: Format::Raw,
    newlines: Newlines::Escape,
};
const NDJSON: Layout = Layout {
    format: Format::Ndjson,
    newlines: Newlines::Keep,
};

const HEAD: &str = concat!(
    r#"{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/shop/api","logStream":"i-1","#,
    r#""subscriptionFilters":["archive"],"logEvents":"#
);

/// A message with events of these messages, which are JSON strings without their quotes.
fn message(messages: &[&str]) -> String {
    let event = |(index, message)| {
        let timestamp = 1_795_176_000_123 + index;
        format!(r#"{{"id":"{index:056}","timestamp":{timestamp},"message":"{message}"}}"#)
    };
    let events: Vec<String> = messages.iter().enumerate().map(event).collect();
    format!("{HEAD}[{}]}}", events.join(","))
}

fn lines(message: &str, layout: Layout) -> String {
    let mut out = Vec::new();
    write_lines(message.as_bytes(), &layout, &mut out).expect("a message");
    String::from_utf8(out).expect("text")
}

#[test]
fn a_raw_line_has_one_newline_of_its_own_and_those_of_its_message_are_kept_or_escaped() {
    // The message, and its lines behind `GROUP:STREAM\tTIMESTAMP\t`, kept and escaped.
    let cases = [
        ("", "\n", "\n"),
        ("a", "a\n", "a\n"),
        (r"a\n", "a\n", "a\n"),
        (r"a\n\n", "a\n\n", "a\\n\n"),
        (r"\n", "\n", "\n"),
        (r"a\r\n", "a\r\n", "a\\r\n"),
        (r"a\nb", "a\nb\n", "a\\nb\n"),
        (r"a\u000ab\u000D\u000A", "a\nb\r\n", "a\\nb\\r\n"),
        (r"a\\n", "a\\n\n", "a\\n\n"),
        (r"a\\\n", "a\\\n", "a\\\n"),
        (r"a\\u000a", "a\\u000a\n", "a\\u000a\n"),
        (r#"\"\\\/\b\f\t"#, "\"\\/\u{8}\u{c}\t\n", "\"\\/\u{8}\u{c}\t\n"),
        (
            r"\u0000\u001f\u0022\u005C\u007f",
            "\0\u{1f}\"\\\u{7f}\n",
            "\0\u{1f}\"\\\u{7f}\n",
        ),
        (r"\u00e9\u20AC\ud83d\uDE00 é€😀", "é€😀 é€😀\n", "é€😀 é€😀\n"),
    ];
    for (text, kept, escaped) in cases {
        let head = "/shop/api:i-1\t1795176000123\t";
        assert_eq!(lines(&message(&[text]), KEEP), format!("{head}{kept}"), "{text}");
        assert_eq!(lines(&message(&[text]), ESCAPE), format!("{head}{escaped}"), "{text}");
    }
}

/// The scanner goes by blocks of 64 bytes.
#[test]
fn escapes_are_found_wherever_in_a_long_message_they_are() {
    let all = [
        (r"\n", "\n"),
        (r"\\", "\\"),
        (r#"\""#, "\""),
        (r"\u001b", "\u{1b}"),
        (r"\ud83d\ude00", "😀"),
    ];
    for (escaped, text) in all {
        for before in 0..200 {
            for times in [1, 2, 20, 100] {
                let before = "x".repeat(before);
                let (escaped, text) = (escaped.repeat(times), text.repeat(times));
                let expected = format!("/shop/api:i-1\t1795176000123\t{before}{text}.\n");
                assert!(lines(&message(&[&format!("{before}{escaped}.")]), KEEP) == expected);
            }
        }
    }
}

#[test]
fn every_event_has_its_line() {
    let many = vec!["x"; 10_000];
    assert_eq!(lines(&message(&many), KEEP).lines().count(), 10_000);
    let huge = "0123456789".repeat(100_000);
    assert_eq!(
        lines(&message(&[&huge]), KEEP).len(),
        "/shop/api:i-1\t1795176000123\t\n".len() + 1_000_000
    );
    assert_eq!(
        lines(&message(&["a", "b"]), KEEP),
        "/shop/api:i-1\t1795176000123\ta\n/shop/api:i-1\t1795176000124\tb\n"
    );
}

#[test]
fn names_break_neither_line_nor_field() {
    let message = message(&["a"]).replace("i-1", r"i\n\r\t1");
    assert_eq!(lines(&message, KEEP), "/shop/api:i\\n\\r\\t1\t1795176000123\ta\n");
}

#[test]
fn a_json_line_has_all_there_is_to_know_and_the_message_once_more_if_it_is_an_object() {
    let head = concat!(
        r#"{"account":"123456789012","group":"/shop/api","stream":"i-1","#,
        r#""id":"00000000000000000000000000000000000000000000000000000000","#,
        r#""timestamp":"2026-11-20T12:00:00.123Z","timestampMs":1795176000123,"message":"#
    );
    // The message, how it is written, and the object.
    let cases = [
        ("plain", r#""plain""#, ""),
        (r"\/\u0041\u001B\u000a\u20ac", r#""/A\u001b\n€""#, ""),
        (r#"{\"a\":1}"#, r#""{\"a\":1}""#, r#"{"a":1}"#),
        (r#" {\"a\":\n\r 1}\n"#, r#"" {\"a\":\n\r 1}\n""#, r#"{"a":   1}"#),
        (r#"\u007b\"a\":\"\\n\"}"#, r#""{\"a\":\"\\n\"}""#, r#"{"a":"\n"}"#),
        (
            r#"{\"a\":1,\"a\":1.50}"#,
            r#""{\"a\":1,\"a\":1.50}""#,
            r#"{"a":1,"a":1.50}"#,
        ),
        ("{}", r#""{}""#, "{}"),
        (r#"{\"a\":1} and more"#, r#""{\"a\":1} and more""#, ""),
        ("[1]", r#""[1]""#, ""),
        (r#"{\"a\":1e999}"#, r#""{\"a\":1e999}""#, ""),
        (r#"{\"a\":\"\\ud800\"}"#, r#""{\"a\":\"\\ud800\"}""#, ""),
    ];
    for (text, written, object) in cases {
        let json = if object.is_empty() {
            String::new()
        } else {
            format!(r#","json":{object}"#)
        };
        let expected = format!("{head}{written}{json},\"filters\":[\"archive\"]}}\n");
        assert_eq!(lines(&message(&[text]), NDJSON), expected, "{text}");
    }
}

#[test]
fn an_object_that_is_nested_too_deeply_is_text() {
    for (depth, is_object) in [(100, true), (101, false)] {
        let object = format!("{}1{}", r#"{\"a\":"#.repeat(depth), "}".repeat(depth));
        assert_eq!(
            lines(&message(&[&object]), NDJSON).contains(",\"json\":"),
            is_object,
            "{depth}"
        );
    }
}

#[test]
fn the_header_tells_what_the_lines_have_in_common() {
    let message = message(&["a", "b", "c"]);
    let Ok(Content::Data(header)) = inspect(message.as_bytes()) else {
        panic!("a data message")
    };
    assert_eq!((&*header.account, &*header.group), ("123456789012", "/shop/api"));
    assert_eq!((header.first_timestamp, header.events), (Some(1_795_176_000_123), 3));
}

#[test]
fn other_shapes_of_a_message_are_read_too() {
    let usual = message(&["a"]);
    let expected = lines(&usual, NDJSON);
    let other = [
        usual.replace(',', ", ").replace(':', "\t:\n"),
        usual.replace("DATA_MESSAGE", "DATA_MESS\\u0041GE"),
        usual.replace("logGroup", "log\\u0047roup"),
        usual.replacen(
            '{',
            r#"{"policyLevel":"ACCOUNT_LEVEL_POLICY","new":[{"deep":[1,null]},"\ud800"],"#,
            1,
        ),
        usual.replace(r#""timestamp""#, r#""extractedFields":{"a":"b"},"timestamp""#),
        usual.replace("]}", r#"],"policyLevel":"ACCOUNT_LEVEL_POLICY"}"#),
        {
            let (before, events) = usual.split_once(r#""logEvents":"#).unwrap();
            format!(
                r#"{{"logEvents":{},{}}}"#,
                &events[..events.len() - 1],
                &before[1..before.len() - 1]
            )
        },
    ];
    for message in other {
        assert!(message != usual);
        assert_eq!(lines(&message, NDJSON), expected, "{message}");
    }
    let id = "0".repeat(56);
    for (ending, text) in [("a", "a"), (r"\/", "/"), (r"\u0041", "A"), (r"\\", r"\\")] {
        let start = &id[ending.len()..];
        let other = usual.replace(&id, &format!("{start}{ending}"));
        assert_eq!(lines(&other, NDJSON), expected.replace(&id, &format!("{start}{text}")));
    }
    let without_filters = usual.replace(r#""subscriptionFilters":["archive"],"#, "");
    assert_eq!(
        lines(&without_filters, NDJSON),
        expected.replace(r#"["archive"]"#, "[]")
    );
}

#[test]
fn a_control_message_and_one_without_events_have_no_lines() {
    let control =
        message(&["CWL CONTROL MESSAGE: Checking health of destination Firehose."]).replace("DATA_", "CONTROL_");
    for layout in [KEEP, ESCAPE, NDJSON] {
        let mut out = b"before".to_vec();
        assert_eq!(write_lines(control.as_bytes(), &layout, &mut out), Ok(Content::Control));
        let empty = message(&[]);
        let found = write_lines(empty.as_bytes(), &layout, &mut out);
        assert!(matches!(found, Ok(Content::Data(header)) if header.events == 0 && header.first_timestamp.is_none()));
        assert_eq!(out, b"before");
    }
}

#[test]
fn what_is_no_message_is_refused_and_leaves_nothing() {
    let good = message(&["first", "a"]);
    let mut invalid_utf8 = good.clone().into_bytes();
    let at = good.find(r#""a""#).unwrap() + 1;
    invalid_utf8[at] = 0xff;
    let bad = [
        Vec::new(),
        b"{}".to_vec(),
        b"null".to_vec(),
        b"[\"DATA_MESSAGE\",\"1\",\"g\",\"s\",[],[]]".to_vec(),
        invalid_utf8,
        good.replace("DATA_MESSAGE", "OTHER_MESSAGE").into_bytes(),
        good.replace(r#""DATA_MESSAGE""#, "1").into_bytes(),
        good.replace(r#""owner":"123456789012""#, r#""owner":123456789012"#)
            .into_bytes(),
        good.replace(r#""owner":"123456789012","#, "").into_bytes(),
        good.replace(r#""owner""#, r#""owner":"1","owner""#).into_bytes(),
        good.replace(r#""logStream":"i-1""#, r#""logStream":null"#).into_bytes(),
        good.replace(r#"["archive"]"#, r#"["archive",1]"#).into_bytes(),
        good.replace(r#""message":"a""#, r#""message":1"#).into_bytes(),
        good.replace(r#""message":"a""#, r#""message":"a","message":"b""#)
            .into_bytes(),
        good.replace(r#""message":"a""#, r#""message":"\ud800""#).into_bytes(),
        good.replace(r#""message":"a""#, r#""message":"\udc00\ud800""#)
            .into_bytes(),
        good.replace(r#""message":"a""#, r#""message":"\ud800\u0041""#)
            .into_bytes(),
        good.replace(r#""message":"a""#, r#""message":"\x""#).into_bytes(),
        good.replace(r#""message":"a""#, "\"message\":\"\n\"").into_bytes(),
        good.replace(r#","message":"a""#, "").into_bytes(),
        good.replace("1795176000124", "\"1795176000124\"").into_bytes(),
        good.replace("1795176000124", "1795176000124.0").into_bytes(),
        good.replace("1795176000124", "01795176000124").into_bytes(),
        good.replace("1795176000124", "0795176000124").into_bytes(),
        good.replace("1795176000124", "179517600012x").into_bytes(),
        good.replace("1795176000124", "-1").into_bytes(),
        good.replace("1795176000124", "253402207200000").into_bytes(),
        good.replace("1795176000124", "99999999999999999999").into_bytes(),
        good.replacen(r#"{"id""#, r#"["id""#, 1).into_bytes(),
        good.as_bytes()[..good.len() - 1].to_vec(),
        [good.as_bytes(), b"x"].concat(),
    ];
    for message in bad {
        let shown = String::from_utf8_lossy(&message);
        assert!(shown != good, "the case is none");
        assert_eq!(inspect(&message), Err(NotAMessage), "{shown}");
        for layout in [KEEP, ESCAPE, NDJSON] {
            let mut out = b"before".to_vec();
            assert_eq!(write_lines(&message, &layout, &mut out), Err(NotAMessage), "{shown}");
            assert_eq!(out, b"before");
        }
        assert_eq!(split(&message, 2), Err(NotAMessage), "{shown}");
    }
}

#[test]
fn parts_are_messages_of_about_the_same_size_and_have_all_fields() {
    let long = "x".repeat(1_000);
    // The events' messages, the parts asked for, and how many events each has.
    let cases: [(&[&str], usize, &[usize]); 9] = [
        (&["a", "b"], 2, &[1, 1]),
        (&["a", "b"], 0, &[1, 1]),
        (&["a", "b"], 100, &[1, 1]),
        (&["a", "b", "c", "d", "e", "f"], 3, &[2, 2, 2]),
        (&["a", "b", "c", "d", "e", "f", "g"], 2, &[4, 3]),
        (&[&long, "b", "c", "d"], 2, &[1, 3]),
        (&["a", "b", "c", &long], 2, &[3, 1]),
        (&["a", &long, "c", &long], 4, &[1, 1, 1, 1]),
        (&[&long, "b", "c", "d", "e"], 3, &[1, 2, 2]),
    ];
    for (messages, parts, expected) in cases {
        let whole = message(messages).replace("]}", r#"],"policyLevel":{"a":[]}}"#);
        let parts = split(whole.as_bytes(), parts).unwrap();
        let counts: Vec<usize> = parts
            .iter()
            .map(|part| match inspect(part) {
                Ok(Content::Data(header)) => header.events,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(counts, expected);
        for part in parts {
            let part = String::from_utf8(part).unwrap();
            assert!(
                part.starts_with(HEAD) && part.ends_with(r#"],"policyLevel":{"a":[]}}"#),
                "{part}"
            );
        }
    }
    for unsplittable in [
        message(&[]),
        message(&["a"]),
        message(&["a", "b"]).replace("DATA_", "CONTROL_"),
    ] {
        assert_eq!(split(unsplittable.as_bytes(), 2), Err(NotAMessage));
    }
}
