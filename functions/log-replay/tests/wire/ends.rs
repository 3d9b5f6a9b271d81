//! How it ends with objects of each kind.

use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use lambda_edge::ConfigError;
use lambda_runtime::Diagnostic;
use log_replay::{Function, Invocation, Response};
use log_source::digest;
use serde_json::json;
use tokio::time::Instant;

use crate::world::{World, line, lines};

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test(start_paused = true)]
async fn gzip_of_several_members_is_read_as_one_text() {
    let world = World::new(&[("errors/a.gz", &[gzip(&lines(&["a"])), gzip(&lines(&["b"]))].concat())]);
    assert_eq!(world.invoke(json!({})).await.0.unwrap().replayed, 2);
    assert_eq!(world.state().source, ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn a_record_is_replayed_as_often_as_allowed_and_then_given_up() {
    let world = World::new(&[]);
    let mut answers = Vec::new();
    for time in 0..4 {
        // It fails in the decoder again, and Firehose writes it into a new object.
        world
            .state()
            .objects
            .insert(format!("errors/{time}"), lines(&["poisoned"]));
        let answer = world.invoke(json!({})).await.0.unwrap();
        answers.push((answer.replayed, answer.given_up));
    }
    assert_eq!(answers, [(1, 0), (1, 0), (0, 1), (0, 1)]);
    assert_eq!(world.state().source, ["poisoned"; 2]);
    let kept = digest(line("poisoned").as_bytes());
    for time in 2..4 {
        assert_eq!(world.text(&format!("errors-given-up/{time}.{kept}")), line("poisoned"));
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_record_twice_in_an_object_counts_twice() {
    let world = World::new(&[("errors/a", &lines(&["a", "a", "a"]))]);
    let answer = world.invoke(json!({})).await.0.unwrap();
    assert_eq!((answer.replayed, answer.given_up), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_record_larger_than_the_source_takes_is_given_up_at_once() {
    let world = World::new(&[("errors/a", &lines(&["a", &"b".repeat(1024 * 1024)]))]);
    let answer = world.invoke(json!({})).await.0.unwrap();
    assert_eq!((answer.replayed, answer.given_up), (1, 1));
    assert_eq!(world.state().source, ["a"]);
}

#[tokio::test(start_paused = true)]
async fn a_large_object_is_read_in_ranges_and_what_is_kept_of_it_written_in_parts() {
    let records: Vec<String> = (0..10).map(|number| number.to_string().repeat(1_000_000)).collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let content = lines(&records);
    let world = World::new(&[("errors/a", &content)]);
    for record in &records {
        let ledger = format!("errors-ledger/{}", digest(record.as_bytes()));
        world.state().objects.insert(ledger, b"2".to_vec());
    }
    let before = world.state().objects.clone();
    assert_eq!(world.invoke(json!({"dryRun": true})).await.0.unwrap().given_up, 10);
    assert!(world.state().objects == before, "a dry run wrote a part");
    world.calls();
    assert_eq!(world.invoke(json!({})).await.0.unwrap().given_up, 10);
    let ranges = world.calls().iter().filter(|call| *call == "get errors/a").count();
    assert_eq!(ranges, content.len().div_ceil(8 * 1024 * 1024));
    let state = world.state();
    let parts: Vec<&Vec<u8>> = state
        .objects
        .iter()
        .filter(|(key, _)| key.starts_with("errors-given-up/a."))
        .map(|(_, part)| part)
        .collect();
    assert_eq!(parts.len(), 2);
    let mut kept: Vec<&[u8]> = parts
        .iter()
        .flat_map(|part| part.split_inclusive(|byte| *byte == b'\n'))
        .collect();
    let mut all: Vec<&[u8]> = content.split_inclusive(|byte| *byte == b'\n').collect();
    kept.sort_unstable();
    all.sort_unstable();
    assert!(kept == all);
    assert!(state.objects["errors-replayed/a"] == content);
}

#[tokio::test(start_paused = true)]
async fn an_object_that_is_no_text_of_lines_is_given_up_whole() {
    let mut damaged = gzip(&lines(&["a"]));
    damaged.truncate(damaged.len() - 4);
    let world = World::new(&[("errors/a.gz", &damaged)]);
    let answer = world.invoke(json!({})).await.0.unwrap();
    assert_eq!((answer.objects, answer.given_up), (1, 1));
    assert_eq!(world.state().objects["errors-given-up/a.gz"], damaged);
    assert!(!world.keys().contains(&"errors/a.gz".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn an_object_of_which_nothing_can_be_put_stays_as_it_is() {
    let world = World::new(&[("errors/a", &lines(&["throttled 1", "throttled 2"]))]);
    world.state().throttled = Some("throttled");
    for _ in 0..5 {
        assert_eq!(world.invoke(json!({})).await.0.unwrap_err().name(), "ReplayIncomplete");
        assert_eq!(
            world.text("errors/a"),
            format!("{}{}", line("throttled 1"), line("throttled 2"))
        );
        assert_eq!(world.keys().iter().filter(|key| key.starts_with("errors/")).count(), 1);
    }
    world.state().throttled = None;
    assert_eq!(world.invoke(json!({})).await.0.unwrap().replayed, 2);
}

#[tokio::test(start_paused = true)]
async fn what_was_left_is_not_looked_at_again_by_the_same_invocation_but_by_the_next() {
    let world = World::new(&[("errors/a", &lines(&["a", "throttled"])), ("errors/z", &lines(&["z"]))]);
    world.state().page = 1;
    world.state().throttled = Some("throttled");
    let (answer, metrics) = world.invoke(json!({})).await;
    answer.unwrap_err();
    let metrics: serde_json::Value = serde_json::from_slice(&metrics).unwrap();
    assert_eq!(metrics["ObjectsReplayed"], 2);
    assert_eq!(metrics["RecordsReplayed"], 2);
    assert_eq!(metrics["RecordsLeft"], 1);
    world.state().throttled = None;
    let answer = world.invoke(json!({})).await.0.unwrap();
    assert_eq!((answer.objects, answer.replayed), (1, 1));
    assert_eq!(world.state().source, ["a", "z", "throttled"]);
}

#[tokio::test(start_paused = true)]
async fn when_the_time_is_up_no_object_is_begun() {
    let world = World::new(&[("errors/a", &lines(&["a"]))]);
    let (answer, _) = world.invoke_until(json!({}), Instant::now()).await;
    let expected = Response {
        more: true,
        ..Response::default()
    };
    assert_eq!(answer.unwrap(), expected);
    assert_eq!(world.calls(), ["list errors/"]);
}

#[tokio::test(start_paused = true)]
async fn a_record_whose_answer_comes_too_late_is_put_again_by_the_next_invocation() {
    let world = World::new(&[("errors/a", &lines(&["a"])), ("errors/b", &lines(&["b"]))]);
    world.state().put_takes = Duration::from_secs(2);
    let (answer, _) = world
        .invoke_until(json!({}), Instant::now() + Duration::from_secs(1))
        .await;
    let expected = Response {
        left: 1,
        more: true,
        ..Response::default()
    };
    assert_eq!(answer.unwrap(), expected);
    let answer = world.invoke(json!({})).await.0.unwrap();
    assert_eq!((answer.objects, answer.replayed, answer.more), (2, 2, false));
    assert_eq!(world.state().source, ["a", "a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn when_the_time_is_up_within_an_object_the_rest_is_left_and_what_was_put_is_not_put_again() {
    let records: Vec<String> = (0..600).map(|number| format!("record {number}")).collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let world = World::new(&[("errors/a", &lines(&records))]);
    // The last record of the first chunk is refused once, and the pause takes what is left of the time.
    world.state().throttled = Some("record 499");
    let deadline = Instant::now() + Duration::from_millis(120);
    let answer = world.invoke_until(json!({}), deadline).await.0;
    answer.unwrap_err();
    world.state().throttled = None;
    let answer = world.invoke(json!({})).await.0.unwrap();
    assert_eq!((answer.objects, answer.more), (1, false));
    let mut source = world.state().source.clone();
    source.sort_unstable();
    source.dedup();
    assert_eq!((source.len(), world.state().source.len()), (600, 600));
}

#[tokio::test(start_paused = true)]
async fn an_object_too_large_to_copy_is_reported_and_does_not_keep_the_others() {
    let world = World::new(&[("errors/a", &lines(&["a"])), ("errors/b", &lines(&["b"]))]);
    world.state().stated_sizes = [("errors/a".to_owned(), 5 * 1024 * 1024 * 1024 + 1)].into();
    let error = world.invoke(json!({})).await.0.unwrap_err().to_string();
    assert!(
        error.contains("`errors/a` not looked at: it has 5368709121 bytes"),
        "{error}"
    );
    assert_eq!(world.state().source, ["b"]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_call_is_named_and_does_not_keep_the_other_objects() {
    let cases = [
        ("get errors/a", "`errors/a` not read: AccessDenied: in words", 1),
        (
            "get errors-ledger/ca978",
            "of the ledger not read: AccessDenied: in words",
            1,
        ),
        (
            "put errors-ledger/ca978",
            "of the ledger not written: AccessDenied: in words",
            1,
        ),
        (
            "copy errors/a",
            "`errors/a` not copied to `errors-replayed/a`: AccessDenied: in words",
            2,
        ),
        (
            "delete errors/a",
            "`errors/a` not deleted after its copy was made: AccessDenied: in words",
            2,
        ),
    ];
    for (refused, text, put) in cases {
        let world = World::new(&[("errors/a", &lines(&["a"])), ("errors/b", &lines(&["b"]))]);
        world.state().refused = Some(refused);
        let error = world.invoke(json!({})).await.0.unwrap_err().to_string();
        assert!(error.contains(text), "{refused}: {error}");
        assert_eq!(world.state().source.len(), put, "{refused}");
        let keys = world.keys();
        assert!(keys.contains(&"errors/a".to_owned()), "{refused}");
        assert!(!keys.contains(&"errors/b".to_owned()), "{refused}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_listed_is_named() {
    let world = World::new(&[("errors/a", &lines(&["a"]))]);
    world.state().refused = Some("list");
    let error = world.invoke(json!({})).await.0.unwrap_err().to_string();
    assert!(
        error.contains("the objects under `errors/` not listed: AccessDenied"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_holds_no_number_keeps_the_object_where_it_is() {
    let ledger = format!("errors-ledger/{}", digest(b"a"));
    let world = World::new(&[("errors/a", &lines(&["a"])), (&ledger, b"two")]);
    let error = world.invoke(json!({})).await.0.unwrap_err().to_string();
    assert!(error.contains(&format!("`{ledger}` holds no number")), "{error}");
    assert!(world.keys().contains(&"errors/a".to_owned()));
    assert!(world.state().source.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_is_not_confirmed_deletes_nothing() {
    let world = World::new(&[("errors/a", &lines(&["a"]))]);
    world.state().copies_silently = true;
    world.invoke(json!({})).await.0.unwrap_err();
    assert!(world.keys().contains(&"errors/a".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn no_error_and_no_metric_holds_anything_of_a_record() {
    let world = World::new(&[(
        "errors/a",
        &[lines(&["s3cr3t throttled"]), b"s3cr3t\n".to_vec()].concat(),
    )]);
    world.state().throttled = Some("throttled");
    let (answer, metrics) = world.invoke(json!({})).await;
    let diagnostic = Diagnostic::from(answer.unwrap_err());
    assert_eq!(diagnostic.error_type, "ReplayIncomplete");
    let coded = base64_simd::STANDARD.encode_to_string("s3cr3t throttled");
    for text in [diagnostic.error_message, String::from_utf8(metrics).unwrap()] {
        assert!(!text.contains("s3cr3t") && !text.contains(&coded), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_bad_configuration_or_event_is_an_answer_in_words() {
    let problems = vec!["BUCKET is missing".to_owned()];
    let config = aws_client::replay::Replay::new(vec![]).sdk_config();
    let invocation = Invocation {
        clock: jiff::Timestamp::UNIX_EPOCH,
        deadline: Instant::now(),
        random: || 0.0,
    };
    let function = Function::new(Err(ConfigError { problems }), &config);
    let error = function.answer(&json!({}), &invocation, Vec::new()).await.unwrap_err();
    assert_eq!(error.name(), "InvalidConfiguration");
    assert!(error.to_string().contains("BUCKET is missing"), "{error}");

    let world = World::new(&[]);
    let error = world.invoke(json!({"prefix": "logs/"})).await.0.unwrap_err();
    assert_eq!(error.name(), "InvalidRequest");
    assert!(
        error.to_string().contains("must begin with the error prefix `errors/`"),
        "{error}"
    );
    assert!(world.calls().is_empty());
}
