//! The event of a new log group.

use aws_client::replay::Answer;
use log_subscriber::Config;
use serde_json::{Value, json};

use crate::answers::*;
use crate::{OURS, Outcome, config, outcome};

/// The sample of an event, for another group and with these tags.
fn event(group: &str, tags: &Value) -> Value {
    let sample = include_str!("../../../../tests/events/log-subscriber.json");
    let mut event: Value = serde_json::from_str(sample).unwrap();
    event["detail"]["requestParameters"]["logGroupName"] = group.into();
    event["detail"]["requestParameters"]["tags"] = tags.clone();
    event
}

async fn created(config: Config, tags: &Value, answers: Vec<Answer>) -> Outcome {
    outcome(config, event("/shop/web", tags), answers).await
}

/// The group is there and has no tags that the tagging API knows; then `more`.
fn found(more: Vec<Answer>) -> Vec<Answer> {
    let mut answers = vec![named(&["/shop/web"], None), no_tags()];
    answers.extend(more);
    answers
}

fn wanted(more: Vec<Answer>) -> Vec<Answer> {
    let mut answers = found(plain_graph());
    answers.extend(more);
    answers
}

#[tokio::test]
async fn a_new_group_is_subscribed_at_once() {
    let outcome = created(config(&[]), &Value::Null, wanted(vec![filters(&[]), done()])).await;
    assert_eq!(*outcome.answer(), json!({"group": "subscribed"}));
    assert_eq!(
        outcome.requests[0],
        r#"logs {"logGroupNamePrefix":"/shop/web","limit":1}"#
    );
    let last = outcome.requests.last().unwrap();
    assert!(last.contains("/shop/web") && last.contains(OURS), "{last}");
}

#[tokio::test]
async fn an_event_that_is_delivered_twice_changes_nothing_the_second_time() {
    let outcome = created(config(&[]), &Value::Null, wanted(vec![filters(&[ours()])])).await;
    assert_eq!(*outcome.answer(), json!({"group": "subscribed"}));
}

#[tokio::test]
async fn a_new_group_that_is_not_wanted_is_left_alone_without_a_look_behind_the_destination() {
    let cases = [
        (("EXCLUDE_GROUPS", "/shop/*"), json!(null)),
        (("EXCLUDE_TAGS", "secret"), json!({"secret": "yes"})),
        (("INCLUDE_TAGS", "team"), json!({"secret": "yes"})),
        (("INCLUDE_GROUPS", "*"), json!({"wrasse:system": "log-archive"})),
    ];
    for (change, tags) in cases {
        let outcome = created(config(&[change]), &tags, found(vec![filters(&[])])).await;
        assert_eq!(*outcome.answer(), json!({"group": "excluded"}), "{change:?}");
    }
}

#[tokio::test]
async fn a_new_group_behind_the_destination_is_excluded() {
    let mut answers = vec![named(&["/our/decoder"], None), no_tags()];
    answers.extend(plain_graph());
    answers.push(filters(&[]));
    let outcome = outcome(config(&[]), event("/our/decoder", &json!(null)), answers).await;
    assert_eq!(*outcome.answer(), json!({"group": "excluded"}));
}

#[tokio::test]
async fn a_tag_of_the_event_counts_before_the_tagging_api_knows_it() {
    let config = config(&[("INCLUDE_TAGS", "team=shop")]);
    let outcome = created(config, &json!({"team": "shop"}), wanted(vec![filters(&[]), done()])).await;
    assert_eq!(*outcome.answer(), json!({"group": "subscribed"}));
}

#[tokio::test]
async fn a_group_that_is_gone_again_and_one_full_of_others_filters_are_no_failure() {
    let outcome = created(config(&[]), &Value::Null, vec![named(&["/shop/web-2"], None)]).await;
    assert_eq!(
        *outcome.answer(),
        json!({"group": "gone"}),
        "another with the same beginning"
    );
    let full = filters(&[others("a"), others("b")]);
    let outcome = created(config(&[]), &Value::Null, wanted(vec![full])).await;
    assert_eq!(*outcome.answer(), json!({"group": "conflict"}));
}

#[tokio::test]
async fn the_bound_of_groups_holds_for_new_ones_too() {
    let config = |maximum| config(&[("MAXIMUM_GROUPS", maximum)]);
    // The list has the new group already, or not yet.
    for listed in [&["/a", "/b", "/shop/web"][..], &["/a", "/b"]] {
        let count = || vec![named(listed, None), no_tags()];
        let outcome = created(config("2"), &Value::Null, wanted(count())).await;
        assert_eq!(outcome.error().0, "TooManyGroups");
        let mut answers = count();
        answers.extend([filters(&[]), done()]);
        let outcome = created(config("3"), &Value::Null, wanted(answers)).await;
        assert_eq!(*outcome.answer(), json!({"group": "subscribed"}));
    }
}

#[tokio::test]
async fn trouble_fails_the_invocation_so_that_lambda_tries_again() {
    let answers = wanted(vec![filters(&[]), throttled()]);
    let outcome = created(config(&[]), &Value::Null, answers).await;
    assert_eq!(outcome.error().0, "ServiceUnavailable");
}

#[tokio::test]
async fn a_call_that_failed_is_no_new_group() {
    let mut event = event("/shop/web", &Value::Null);
    event["detail"]["errorCode"] = "ResourceAlreadyExistsException".into();
    let outcome = outcome(config(&[]), event, vec![]).await;
    assert_eq!(*outcome.answer(), json!({"ignored": "the call failed"}));
}
