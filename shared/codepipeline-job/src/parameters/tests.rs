use serde::Deserialize;

use super::*;

/// The kinds that parameters of actions have.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Parameters {
    regions: Vec<String>,
    on_event: OnEvent,
    max_hold_minutes: u16,
    include_account_specific: Option<bool>,
    pipeline: Option<String>,
    window: Option<Window>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OnEvent {
    #[default]
    Fail,
    Hold,
    Wait {
        minutes: u8,
    },
}

#[derive(Debug, PartialEq, Deserialize)]
struct Window {
    opens: u8,
}

fn error(text: &str) -> String {
    parse::<Parameters>(text).unwrap_err().to_string()
}

#[test]
fn an_empty_object_is_fine_where_there_are_defaults() {
    for text in ["{}", " \r\n{ }\t", "\u{feff}{}", " \u{feff} {}\u{a0}"] {
        assert_eq!(parse(text), Ok(Parameters::default()), "{text:?}");
    }
}

#[test]
fn every_kind_of_value_is_read() {
    let text = r#"{"regions": ["us-east-1", "eu-west-1"], "on_event": "hold", "max_hold_minutes": 240,
        "include_account_specific": false, "pipeline": null, "window": {"opens": 6}}"#;
    let expected = Parameters {
        regions: vec!["us-east-1".into(), "eu-west-1".into()],
        on_event: OnEvent::Hold,
        max_hold_minutes: 240,
        include_account_specific: Some(false),
        pipeline: None,
        window: Some(Window { opens: 6 }),
    };
    assert_eq!(parse(text), Ok(expected));
    let text = r#"{"on_event": {"wait": {"minutes": 3}}}"#;
    assert_eq!(
        parse::<Parameters>(text).unwrap().on_event,
        OnEvent::Wait { minutes: 3 }
    );
}

#[test]
fn no_parameters_at_all_is_an_error_that_says_what_to_give() {
    for text in ["", " ", "\n", "\u{feff}", "\u{feff} "] {
        assert_eq!(
            error(text),
            "the action has no UserParameters: give it a JSON object, {} where nothing is to be set"
        );
    }
}

#[test]
fn what_is_no_json_says_where() {
    let cases = [
        ("some-input-such-as-a-URL", 1, 1),
        (r#"{"regions": ["us-east-1"]"#, 1, 25),
        ("{\n  \"a\": 1,\n}", 3, 1),
        ("{'a': 1}", 1, 2),
        ("{} {}", 1, 4),
        ("{\"a\": \u{0007}}", 1, 7),
        (r#"{"a": 1e999}"#, 1, 11),
    ];
    for (text, line, column) in cases {
        let error = parse::<Parameters>(text).unwrap_err();
        assert_eq!(error, ParametersError::NotJson { line, column }, "{text}");
        assert!(
            error.to_string().contains(&format!("see line {line}, column {column}")),
            "{error}"
        );
    }
    let deep = "[".repeat(100_000);
    assert!(matches!(
        parse::<Parameters>(&deep),
        Err(ParametersError::NotJson { .. })
    ));
}

#[test]
fn what_is_json_but_no_object_says_what_it_is() {
    let cases = [
        (r#""{\"regions\": []}""#, "are a text, they must be a JSON object"),
        (r#"["us-east-1"]"#, "are a list,"),
        ("240", "are a number,"),
        ("true", "are true or false,"),
        ("null", "are null,"),
    ];
    for (text, expected) in cases {
        assert!(error(text).contains(expected), "{}", error(text));
    }
}

#[test]
fn an_unknown_key_is_named_together_with_the_known_ones() {
    assert_eq!(
        error(r#"{"region": "secret"}"#),
        "the action's UserParameters have the key \"region\", which is not known: the known ones are \"regions\", \
         \"on_event\", \"max_hold_minutes\", \"include_account_specific\", \"pipeline\", \"window\""
    );
    let nested = error(r#"{"window": {"opens": 6, "closes": 7}}"#);
    assert!(
        nested.ends_with(r#"the key "window.closes", which is not known: the known ones are "opens""#),
        "{nested}"
    );
    let nothing = parse::<Nothing>(r#"{"a": 1}"#).unwrap_err().to_string();
    assert!(
        nothing.ends_with(r#"the key "a", which is not known: there are none"#),
        "{nothing}"
    );
}

#[derive(Debug, PartialEq, Deserialize)]
struct Nothing {}

#[test]
fn a_key_that_stands_there_twice_is_an_error_also_with_the_same_value() {
    for text in [
        r#"{"pipeline": "a", "regions": [], "pipeline": "b"}"#,
        r#"{"pipeline": "a", "\u0070ipeline": "a"}"#,
        r#"{"pipeline": {"x": [1, {}]}, "pipeline": 1}"#,
    ] {
        assert_eq!(
            error(text),
            "the action's UserParameters have the key \"pipeline\" more than once"
        );
    }
}

#[test]
fn a_key_that_has_to_be_there_is_named() {
    let text = error(r#"{"window": {}}"#);
    assert_eq!(text, "the action's UserParameters lack the key \"window.opens\"");
}

#[test]
fn a_wrong_value_says_its_key_and_its_kind_and_never_itself() {
    let cases = [
        (
            r#"{"regions": "secret"}"#,
            "regions",
            "it has a text where a list is needed",
        ),
        (
            r#"{"regions": [987654]}"#,
            "regions",
            "it has a number where a text is needed",
        ),
        (r#"{"regions": null}"#, "regions", "it has null where a list is needed"),
        (
            r#"{"regions": {"secret": 1}}"#,
            "regions",
            "it has an object where a list is needed",
        ),
        (
            r#"{"max_hold_minutes": "987654"}"#,
            "max_hold_minutes",
            "it has a text where a whole number from 0 to 65,535 is needed",
        ),
        (
            r#"{"max_hold_minutes": 987654}"#,
            "max_hold_minutes",
            "it has a number where a whole number from 0 to 65,535 is needed",
        ),
        (
            r#"{"max_hold_minutes": -987654}"#,
            "max_hold_minutes",
            "it has a negative number where a whole number from 0 to 65,535 is needed",
        ),
        (
            r#"{"max_hold_minutes": 987.654}"#,
            "max_hold_minutes",
            "it has a number with a fraction where a whole number from 0 to 65,535 is needed",
        ),
        (
            r#"{"include_account_specific": "true"}"#,
            "include_account_specific",
            "it has a text where true or false is needed",
        ),
        (
            r#"{"pipeline": true}"#,
            "pipeline",
            "it has true or false where a text is needed",
        ),
        (
            r#"{"on_event": "secret"}"#,
            "on_event",
            r#"it has another text where one of "fail", "hold", "wait" is needed"#,
        ),
        (
            r#"{"on_event": 987654}"#,
            "on_event",
            r#"it has a number where one of "fail", "hold", "wait" is needed"#,
        ),
        (
            r#"{"window": [6]}"#,
            "window",
            "it has a list where an object is needed",
        ),
        (
            r#"{"window": {"opens": "secret"}}"#,
            "window.opens",
            "it has a text where a whole number from 0 to 255 is needed",
        ),
    ];
    for (text, key, expected) in cases {
        let found = error(text);
        assert_eq!(
            found,
            format!("the action's UserParameters are wrong at the key \"{key}\": {expected}")
        );
        assert!(!found.contains("secret") && !found.contains("987"), "{found}");
    }
}

#[test]
fn a_key_of_any_length_is_quoted_in_short_and_in_one_line() {
    let text = error(&format!("{{\"a\\nb{}\": 1}}", "é".repeat(1_000)));
    let quoted = format!("the key \"ab{}…\",", "é".repeat(62));
    assert!(text.contains(&quoted), "{text}");
}
