//! Clean-up and retention.

use aws_client::replay::{Answer, Replay};
use serde_json::json;

use crate::support::*;

fn describe_instance() -> String {
    format!("Action=DescribeDBInstances&DBInstanceIdentifier={TEMPORARY}")
}

fn delete_instance() -> String {
    format!(
        "Action=DeleteDBInstance&DBInstanceIdentifier={TEMPORARY}&SkipFinalSnapshot=true&DeleteAutomatedBackups=true"
    )
}

fn describe_snapshot(id: &str) -> String {
    format!("Action=DescribeDBSnapshots&DBSnapshotIdentifier={id}")
}

fn delete_snapshot(id: &str) -> String {
    format!("Action=DeleteDBSnapshot&DBSnapshotIdentifier={id}")
}

fn temporary_snapshot(status: &str) -> Answer {
    snapshot(TEMPORARY, status, &our_tags("temporary-snapshot"))
}

fn clean_up(outcome: &str) -> serde_json::Value {
    step("clean-up", &json!({"outcome": outcome}))
}

#[tokio::test]
async fn a_successful_run_loses_what_is_temporary_and_waits_until_it_is_gone() {
    let replay = Replay::new(vec![
        temporary_instance("available", ""),
        accepted("DeleteDBInstance"),
        temporary_snapshot("available"),
        accepted("DeleteDBSnapshot"),
    ]);
    let result = ask(&replay, clean_up("succeeded")).await;
    assert_fails(result, "NotReady", &["instance", "snapshot", "is being deleted"]);
    assert_eq!(
        requests(&replay),
        [
            describe_instance(),
            delete_instance(),
            describe_snapshot(TEMPORARY),
            delete_snapshot(TEMPORARY)
        ]
    );

    let repeated = Replay::new(vec![temporary_instance("deleting", ""), no_snapshot()]);
    assert_fails(
        ask(&repeated, clean_up("succeeded")).await,
        "NotReady",
        &["instance", "is being deleted"],
    );
    assert_eq!(requests(&repeated), [describe_instance(), describe_snapshot(TEMPORARY)]);

    for _ in 0..2 {
        let over = Replay::new(vec![no_instance(), no_snapshot()]);
        assert_eq!(ask(&over, clean_up("succeeded")).await.unwrap(), json!({}));
    }
}

#[tokio::test]
async fn of_a_failed_run_the_final_snapshot_goes_too() {
    let replay = Replay::new(vec![
        no_instance(),
        no_snapshot(),
        snapshot(FINAL, "available", &our_tags("final-snapshot")),
        accepted("DeleteDBSnapshot"),
    ]);
    assert_fails(ask(&replay, clean_up("failed")).await, "NotReady", &[FINAL]);
    assert_eq!(
        requests(&replay)[2..],
        [describe_snapshot(FINAL), delete_snapshot(FINAL)]
    );
    let over = Replay::new(vec![no_instance(), no_snapshot(), no_snapshot()]);
    assert_eq!(ask(&over, clean_up("failed")).await.unwrap(), json!({}));
}

#[tokio::test]
async fn what_has_our_names_but_not_our_tags_is_left_alone_and_told() {
    let of_another_run = tags(&[
        ("wrasse:stack", "wrasse"),
        ("wrasse:run", "0"),
        ("wrasse:role", "final-snapshot"),
    ]);
    let replay = Replay::new(vec![
        instance(TEMPORARY, "available", &our_tags("temporary-snapshot")),
        snapshot(TEMPORARY, "available", ""),
        snapshot(FINAL, "available", &of_another_run),
    ]);
    assert_fails(
        ask(&replay, clean_up("failed")).await,
        "NotOwned",
        &[TEMPORARY, "left alone"],
    );
    assert!(replay.requests().iter().all(|request| !request.contains("Delete")));
}

#[tokio::test]
async fn what_is_gone_or_busy_when_it_is_to_be_deleted_is_no_failure() {
    let gone = Replay::new(vec![temporary_instance("available", ""), no_instance(), no_snapshot()]);
    assert_eq!(ask(&gone, clean_up("succeeded")).await.unwrap(), json!({}));
    let busy = Replay::new(vec![
        temporary_instance("available", ""),
        Answer::query_error(400, "InvalidDBInstanceState", "is already being deleted"),
        temporary_snapshot("creating"),
        Answer::query_error(400, "InvalidDBSnapshotState", "is being created"),
    ]);
    let result = ask(&busy, clean_up("succeeded")).await;
    assert_fails(result, "NotReady", &["instance", "snapshot", "cannot be deleted yet"]);
}

#[tokio::test]
async fn one_that_cannot_be_deleted_does_not_keep_the_others() {
    let replay = Replay::new(vec![
        temporary_instance("available", ""),
        Answer::query_error(403, "AccessDenied", "not authorized"),
        temporary_snapshot("available"),
        accepted("DeleteDBSnapshot"),
    ]);
    let result = ask(&replay, clean_up("succeeded")).await;
    assert_fails(
        result,
        "ServiceRefused",
        &["delete instance", TEMPORARY, "AccessDenied"],
    );
    assert!(requests(&replay).contains(&delete_snapshot(TEMPORARY)));
}

fn final_of(id: &str, created: &str, changes: &[(&str, &str)]) -> String {
    final_in(id, "available", created, changes)
}

fn final_in(id: &str, status: &str, created: &str, changes: &[(&str, &str)]) -> String {
    let value = |key: &str, usual: &'static str| {
        changes
            .iter()
            .find(|(changed, _)| *changed == key)
            .map_or(usual.to_owned(), |(_, value)| (*value).to_owned())
    };
    let tags = tags(&[
        ("wrasse:stack", &value("stack", "wrasse")),
        ("wrasse:source", &value("source", "shop")),
        ("wrasse:role", &value("role", "final-snapshot")),
        ("wrasse:run", &value("run", "0")),
        ("wrasse:released", &value("released", "true")),
    ]);
    snapshot_element(id, status, created, &tags)
}

#[tokio::test]
async fn the_newest_finals_stay_and_older_ones_go_over_all_pages() {
    let first_page = final_of("two-days-ago", "2026-11-18T03:00:00Z", &[])
        + &final_of(FINAL, "2026-11-20T03:30:00Z", &[])
        + &final_of("another-stacks", "2026-11-01T03:00:00Z", &[("stack", "another")])
        + &final_of("another-sources", "2026-11-01T03:00:00Z", &[("source", "blog")])
        + &final_of("of-a-failed-run", "2026-11-19T12:00:00Z", &[("released", "false")]);
    let second_page = final_of("yesterday", "2026-11-19T03:00:00Z", &[])
        + &final_of("three-days-ago", "2026-11-17T03:00:00Z", &[])
        + &final_of("temporary", "2026-11-01T03:00:00Z", &[("role", "temporary-snapshot")])
        + &final_in("broken", "failed", "2026-11-01T03:00:00Z", &[])
        + &snapshot_element("a-persons", "available", "2026-11-01T03:00:00Z", "");
    let replay = Replay::new(vec![
        snapshots(&first_page, Some("next")),
        snapshots(&second_page, None),
        accepted("DeleteDBSnapshot"),
        accepted("DeleteDBSnapshot"),
    ]);
    let answer = ask(&replay, step("retention", &json!({}))).await.unwrap();
    assert_eq!(answer, json!({"deleted": ["two-days-ago", "three-days-ago"]}));
    assert_eq!(
        requests(&replay),
        [
            "Action=DescribeDBSnapshots&SnapshotType=manual".to_owned(),
            "Action=DescribeDBSnapshots&SnapshotType=manual&Marker=next".to_owned(),
            delete_snapshot("two-days-ago"),
            delete_snapshot("three-days-ago"),
        ]
    );
}

#[tokio::test]
async fn retention_repeated_or_with_too_few_deletes_nothing() {
    let page = final_of("yesterday", "2026-11-19T03:00:00Z", &[])
        + &final_of(FINAL, "2026-11-20T03:30:00Z", &[])
        + &final_in("two-days-ago", "deleting", "2026-11-18T03:00:00Z", &[]);
    let replay = Replay::new(vec![snapshots(&page, None)]);
    assert_eq!(
        ask(&replay, step("retention", &json!({}))).await.unwrap(),
        json!({"deleted": []})
    );
    assert_eq!(replay.requests().len(), 1);
}

#[tokio::test]
async fn a_run_that_was_overtaken_deletes_neither_its_own_final_nor_a_newer_one() {
    let page = final_of("older", "2026-11-19T03:00:00Z", &[])
        + &final_of("later-1", "2026-11-21T03:00:00Z", &[])
        + &final_of("later-2", "2026-11-22T03:00:00Z", &[])
        + &final_of(FINAL, "2026-11-20T03:30:00Z", &[]);
    let replay = Replay::new(vec![snapshots(&page, None), accepted("DeleteDBSnapshot")]);
    let answer = ask(&replay, step("retention", &json!({}))).await.unwrap();
    assert_eq!(answer, json!({"deleted": ["older"]}));
}
