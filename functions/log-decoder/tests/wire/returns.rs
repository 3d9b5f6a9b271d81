//! What does not fit goes back to the source.

use aws_client::replay::{Answer, Replay};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::MultiGzDecoder;
use log_decoder::{Event, Function};
use serde_json::{Value, json};

use crate::support::{
    BOTH, FIREHOSE, KINESIS, NO_CALLS, event, gzip, invocation, invoke, message, message_of, raw, results, texts,
};

/// One put call's answer: `None` is a record that was put, `Some` the code of one that failed.
fn put(arn: &str, entries: &[Option<&str>]) -> Answer {
    let failed = entries.iter().flatten().count();
    let entry = |code: Option<&str>| match code {
        Some(code) => json!({"ErrorCode": code, "ErrorMessage": "in words"}),
        None if arn == KINESIS => json!({"SequenceNumber": "1", "ShardId": "shardId-000000000000"}),
        None => json!({"RecordId": "1"}),
    };
    let entries: Vec<Value> = entries.iter().copied().map(entry).collect();
    Answer::ok(if arn == KINESIS {
        json!({"FailedRecordCount": failed, "Records": entries}).to_string()
    } else {
        json!({"FailedPutCount": failed, "RequestResponses": entries}).to_string()
    })
}

/// The messages' texts of every record of every put call.
fn put_texts(replay: &Replay) -> Vec<Vec<Vec<String>>> {
    let texts = |entry: &Value| {
        let gzip = STANDARD.decode(entry["Data"].as_str().unwrap()).unwrap();
        let message: Value = serde_json::from_reader(MultiGzDecoder::new(gzip.as_slice())).unwrap();
        let events = message["logEvents"].as_array().unwrap();
        events
            .iter()
            .map(|event| event["message"].as_str().unwrap().to_owned())
            .collect()
    };
    let requests = replay.requests();
    let bodies = requests
        .iter()
        .map(|request| serde_json::from_str(request.split_once('\n').unwrap().1).unwrap());
    bodies
        .map(|body: Value| body["Records"].as_array().unwrap().iter().map(texts).collect())
        .collect()
}

/// What one answer cannot hold: 3 MB of lines each, the second of 4 events.
fn too_much() -> (Value, Vec<String>) {
    let second = texts(4, 750_000);
    (event(&[message(&texts(2, 1_500_000)), message(&second)]), second)
}

#[tokio::test]
async fn names_repeated_into_more_than_memory_holds_are_split_not_written() {
    let mut message = message_of(&json!([]));
    message["logStream"] = json!("s".repeat(500_000));
    message["logEvents"] = (0..200)
        .map(|id| json!({"id": id.to_string(), "timestamp": 1, "message": "m"}))
        .collect();
    let record = gzip(message.to_string().as_bytes());
    let parts = 86;
    let replay = Replay::new(vec![put(KINESIS, &vec![None; parts])]);
    let (records, _) = invoke(raw(KINESIS), &replay, &event(&[record])).await;
    assert_eq!(results(&records), ["Dropped"]);
    assert_eq!(put_texts(&replay)[0].iter().map(Vec::len).sum::<usize>(), 200);
}

#[tokio::test]
async fn what_does_not_fit_is_put_back_in_parts_and_then_dropped() {
    for arn in BOTH {
        let (event, second) = too_much();
        let replay = Replay::new(vec![put(arn, &[None, None, None])]);
        let (records, metrics) = invoke(raw(arn), &replay, &event).await;
        assert_eq!(results(&records), ["Ok", "Dropped"], "{arn}");
        let texts = put_texts(&replay);
        assert_eq!(texts.len(), 1);
        assert_eq!(texts[0].len(), 3);
        assert_eq!(texts[0].concat(), second);
        assert_eq!(metrics["RecordsReingested"], 1);
        assert_eq!(metrics["RecordsFailed"], 0);
        assert_eq!(metrics["EventsDecoded"], 2);
    }
}

#[tokio::test]
async fn a_message_of_one_event_goes_before_others_or_back_as_it_is() {
    let first = message(&texts(2, 1_250_000));
    let (one, another) = (message(&texts(1, 2_500_000)), message(&texts(1, 2_500_001)));
    let replay = Replay::new(vec![put(KINESIS, &[None, None, None])]);
    let (records, _) = invoke(raw(KINESIS), &replay, &event(&[first, one, another.clone()])).await;
    assert_eq!(results(&records), ["Dropped", "Ok", "Dropped"]);
    let request = &replay.requests()[0];
    assert!(request.contains(&STANDARD.encode(&another)), "as it was");
}

#[tokio::test(start_paused = true)]
async fn parts_that_were_throttled_are_put_again_before_the_record_is_dropped() {
    let throttled = [
        (KINESIS, "ProvisionedThroughputExceededException"),
        (FIREHOSE, "ServiceUnavailableException"),
    ];
    for (arn, code) in throttled {
        let (event, second) = too_much();
        let whole = Answer::error(
            400,
            json!({"__type": "ThrottlingException", "message": "slow down"}).to_string(),
        );
        let replay = Replay::new(vec![whole, put(arn, &[None, Some(code), None]), put(arn, &[None])]);
        let (records, _) = invoke(raw(arn), &replay, &event).await;
        assert_eq!(results(&records), ["Ok", "Dropped"], "{arn}");
        assert!(replay.is_used_up());
        let calls = put_texts(&replay);
        assert_eq!(calls[0].concat(), second);
        assert_eq!(calls[2], calls[1][1..2]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_of_which_one_part_was_not_put_fails_and_the_others_do_not() {
    for arn in BOTH {
        let (mut event, _) = too_much();
        let third = message(&texts(2, 1_000_000));
        let records = event["records"].as_array_mut().unwrap();
        records.push(json!({"recordId": "2", "data": STANDARD.encode(third)}));
        let refused = Some("KMSAccessDeniedException");
        let never = put(arn, &[None, refused, None, None, None]);
        let again: Vec<Answer> = std::iter::repeat_n(put(arn, &[refused]), 7).collect();
        let replay = Replay::new([vec![never], again].concat());
        let (records, metrics) = invoke(raw(arn), &replay, &event).await;
        assert_eq!(results(&records), ["Ok", "ProcessingFailed", "Dropped"], "{arn}");
        assert_eq!(metrics["RecordsFailed"], 1);
        assert_eq!(metrics["RecordsReingested"], 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_refuses_the_call_leaves_the_record_to_the_error_prefix() {
    for arn in BOTH {
        let (event, _) = too_much();
        let denied = json!({"__type": "AccessDeniedException", "message": "not authorized"}).to_string();
        let replay = Replay::new(vec![Answer::error(400, denied)]);
        let (records, _) = invoke(raw(arn), &replay, &event).await;
        assert_eq!(results(&records), ["Ok", "ProcessingFailed"], "{arn}");
    }
}

#[tokio::test]
async fn what_there_is_no_time_left_to_put_back_fails() {
    let (event, _) = too_much();
    let replay = Replay::new(NO_CALLS);
    let function = Function::new(Ok(raw(KINESIS)), &replay.sdk_config());
    let event: Event = serde_json::from_str(&event.to_string()).unwrap();
    let answer = function.answer(event, invocation(0), std::io::sink()).await.unwrap();
    let answer: Value = serde_json::from_slice(answer.as_ref()).unwrap();
    assert_eq!(
        results(answer["records"].as_array().unwrap()),
        ["Ok", "ProcessingFailed"]
    );
    assert!(replay.requests().is_empty());
}
