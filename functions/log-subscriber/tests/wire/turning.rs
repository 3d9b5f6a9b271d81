//! Subscribe and Report.

use aws_client::replay::Answer;
use log_subscriber::Config;
use serde_json::{Value, json};

use crate::answers::*;
use crate::{OURS, Outcome, ROLE, STREAM, config, outcome};

fn run(mode: &str, dry_run: bool, guard: &[&str]) -> Value {
    json!({"mode": mode, "dryRun": dry_run, "series": "continued", "guard": guard})
}

fn start() -> Value {
    json!({"token": null, "after": null, "turns": 0})
}

async fn turn_of(config: Config, run: Value, position: Value, answers: Vec<Answer>) -> Outcome {
    let event = json!({"step": "subscribe", "run": run, "position": position, "tally": {}});
    outcome(config, event, answers).await
}

async fn turn(position: Value, answers: Vec<Answer>) -> Outcome {
    turn_of(config(&[]), run("subscribe", false, &[]), position, answers).await
}

/// The counts that are not zero.
fn counts(outcome: &Outcome) -> Value {
    let mut tally = outcome.answer()["tally"].clone();
    let counts = tally.as_object_mut().unwrap();
    counts.retain(|name, count| name != "samples" && *count != json!(0));
    tally
}

fn put(group: &str) -> String {
    format!(
        r#"logs {{"logGroupName":"{group}","filterName":"{OURS}","filterPattern":"","destinationArn":"{STREAM}","roleArn":"{ROLE}"}}"#
    )
}

fn delete(group: &str) -> String {
    format!(r#"logs {{"logGroupName":"{group}","filterName":"{OURS}"}}"#)
}

fn describe(group: &str) -> String {
    format!(r#"logs {{"logGroupName":"{group}"}}"#)
}

#[tokio::test]
async fn a_turn_subscribes_five_groups_and_says_where_the_next_begins() {
    let names = ["/a", "/b", "/c", "/d", "/e", "/f"];
    let mut answers = vec![named(&names, Some("second")), no_tags()];
    for _ in 0..5 {
        answers.extend([filters(&[]), done()]);
    }
    let outcome = turn(start(), answers).await;
    assert_eq!(
        outcome.answer()["position"],
        json!({"token": null, "after": "/e", "turns": 1})
    );
    assert_eq!(outcome.answer()["next"], "more");
    assert_eq!(outcome.answer()["run"], run("subscribe", false, &[]));
    assert_eq!(counts(&outcome), json!({"groups": 5, "wanted": 5, "subscribed": 5}));
    assert_eq!(outcome.requests[0], r#"logs {"limit":50}"#);
    let arns = json!({"ResourceARNList": names[..5].iter().map(|name| arn(name)).collect::<Vec<_>>()});
    assert_eq!(outcome.requests[1], format!("tagging {arns}"));
    assert_eq!(outcome.requests[2..4], [describe("/a"), put("/a")]);
    assert_eq!(outcome.requests[10..], [describe("/e"), put("/e")]);
}

#[tokio::test]
async fn the_next_turn_goes_on_behind_the_last_group_and_then_on_the_next_page() {
    let answers = vec![named(&["/e", "/f"], Some("third")), no_tags(), filters(&[ours()])];
    let outcome = turn(json!({"token": "second", "after": "/e", "turns": 1}), answers).await;
    assert_eq!(
        outcome.answer()["position"],
        json!({"token": "third", "after": "/f", "turns": 2})
    );
    assert_eq!(counts(&outcome), json!({"groups": 1, "wanted": 1, "already": 1}));
    assert_eq!(outcome.requests[0], r#"logs {"nextToken":"second","limit":50}"#);
}

#[tokio::test]
async fn the_walk_ends_on_the_last_page_also_if_nothing_is_left_there() {
    let outcome = turn(
        json!({"token": "last", "after": "/z", "turns": 7}),
        vec![named(&["/y", "/z"], None)],
    )
    .await;
    assert_eq!(outcome.answer()["next"], "done");
    assert_eq!(counts(&outcome), json!({}));
    let outcome = turn(start(), vec![named(&[], None)]).await;
    assert_eq!(outcome.answer()["next"], "done");
}

#[tokio::test]
async fn an_expired_token_begins_again_and_passes_over_what_was_dealt_with() {
    let expired = error("InvalidParameterException", "The specified nextToken is invalid.");
    let outcome = turn(json!({"token": "old", "after": "/f", "turns": 3}), vec![expired]).await;
    assert_eq!(
        outcome.answer()["position"],
        json!({"token": null, "after": "/f", "turns": 4})
    );
    assert_eq!(outcome.answer()["next"], "more");
    let answers = vec![named(&["/e", "/f", "/g"], None), no_tags(), filters(&[ours()])];
    let outcome = turn(outcome.answer()["position"].clone(), answers).await;
    assert_eq!(counts(&outcome), json!({"groups": 1, "wanted": 1, "already": 1}));
}

#[tokio::test]
async fn a_history_that_is_nearly_full_asks_for_a_new_execution() {
    let answers = vec![named(&["/a"], Some("next")), no_tags(), filters(&[ours()])];
    let outcome = turn(json!({"turns": 2_399}), answers).await;
    assert_eq!(outcome.answer()["next"], "new-execution");
    assert_eq!(outcome.answer()["position"]["turns"], 2_400);
}

/// The origin never unsubscribed: a changed prefix left its filters where they were.
#[tokio::test]
async fn a_group_that_is_no_longer_wanted_loses_our_filter_and_keeps_those_of_others() {
    let config = config(&[("INCLUDE_GROUPS", "/new/*")]);
    let answers = vec![
        named(&["/new/a", "/old/b", "/old/c"], None),
        no_tags(),
        filters(&[]),
        done(),
        filters(&[others("theirs"), ours()]),
        done(),
        filters(&[others("theirs")]),
    ];
    let outcome = turn_of(config, run("subscribe", false, &[]), start(), answers).await;
    assert_eq!(
        counts(&outcome),
        json!({"groups": 3, "wanted": 1, "subscribed": 1, "excluded": 2, "removed": 1})
    );
    assert_eq!(
        outcome.requests[2..],
        [
            describe("/new/a"),
            put("/new/a"),
            describe("/old/b"),
            delete("/old/b"),
            describe("/old/c")
        ]
    );
}

#[tokio::test]
async fn a_filter_of_ours_with_another_destination_is_changed_in_place() {
    let old = json!({"filterName": OURS, "destinationArn": "arn:aws:kinesis:us-east-1:1:stream/old", "roleArn": ROLE});
    let answers = vec![
        named(&["/a"], None),
        no_tags(),
        filters(&[others("theirs"), old]),
        done(),
    ];
    let outcome = turn(start(), answers).await;
    assert_eq!(counts(&outcome), json!({"groups": 1, "wanted": 1, "subscribed": 1}));
    assert_eq!(outcome.requests[3], put("/a"));
}

#[tokio::test]
async fn a_logs_destination_gets_no_role() {
    let destination = "arn:aws:logs:us-east-1:999999999999:destination:archive";
    let config = config(&[("DESTINATION_ARN", destination), ("DESTINATION_ROLE_ARN", "")]);
    let answers = vec![named(&["/a"], None), no_tags(), filters(&[]), done()];
    let outcome = turn_of(config, run("subscribe", false, &[]), start(), answers).await;
    assert!(!outcome.requests[3].contains("roleArn"), "{}", outcome.requests[3]);
    assert!(outcome.requests[3].contains(destination));
}

#[tokio::test]
async fn two_filters_of_others_are_a_conflict_and_no_failure() {
    let full = filters(&[others("a"), others("b")]);
    let race = error("LimitExceededException", "Resource limit exceeded.");
    let answers = vec![
        named(&["/a", "/b"], None),
        no_tags(),
        full,
        filters(&[others("a")]),
        race,
    ];
    let outcome = turn(start(), answers).await;
    assert_eq!(counts(&outcome), json!({"groups": 2, "wanted": 2, "conflicts": 2}));
    assert_eq!(
        outcome.answer()["tally"]["samples"],
        json!([
            "`/a` has two subscription filters of others",
            "`/b` has two subscription filters of others"
        ])
    );
    assert_eq!(outcome.requests.len(), 5, "the first was not even tried");
}

#[tokio::test]
async fn a_group_deleted_since_it_was_listed_is_gone_and_no_failure() {
    let no_filter = error(
        "ResourceNotFoundException",
        "The specified subscription filter does not exist.",
    );
    let config = config(&[("EXCLUDE_GROUPS", "/c")]);
    let answers = vec![
        named(&["/a", "/b", "/c", "/d"], None),
        no_tags(),
        gone(),
        filters(&[]),
        gone(),
        gone(),
        filters(&[ours()]),
        no_filter,
        filters(&[]),
        done(),
    ];
    let outcome = turn_of(config, run("subscribe", false, &[]), start(), answers).await;
    assert_eq!(
        counts(&outcome),
        json!({"groups": 4, "gone": 2, "excluded": 1, "removed": 1, "wanted": 1, "subscribed": 1})
    );
}

#[tokio::test]
async fn a_destination_that_is_not_there_is_not_taken_for_a_group_that_is_gone() {
    let answers = vec![named(&["/a"], None), no_tags(), filters(&[]), gone(), filters(&[])];
    let outcome = turn(start(), answers).await;
    assert_eq!(counts(&outcome), json!({"groups": 1, "wanted": 1, "errors": 1}));
    let sample = outcome.answer()["tally"]["samples"][0].as_str().unwrap();
    assert!(
        sample.starts_with(&format!("AWS refused to subscribe `/a` to {STREAM}: ResourceNotFound")),
        "{sample}"
    );
}

#[tokio::test]
async fn a_group_that_aws_refuses_to_change_does_not_keep_the_others() {
    let denied = error(
        "AccessDeniedException",
        "not authorized to perform: logs:PutSubscriptionFilter",
    );
    let answers = vec![
        named(&["/a", "/b"], None),
        no_tags(),
        filters(&[]),
        denied,
        filters(&[]),
        done(),
    ];
    let outcome = turn(start(), answers).await;
    assert_eq!(
        counts(&outcome),
        json!({"groups": 2, "wanted": 2, "subscribed": 1, "errors": 1})
    );
    assert_eq!(outcome.answer()["next"], "done");
}

#[tokio::test]
async fn what_may_pass_ends_a_turn_with_the_groups_that_were_dealt_with() {
    let aborted = || {
        error(
            "OperationAbortedException",
            "Multiple concurrent requests to update the same resource",
        )
    };
    let unreachable = || {
        let message = "Could not deliver test message to specified Kinesis stream. Check if the given kinesis stream is \
                       in ACTIVE state.";
        error("InvalidParameterException", message)
    };
    let role = || {
        let message = "Make sure you have given CloudWatch Logs permission to assume the provided role.";
        error("InvalidParameterException", message)
    };
    let unavailable = || {
        error(
            "ServiceUnavailableException",
            "The service cannot complete the request.",
        )
    };
    for trouble in [throttled, aborted, unreachable, role, unavailable] as [fn() -> Answer; 5] {
        let answers = vec![
            named(&["/a", "/b", "/c"], Some("next")),
            no_tags(),
            filters(&[]),
            done(),
            filters(&[]),
            trouble(),
        ];
        let outcome = turn(start(), answers).await;
        assert_eq!(counts(&outcome), json!({"groups": 1, "wanted": 1, "subscribed": 1}));
        assert_eq!(outcome.answer()["position"]["after"], "/a");
        assert_eq!(outcome.answer()["next"], "more");

        let answers = vec![named(&["/a"], None), no_tags(), filters(&[]), trouble()];
        let outcome = turn(start(), answers).await;
        assert_eq!(outcome.error().0, "ServiceUnavailable");
        assert!(
            outcome.error().1.starts_with("AWS did not subscribe `/a`"),
            "{}",
            outcome.error().1
        );
    }
    for answers in [
        vec![throttled()],
        vec![named(&["/a"], None), throttled()],
        vec![named(&["/a"], None), no_tags(), throttled()],
    ] {
        assert_eq!(turn(start(), answers).await.error().0, "ServiceUnavailable");
    }
}

#[tokio::test]
async fn another_invalid_parameter_is_one_groups_trouble() {
    let odd = error("InvalidParameterException", "destinationArn for vendor not supported");
    let answers = vec![
        named(&["/a", "/b"], None),
        no_tags(),
        filters(&[]),
        odd,
        filters(&[]),
        done(),
    ];
    assert_eq!(
        counts(&turn(start(), answers).await),
        json!({"groups": 2, "wanted": 2, "subscribed": 1, "errors": 1})
    );
}

#[tokio::test]
async fn our_own_groups_and_those_behind_the_destination_are_never_subscribed() {
    let mut infrequent = group("/d");
    infrequent["logGroupClass"] = "INFREQUENT_ACCESS".into();
    let page = groups(&[group("/a"), group("/b"), group("/c"), infrequent], None);
    let ours = [("wrasse:system", "log-archive")];
    let answers = vec![
        page,
        tags(&[("/a", &ours)]),
        filters(&[]),
        filters(&[]),
        filters(&[]),
        done(),
    ];
    let outcome = turn_of(config(&[]), run("subscribe", false, &["/b"]), start(), answers).await;
    assert_eq!(
        counts(&outcome),
        json!({"groups": 4, "excluded": 3, "wanted": 1, "subscribed": 1})
    );
    assert_eq!(outcome.requests[5], put("/c"));
}

#[tokio::test]
async fn a_removal_touches_our_filters_only_and_asks_for_no_tags() {
    let answers = vec![
        named(&["/a", "/b", "/c"], None),
        filters(&[ours(), others("theirs")]),
        done(),
        filters(&[others("theirs"), others("more")]),
        filters(&[]),
    ];
    let outcome = turn_of(config(&[]), run("remove", false, &[]), start(), answers).await;
    assert_eq!(counts(&outcome), json!({"groups": 3, "excluded": 3, "removed": 1}));
    assert_eq!(
        outcome.requests,
        [
            r#"logs {"limit":50}"#.to_owned(),
            describe("/a"),
            delete("/a"),
            describe("/b"),
            describe("/c")
        ]
    );
}

#[tokio::test]
async fn a_dry_run_counts_what_it_would_do_and_changes_nothing() {
    let config = config(&[("EXCLUDE_GROUPS", "/b"), ("RETENTION_DAYS", "30")]);
    let answers = vec![
        named(&["/a", "/b", "/c"], None),
        no_tags(),
        filters(&[]),
        filters(&[ours()]),
        filters(&[ours()]),
    ];
    let outcome = turn_of(config, run("subscribe", true, &[]), start(), answers).await;
    assert_eq!(
        counts(&outcome),
        json!({"groups": 3, "wanted": 2, "subscribed": 1, "already": 1, "excluded": 1, "removed": 1, "retention": 1})
    );
}

#[tokio::test]
async fn retention_is_set_once_our_filter_is_in_place_and_only_shortened() {
    let days = |name: &str, days: u32| {
        let mut group = group(name);
        group["retentionInDays"] = days.into();
        group
    };
    let page = groups(
        &[group("/a"), days("/b", 7), days("/c", 400), group("/d"), group("/e")],
        None,
    );
    let kept = [("wrasse:keep-retention", "")];
    let answers = vec![
        page,
        tags(&[("/d", &kept)]),
        filters(&[]),
        done(),
        filters(&[ours()]),
        filters(&[ours()]),
        done(),
        filters(&[ours()]),
        filters(&[ours()]),
        done(),
    ];
    let config = config(&[("RETENTION_DAYS", "30")]);
    let outcome = turn_of(config, run("subscribe", false, &[]), start(), answers).await;
    assert_eq!(
        counts(&outcome),
        json!({"groups": 5, "wanted": 5, "subscribed": 1, "already": 4, "retention": 2})
    );
    let set = |name| format!(r#"logs {{"logGroupName":"{name}","retentionInDays":30}}"#);
    assert_eq!(outcome.requests[6], set("/c"));
    assert_eq!(outcome.requests[9], set("/e"));
}

#[tokio::test]
async fn filters_are_read_over_all_pages() {
    let first = Answer::ok(json!({"subscriptionFilters": [], "nextToken": "more"}).to_string());
    let answers = vec![named(&["/a"], None), no_tags(), first, filters(&[ours()])];
    assert_eq!(
        counts(&turn(start(), answers).await),
        json!({"groups": 1, "wanted": 1, "already": 1})
    );
}

async fn report(run: Value, tally: Value) -> Outcome {
    outcome(
        config(&[]),
        json!({"step": "report", "run": run, "tally": tally}),
        vec![],
    )
    .await
}

#[tokio::test]
async fn a_report_writes_the_metrics_and_answers_the_tally() {
    let tally = json!({"groups": 9, "wanted": 7, "subscribed": 2, "already": 4, "excluded": 2, "conflicts": 1});
    let outcome = report(run("subscribe", false, &[]), tally).await;
    assert_eq!(outcome.answer()["subscribed"], 2);
    let metric: Value = serde_json::from_str(&outcome.metrics).unwrap();
    let names = [
        "GroupsWanted",
        "GroupsSubscribed",
        "GroupsExcluded",
        "GroupsInConflict",
        "GroupsFailed",
    ];
    assert_eq!(
        metric,
        json!({
            "_aws": {
                "Timestamp": 1_795_176_000_000_u64,
                "CloudWatchMetrics": [{
                    "Namespace": "Wrasse/LogArchive",
                    "Dimensions": [["Stack"]],
                    "Metrics": names.map(|name| json!({"Name": name, "Unit": "Count"})),
                }],
            },
            "Stack": "wrasse",
            "GroupsWanted": 7,
            "GroupsSubscribed": 6,
            "GroupsExcluded": 2,
            "GroupsInConflict": 1,
            "GroupsFailed": 0,
        })
    );
}

#[tokio::test]
async fn a_run_with_groups_that_could_not_be_dealt_with_fails_after_its_metrics() {
    let tally = json!({"groups": 2, "wanted": 2, "errors": 2, "samples": ["AWS refused to subscribe `/a`"]});
    let outcome = report(run("subscribe", false, &[]), tally).await;
    let (name, text) = outcome.error();
    assert_eq!(name, "SubscriptionsIncomplete");
    assert!(
        text.starts_with("2 log groups could not be dealt with") && text.contains("`/a`"),
        "{text}"
    );
    assert!(outcome.metrics.contains(r#""GroupsFailed":2"#));
}

#[tokio::test]
async fn a_removal_and_a_dry_run_leave_the_metrics_alone() {
    for run in [run("remove", false, &[]), run("subscribe", true, &[])] {
        assert_eq!(report(run, json!({"groups": 3})).await.metrics, "");
    }
}
