//! Puts through the real SDK up to the connection, on a clock that moves by itself.
//!
//! Answers of AWS are hand-written and small, after the API references
//! (<https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html>,
//! <https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html>).

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

use std::time::Duration;

use aws_client::replay::{Answer, Replay};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::test_util::NeverClient;
use aws_smithy_types::retry::RetryConfig;
use log_source::{NotPut, Source, digest};
use serde_json::{Value, json};
use tokio::time::Instant;

const KINESIS: &str = "arn:aws:kinesis:eu-west-1:123456789012:stream/logs";
const FIREHOSE: &str = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/logs";
const BOTH: [&str; 2] = [KINESIS, FIREHOSE];
const MIB: usize = 1024 * 1024;

/// One call's answer: `None` is a record that was put, `Some` the code of one that failed.
fn answered(arn: &str, entries: &[Option<&str>]) -> Answer {
    let failed = entries.iter().flatten().count();
    let entries = entries.iter().enumerate().map(|(index, code)| match code {
        Some(code) => json!({"ErrorCode": code, "ErrorMessage": "in words"}),
        None if arn == KINESIS => json!({"SequenceNumber": index.to_string(), "ShardId": "shardId-000000000000"}),
        None => json!({"RecordId": index.to_string()}),
    });
    let entries: Vec<Value> = entries.collect();
    Answer::ok(if arn == KINESIS {
        json!({"FailedRecordCount": failed, "Records": entries}).to_string()
    } else {
        json!({"FailedPutCount": failed, "RequestResponses": entries}).to_string()
    })
}

fn refused(status: u16, code: &str) -> Answer {
    Answer::error(status, json!({"__type": code, "message": "in words"}).to_string())
}

/// The records of every call; a long one as its length.
fn calls(replay: &Replay) -> Vec<Vec<String>> {
    let text = |entry: &Value| {
        let data = base64_simd::STANDARD
            .decode_to_vec(entry["Data"].as_str().unwrap())
            .unwrap();
        if let Some(key) = entry["PartitionKey"].as_str() {
            assert_eq!(key, digest(&data));
        }
        if data.len() > 100 {
            data.len().to_string()
        } else {
            String::from_utf8(data).unwrap()
        }
    };
    let records = |request: &String| {
        let (line, body) = request.split_once('\n').unwrap();
        let body: Value = serde_json::from_str(body).unwrap();
        if body["StreamARN"] == KINESIS {
            assert_eq!(line, "POST https://123456789012.data-kinesis.eu-west-1.amazonaws.com/");
        } else {
            assert_eq!(line, "POST https://firehose.eu-west-1.amazonaws.com/");
            assert_eq!(body["DeliveryStreamName"], "logs");
        }
        body["Records"].as_array().unwrap().iter().map(text).collect()
    };
    replay.requests().iter().map(records).collect()
}

fn a_minute() -> Instant {
    Instant::now() + Duration::from_mins(1)
}

async fn put(arn: &str, replay: &Replay, records: &[impl AsRef<[u8]>], deadline: Instant) -> Vec<Result<(), NotPut>> {
    let source = Source::from_arn(arn, &replay.sdk_config()).unwrap();
    source.put(records, deadline, || 0.0).await
}

fn failed(text: &str) -> Result<(), NotPut> {
    Err(NotPut::Failed(text.to_owned()))
}

#[tokio::test(start_paused = true)]
async fn records_go_out_in_one_call_and_come_back_put() {
    for arn in BOTH {
        let replay = Replay::new(vec![answered(arn, &[None, None])]);
        assert_eq!(
            put(arn, &replay, &["a", "b"], a_minute()).await,
            [Ok(()), Ok(())],
            "{arn}"
        );
        assert_eq!(calls(&replay), [["a", "b"]]);
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_to_put_is_no_call() {
    for arn in BOTH {
        let replay = Replay::new(vec![]);
        assert_eq!(put(arn, &replay, &[""; 0], a_minute()).await, []);
        assert!(replay.requests().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn exactly_the_failed_entries_are_sent_again() {
    let throttled = [
        (KINESIS, "ProvisionedThroughputExceededException"),
        (FIREHOSE, "ServiceUnavailableException"),
    ];
    for (arn, code) in throttled {
        let replay = Replay::new(vec![
            answered(arn, &[None, Some(code), None, Some("InternalFailure")]),
            answered(arn, &[Some(code), None]),
            answered(arn, &[None]),
        ]);
        let started = Instant::now();
        assert_eq!(
            put(arn, &replay, &["a", "b", "c", "d"], a_minute()).await,
            vec![Ok(()); 4]
        );
        assert_eq!(calls(&replay), [vec!["a", "b", "c", "d"], vec!["b", "d"], vec!["b"]]);
        assert_eq!(started.elapsed(), Duration::from_millis(50 + 100), "{arn}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_failed_whole_is_repeated_where_the_reason_passes() {
    let passing = [
        (KINESIS, 400, "ProvisionedThroughputExceededException"),
        (KINESIS, 400, "KMSThrottlingException"),
        (KINESIS, 500, "InternalFailure"),
        (FIREHOSE, 503, "ServiceUnavailableException"),
        (FIREHOSE, 400, "LimitExceededException"),
    ];
    for (arn, status, code) in passing {
        let replay = Replay::new(vec![refused(status, code), answered(arn, &[None, None])]);
        assert_eq!(
            put(arn, &replay, &["a", "b"], a_minute()).await,
            [Ok(()), Ok(())],
            "{code}"
        );
        assert_eq!(calls(&replay), [["a", "b"], ["a", "b"]]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_refused_is_not_repeated_and_all_its_records_say_why() {
    let refusals = [
        (KINESIS, "AccessDeniedException"),
        (KINESIS, "ResourceNotFoundException"),
        (KINESIS, "KMSAccessDeniedException"),
        (FIREHOSE, "InvalidSourceException"),
        (FIREHOSE, "ResourceNotFoundException"),
    ];
    for (arn, code) in refusals {
        let replay = Replay::new(vec![refused(400, code)]);
        let expected = failed(&format!("{code}: in words (AWS request id 5fb3a1c2-recorded)"));
        assert_eq!(
            put(arn, &replay, &["a", "b"], a_minute()).await,
            [expected.clone(), expected]
        );
        assert_eq!(replay.requests().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_keeps_failing_is_given_up_after_eight_tries_and_says_why() {
    for arn in BOTH {
        let mut answers = vec![answered(arn, &[None, Some("InternalFailure")])];
        answers.resize(8, answered(arn, &[Some("InternalFailure")]));
        let replay = Replay::new(answers);
        let outcomes = put(arn, &replay, &["a", "b"], a_minute()).await;
        assert_eq!(outcomes, [Ok(()), failed("InternalFailure: in words")]);
        assert!(replay.is_used_up());
    }
}

#[tokio::test(start_paused = true)]
async fn the_sdk_tries_nothing_again_on_its_own() {
    for arn in BOTH {
        let replay = Replay::new(vec![refused(500, "InternalFailure"); 100]);
        let config = replay.sdk_config().to_builder();
        let config = config
            .retry_config(RetryConfig::standard())
            .sleep_impl(TokioSleep::new())
            .build();
        let source = Source::from_arn(arn, &config).unwrap();
        assert!(source.put(&["a"], a_minute(), || 0.0).await[0].is_err());
        assert_eq!(replay.requests().len(), 8, "{arn}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_answer_is_no_success() {
    for arn in BOTH {
        let replay = Replay::new(vec![]);
        let outcomes = put(arn, &replay, &["a"], a_minute()).await;
        assert_eq!(outcomes, [failed("the request got no answer")]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_leaves_a_record_out_is_no_success_for_any() {
    for arn in BOTH {
        let replay = Replay::new(vec![answered(arn, &[None]), answered(arn, &[None, None])]);
        assert_eq!(put(arn, &replay, &["a", "b"], a_minute()).await, [Ok(()), Ok(())]);
        assert_eq!(calls(&replay), [["a", "b"], ["a", "b"]]);
    }
}

#[tokio::test(start_paused = true)]
async fn the_largest_record_is_sent_and_a_larger_one_is_refused_at_once() {
    for (arn, limit) in [(KINESIS, MIB - 64), (FIREHOSE, 1_024_000)] {
        let replay = Replay::new(vec![answered(arn, &[None, None])]);
        let records = [vec![b'a'; limit + 1], vec![b'b'; limit], b"c".to_vec()];
        let too_large = Err(NotPut::TooLarge {
            bytes: limit + 1,
            limit,
        });
        assert_eq!(
            put(arn, &replay, &records, a_minute()).await,
            [too_large, Ok(()), Ok(())]
        );
        assert_eq!(calls(&replay), [[limit.to_string(), "c".to_owned()]]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_has_500_records_at_most() {
    for arn in BOTH {
        let replay = Replay::new(vec![answered(arn, &[None; 500]), answered(arn, &[None])]);
        assert_eq!(put(arn, &replay, &["a"; 501], a_minute()).await, vec![Ok(()); 501]);
        assert_eq!(calls(&replay).iter().map(Vec::len).collect::<Vec<_>>(), [500, 1]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_is_within_the_bytes_that_the_source_takes() {
    // Five records of Kinesis with their keys are 5 MiB exactly, four of Firehose and the rest 4 MiB exactly.
    let firehose: Vec<_> = [1_024_000, 1_024_000, 1_024_000, 1_024_000, 4 * MIB - 4_096_000, 1].into();
    for (arn, sizes, first) in [(KINESIS, vec![MIB - 64; 6], 5), (FIREHOSE, firehose, 5)] {
        let replay = Replay::new(vec![answered(arn, &vec![None; first]), answered(arn, &[None])]);
        let records: Vec<_> = sizes.iter().map(|size| vec![b'a'; *size]).collect();
        assert_eq!(put(arn, &replay, &records, a_minute()).await, vec![Ok(()); 6]);
        assert_eq!(
            calls(&replay).iter().map(Vec::len).collect::<Vec<_>>(),
            [first, 1],
            "{arn}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn after_the_deadline_nothing_is_sent() {
    for arn in BOTH {
        let replay = Replay::new(vec![]);
        assert_eq!(put(arn, &replay, &["a"], Instant::now()).await, [Err(NotPut::TimeUp)]);
        assert!(replay.requests().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_would_end_after_the_deadline_is_not_begun() {
    for arn in BOTH {
        let replay = Replay::new(vec![answered(arn, &[None, Some("InternalFailure")])]);
        let started = Instant::now();
        let outcomes = put(arn, &replay, &["a", "b"], started + Duration::from_millis(50)).await;
        assert_eq!(outcomes, [Ok(()), failed("InternalFailure: in words")]);
        assert_eq!(started.elapsed(), Duration::ZERO);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_come_is_waited_for_until_the_deadline() {
    for arn in BOTH {
        let silent = Replay::new(vec![])
            .sdk_config()
            .to_builder()
            .http_client(NeverClient::new())
            .build();
        let source = Source::from_arn(arn, &silent).unwrap();
        let started = Instant::now();
        let outcomes = source.put(&["a"], started + Duration::from_secs(7), || 0.0).await;
        assert_eq!(outcomes, [Err(NotPut::TimeUp)]);
        assert_eq!(started.elapsed(), Duration::from_secs(7));
    }
}
