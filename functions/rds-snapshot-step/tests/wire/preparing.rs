//! From the source to a temporary instance that the sanitizer can reach.

use aws_client::replay::{Answer, Replay};
use rds_snapshot_step::Config;
use serde_json::json;

use crate::support::*;

fn create_request(name: &str, instance: &str, role: &str) -> String {
    format!(
        "Action=CreateDBSnapshot&DBSnapshotIdentifier={name}&DBInstanceIdentifier={instance}{}",
        request_tags(role)
    )
}

fn exists() -> Answer {
    Answer::query_error(400, "DBSnapshotAlreadyExists", "it exists")
}

#[tokio::test]
async fn the_temporary_snapshot_is_taken_of_the_source_with_the_runs_tags() {
    let ours = || snapshot(TEMPORARY, "creating", &our_tags("temporary-snapshot"));
    let create = create_request(TEMPORARY, "shop", "temporary-snapshot");
    for first in [accepted("CreateDBSnapshot"), exists()] {
        let replay = Replay::new(vec![first, ours()]);
        let answer = ask(&replay, step("take-snapshot", &json!({}))).await.unwrap();
        assert_eq!(answer, json!({"snapshot": TEMPORARY}));
        assert_eq!(
            requests(&replay),
            [
                create.clone(),
                format!("Action=DescribeDBSnapshots&DBSnapshotIdentifier={TEMPORARY}")
            ]
        );
    }
}

#[tokio::test]
async fn a_snapshot_of_that_name_that_is_not_ours_is_not_used() {
    let of_another_run = tags(&[
        ("wrasse:stack", "wrasse"),
        ("wrasse:run", "0"),
        ("wrasse:role", "temporary-snapshot"),
    ]);
    for tags in ["", &of_another_run, &our_tags("final-snapshot")] {
        let replay = Replay::new(vec![exists(), snapshot(TEMPORARY, "available", tags)]);
        let result = ask(&replay, step("take-snapshot", &json!({}))).await;
        assert_fails(result, "NotOwned", &[TEMPORARY, "left alone"]);
    }
}

#[tokio::test]
async fn a_source_that_is_being_backed_up_is_waited_for_and_a_stopped_one_is_not() {
    let refused = || Answer::query_error(400, "InvalidDBInstanceState", "Instance is not currently available");
    let replay = Replay::new(vec![refused(), instance("shop", "backing-up", "")]);
    let result = ask(&replay, step("take-snapshot", &json!({}))).await;
    assert_fails(result, "NotReady", &["instance `shop` is `backing-up`"]);
    let replay = Replay::new(vec![refused(), instance("shop", "stopped", "")]);
    let result = ask(&replay, step("take-snapshot", &json!({}))).await;
    assert_fails(result, "ResourceFailed", &["instance `shop` is `stopped`"]);
}

#[tokio::test]
async fn the_latest_snapshot_is_found_over_all_pages() {
    let replay = Replay::new(vec![
        snapshots(
            &snapshot_element("old", "available", "2026-11-18T03:00:00Z", ""),
            Some("next"),
        ),
        snapshots(
            &(snapshot_element("rds:new", "available", "2026-11-19T03:00:00Z", "")
                + &snapshot_element("making", "creating", "2026-11-20T03:00:00Z", "")),
            None,
        ),
    ]);
    let answer = ask(&replay, step("find-latest-snapshot", &json!({}))).await.unwrap();
    assert_eq!(answer, json!({"snapshot": "rds:new"}));
    assert_eq!(
        requests(&replay),
        [
            "Action=DescribeDBSnapshots&DBInstanceIdentifier=shop",
            "Action=DescribeDBSnapshots&DBInstanceIdentifier=shop&Marker=next",
        ]
    );
}

#[tokio::test]
async fn a_source_without_an_available_snapshot_says_what_to_do() {
    let replay = Replay::new(vec![snapshots("", None)]);
    let result = ask(&replay, step("find-latest-snapshot", &json!({}))).await;
    assert_fails(
        result,
        "ResourceFailed",
        &["`shop` has no available snapshot (0 in all)"],
    );
}

#[tokio::test]
async fn waiting_for_a_snapshot_ends_with_its_status() {
    let request = || step("wait-for-snapshot", &json!({"snapshot": "rds:new"}));
    let replay = Replay::new(vec![snapshot("rds:new", "available", "")]);
    assert_eq!(ask(&replay, request()).await.unwrap(), json!({}));
    assert_eq!(
        requests(&replay),
        ["Action=DescribeDBSnapshots&DBSnapshotIdentifier=rds%3Anew"]
    );
    let replay = Replay::new(vec![snapshot("rds:new", "creating", "")]);
    assert_fails(ask(&replay, request()).await, "NotReady", &["`rds:new` is `creating`"]);
    let replay = Replay::new(vec![snapshot("rds:new", "failed", "")]);
    assert_fails(
        ask(&replay, request()).await,
        "ResourceFailed",
        &["`rds:new` is `failed`"],
    );
    let replay = Replay::new(vec![no_snapshot()]);
    assert_fails(ask(&replay, request()).await, "ResourceFailed", &["`rds:new` is gone"]);
}

fn restore_request(class: &str) -> String {
    let tags = request_tags("temporary-instance");
    format!(
        "Action=RestoreDBInstanceFromDBSnapshot&DBInstanceIdentifier={TEMPORARY}&DBSnapshotIdentifier={TEMPORARY}\
         &DBInstanceClass={class}&DBSubnetGroupName=private&MultiAZ=false&PubliclyAccessible=false\
         &AutoMinorVersionUpgrade=false{tags}&VpcSecurityGroupIds.VpcSecurityGroupId.1=sg-1&CopyTagsToSnapshot=false\
         &DeletionProtection=false&BackupRetentionPeriod=0"
    )
}

#[tokio::test]
async fn the_temporary_instance_is_private_and_can_be_deleted_without_a_trace() {
    let request = || step("restore", &json!({"snapshot": TEMPORARY}));
    let replay = Replay::new(vec![accepted("RestoreDBInstanceFromDBSnapshot")]);
    assert_eq!(ask(&replay, request()).await.unwrap(), json!({"instance": TEMPORARY}));
    assert_eq!(requests(&replay), [restore_request("db.m7g.large")]);

    let replay = Replay::new(vec![accepted("RestoreDBInstanceFromDBSnapshot")]);
    let config = Config {
        temporary_instance_class: Some("db.t4g.medium".into()),
        ..config()
    };
    ask_with(config, &replay, request()).await.unwrap();
    assert_eq!(requests(&replay), [restore_request("db.t4g.medium")]);
}

#[tokio::test]
async fn a_restore_that_was_begun_before_is_gone_on_with_only_if_it_is_ours() {
    let exists = || Answer::query_error(400, "DBInstanceAlreadyExists", "it exists");
    let request = || step("restore", &json!({"snapshot": TEMPORARY}));
    let replay = Replay::new(vec![exists(), temporary_instance("creating", "")]);
    assert_eq!(ask(&replay, request()).await.unwrap(), json!({"instance": TEMPORARY}));
    let replay = Replay::new(vec![exists(), instance(TEMPORARY, "available", "")]);
    assert_fails(ask(&replay, request()).await, "NotOwned", &["instance", TEMPORARY]);
}

#[tokio::test]
async fn waiting_for_the_instance_ends_with_its_status_and_needs_proof() {
    let request = || step("wait-for-instance", &json!({}));
    let replay = Replay::new(vec![temporary_instance("available", "")]);
    assert_eq!(ask(&replay, request()).await.unwrap(), json!({}));
    assert_eq!(
        requests(&replay),
        [format!("Action=DescribeDBInstances&DBInstanceIdentifier={TEMPORARY}")]
    );
    let cases = [
        (temporary_instance("creating", ""), "NotReady"),
        (temporary_instance("incompatible-network", ""), "ResourceFailed"),
        (no_instance(), "ResourceFailed"),
        (instance(TEMPORARY, "available", ""), "NotOwned"),
    ];
    for (answer, name) in cases {
        assert_fails(ask(&Replay::new(vec![answer]), request()).await, name, &[TEMPORARY]);
    }
}

const SECRET: &str = "<MasterUserSecret><SecretArn>arn:secret</SecretArn><SecretStatus>active</SecretStatus>\
    </MasterUserSecret>";

#[tokio::test]
async fn rds_is_asked_once_to_manage_the_password_of_our_instance_alone() {
    let request = || step("hand-over-credentials", &json!({}));
    let replay = Replay::new(vec![temporary_instance("available", ""), accepted("ModifyDBInstance")]);
    assert_eq!(ask(&replay, request()).await.unwrap(), json!({}));
    let modify = format!(
        "Action=ModifyDBInstance&DBInstanceIdentifier={TEMPORARY}&ApplyImmediately=true&ManageMasterUserPassword=true"
    );
    assert_eq!(requests(&replay)[1..], [modify]);

    let repeated = Replay::new(vec![temporary_instance("modifying", SECRET)]);
    assert_eq!(ask(&repeated, request()).await.unwrap(), json!({}));
    assert_eq!(repeated.requests().len(), 1);

    let foreign = Replay::new(vec![instance(TEMPORARY, "available", "")]);
    assert_fails(ask(&foreign, request()).await, "NotOwned", &[]);
    assert_eq!(foreign.requests().len(), 1);

    let busy = Answer::query_error(400, "InvalidDBInstanceState", "not available");
    let replay = Replay::new(vec![temporary_instance("backing-up", ""), busy]);
    assert_fails(ask(&replay, request()).await, "NotReady", &["`backing-up`"]);
}

#[tokio::test]
async fn credentials_are_where_they_are_and_never_what_they_are() {
    let endpoint = "<Endpoint><Address>tmp.example</Address><Port>5432</Port></Endpoint>";
    let request = || step("wait-for-credentials", &json!({}));
    let ready = Replay::new(vec![temporary_instance("available", &format!("{SECRET}{endpoint}"))]);
    let answer = ask(&ready, request()).await.unwrap();
    assert_eq!(
        answer,
        json!({"host": "tmp.example", "port": "5432", "secret_arn": "arn:secret"})
    );

    let pending = "<PendingModifiedValues><MasterUserPassword>****</MasterUserPassword></PendingModifiedValues>";
    let waiting = Replay::new(vec![temporary_instance(
        "available",
        &format!("{SECRET}{endpoint}{pending}"),
    )]);
    assert_fails(
        ask(&waiting, request()).await,
        "NotReady",
        &["not applied its new master password"],
    );
}
