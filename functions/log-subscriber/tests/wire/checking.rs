//! Check.

use aws_client::replay::Answer;
use log_subscriber::Config;
use serde_json::{Value, json};

use crate::answers::*;
use crate::{DELIVERY_STREAM, Outcome, STREAM, config, outcome};

async fn check_of(config: Config, input: Value, answers: Vec<Answer>) -> Outcome {
    let event = json!({"step": "check", "execution": "5f0c", "input": input});
    outcome(config, event, answers).await
}

async fn check(answers: Vec<Answer>) -> Outcome {
    check_of(config(&[]), json!({}), answers).await
}

fn guard(outcome: &Outcome) -> &Value {
    &outcome.answer()["run"]["guard"]
}

#[tokio::test]
async fn a_run_begins_with_everything_that_its_turns_need() {
    let outcome = check(plain_graph()).await;
    let zeros = [
        "groups",
        "wanted",
        "subscribed",
        "already",
        "removed",
        "excluded",
        "conflicts",
        "gone",
        "errors",
        "retention",
    ];
    let mut tally: Value = zeros.map(|name| (name.to_owned(), json!(0))).into_iter().collect();
    tally["samples"] = json!([]);
    assert_eq!(
        *outcome.answer(),
        json!({
            "run": {
                "mode": "subscribe",
                "dryRun": false,
                "series": "continued",
                "guard": ["/aws/kinesisfirehose/archive", "/our/decoder"],
            },
            "position": {"token": null, "after": null, "turns": 0},
            "tally": tally,
        })
    );
    assert_eq!(
        outcome.requests,
        [
            r#"firehose {"DeliveryStreamType":"KinesisStreamAsSource"}"#,
            r#"firehose {"DeliveryStreamName":"archive"}"#,
            "archive.s3 GET /?notification",
            "lambda GET /2015-03-31/event-source-mappings",
            "lambda GET /2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Adecoder/configuration",
        ]
    );
}

/// The origin's guard was two prefixes of names.
#[tokio::test]
async fn the_loop_is_found_by_the_destination_graph_over_all_pages() {
    let another = "arn:aws:kinesis:us-east-1:123456789012:stream/other";
    let answers = vec![
        delivery_streams(&["first"], true),
        delivery_streams(&["second", "gone"], false),
        delivery_stream(Some(another)),
        delivery_stream(Some(STREAM)),
        error(
            "ResourceNotFoundException",
            "Firehose gone under account 123456789012 not found.",
        ),
        notifications(&["indexer"]),
        mappings(&[(another, "elsewhere")], Some("next")),
        mappings(&[(STREAM, "reader:live")], None),
        function(Some("/our/decoder")),
        function(None),
        error("ResourceNotFoundException", "Function not found"),
    ];
    let outcome = check(answers).await;
    assert_eq!(
        *guard(&outcome),
        json!([
            "/aws/kinesisfirehose/archive",
            "/aws/lambda/indexer",
            "/aws/lambda/reader",
            "/our/decoder"
        ])
    );
    assert_eq!(
        outcome.requests[1],
        r#"firehose {"DeliveryStreamType":"KinesisStreamAsSource","ExclusiveStartDeliveryStreamName":"first"}"#
    );
    assert_eq!(
        outcome.requests[7],
        "lambda GET /2015-03-31/event-source-mappings?Marker=next"
    );
}

#[tokio::test]
async fn a_delivery_stream_as_destination_is_looked_up_itself() {
    let config = config(&[("DESTINATION_ARN", DELIVERY_STREAM)]);
    let answers = vec![
        delivery_stream(None),
        notifications(&[]),
        mappings(&[(STREAM, "reads-some-stream")], None),
        function(Some("/our/decoder")),
    ];
    let outcome = check_of(config, json!({}), answers).await;
    assert_eq!(
        *guard(&outcome),
        json!(["/aws/kinesisfirehose/archive", "/our/decoder"])
    );
}

fn destinations(of: &[(&str, &str)]) -> Answer {
    let all: Vec<Value> = of
        .iter()
        .map(|(name, target)| json!({"destinationName": name, "targetArn": target}))
        .collect();
    Answer::ok(json!({"destinations": all}).to_string())
}

#[tokio::test]
async fn a_logs_destination_of_this_account_leads_to_its_stream_and_one_of_another_nowhere() {
    let of = |account: &str| format!("arn:aws:logs:us-east-1:{account}:destination:archive");
    let to = |destination: &str| config(&[("DESTINATION_ARN", destination), ("DESTINATION_ROLE_ARN", "")]);
    let mut answers = vec![destinations(&[
        ("archive-2", "arn:aws:kinesis:us-east-1:1:stream/x"),
        ("archive", STREAM),
    ])];
    answers.extend(plain_graph());
    let outcome = check_of(to(&of("123456789012")), json!({}), answers).await;
    assert_eq!(
        *guard(&outcome),
        json!(["/aws/kinesisfirehose/archive", "/our/decoder"])
    );
    assert_eq!(outcome.requests[0], r#"logs {"DestinationNamePrefix":"archive"}"#);

    let outcome = check_of(to(&of("999999999999")), json!({}), vec![]).await;
    assert_eq!(*guard(&outcome), json!([]));
}

#[tokio::test]
async fn a_destination_that_does_not_exist_is_found_before_anything_is_subscribed() {
    let missing = error(
        "ResourceNotFoundException",
        "Firehose archive under account 123456789012 not found.",
    );
    let outcome = check_of(
        config(&[("DESTINATION_ARN", DELIVERY_STREAM)]),
        json!({}),
        vec![missing],
    )
    .await;
    assert_eq!(outcome.error().0, "DestinationNotFound");
    assert!(outcome.error().1.contains(DELIVERY_STREAM), "{}", outcome.error().1);

    let logs = "arn:aws:logs:us-east-1:123456789012:destination:archive";
    let config = config(&[("DESTINATION_ARN", logs), ("DESTINATION_ROLE_ARN", "")]);
    let outcome = check_of(config, json!({}), vec![destinations(&[])]).await;
    assert_eq!(outcome.error().0, "DestinationNotFound");
}

#[tokio::test]
async fn what_cannot_be_seen_of_the_loop_starts_no_run() {
    let denied = || error("AccessDeniedException", "not authorized");
    let forbidden = || {
        Answer::error(
            403,
            "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
        )
    };
    let cases = [
        (0, denied(), "ServiceRefused", "list the delivery streams"),
        (0, throttled(), "ServiceUnavailable", "list the delivery streams"),
        (1, denied(), "ServiceRefused", "describe delivery stream `archive`"),
        (
            2,
            forbidden(),
            "ServiceRefused",
            "read the notifications of bucket `archive`",
        ),
        (3, denied(), "ServiceRefused", "list the event source mappings"),
        (4, denied(), "ServiceRefused", "function:decoder"),
    ];
    for (at, trouble, name, text) in cases {
        let mut answers: Vec<Answer> = plain_graph().into_iter().take(at).collect();
        answers.push(trouble);
        let outcome = check(answers).await;
        assert_eq!(outcome.error().0, name);
        assert!(outcome.error().1.contains(text), "{}", outcome.error().1);
    }
}

#[tokio::test]
async fn too_many_wanted_groups_are_counted_over_all_pages_before_one_is_subscribed() {
    let config = |maximum| config(&[("MAXIMUM_GROUPS", maximum), ("EXCLUDE_GROUPS", "/x*")]);
    let counted = || {
        let mut answers = plain_graph();
        answers.extend([
            named(&["/a", "/our/decoder", "/x1"], Some("next")),
            no_tags(),
            named(&["/x2", "/y", "/z"], None),
            tags(&[("/z", &[("wrasse:system", "log-archive")])]),
        ]);
        answers
    };
    let outcome = check_of(config("1"), json!({}), counted()).await;
    assert_eq!(outcome.error().0, "TooManyGroups");
    assert!(
        outcome.error().1.contains("more than 1 log groups"),
        "{}",
        outcome.error().1
    );
    let outcome = check_of(config("2"), json!({}), counted()).await;
    assert_eq!(outcome.answer()["position"]["after"], Value::Null);
    assert_eq!(outcome.requests[7], r#"logs {"nextToken":"next","limit":50}"#);
}

#[tokio::test]
async fn a_removal_looks_nothing_up() {
    let config = config(&[("MAXIMUM_GROUPS", "1")]);
    let outcome = check_of(config, json!({"mode": "remove"}), vec![]).await;
    assert_eq!(outcome.answer()["run"]["mode"], "remove");
}

#[tokio::test]
async fn an_execution_goes_on_where_another_stopped() {
    let input = json!({
        "mode": "remove",
        "dryRun": false,
        "position": {"token": "t", "after": "/m", "turns": 2_400},
        "tally": {"groups": 12_000, "excluded": 12_000, "removed": 5},
        "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": "arn",
    });
    let outcome = check_of(config(&[]), input, vec![]).await;
    assert_eq!(
        outcome.answer()["position"],
        json!({"token": "t", "after": "/m", "turns": 0}),
        "a new history"
    );
    assert_eq!(outcome.answer()["tally"]["groups"], 12_000);
}

#[tokio::test]
async fn an_input_that_is_not_understood_starts_nothing() {
    let outcome = check_of(config(&[]), json!({"dryrun": true}), vec![]).await;
    let (name, text) = outcome.error();
    assert_eq!(name, "InvalidRequest");
    assert!(text.contains("unknown field `dryrun`"), "{text}");
}
