//! Exact requests of finding and deleting, through the SDK. Answers are hand-written, small, after the API reference
//! (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/>).

use aws_client::Outlook;
use aws_client::replay::{Answer, Replay};
use rds_run::removal::{Found, Kind, Removal, delete, list};
use rds_run::tags::Tags;

const URI: &str = "POST https://rds.us-east-1.amazonaws.com/";
const DELETE_INSTANCE: &str = "Action=DeleteDBInstance&Version=2014-10-31&DBInstanceIdentifier=wrasse-tmp-1\
    &SkipFinalSnapshot=true&DeleteAutomatedBackups=true";
const DELETE_SNAPSHOT: &str = "Action=DeleteDBSnapshot&Version=2014-10-31&DBSnapshotIdentifier=wrasse-tmp-1";

fn rds(replay: &Replay) -> aws_sdk_rds::Client {
    aws_sdk_rds::Client::new(&replay.sdk_config())
}

fn found(kind: Kind, status: &str) -> Found {
    Found {
        kind,
        id: "wrasse-tmp-1".into(),
        status: status.into(),
        created: None,
        tags: Tags::default(),
    }
}

fn snapshots(body: &str, marker: &str) -> Answer {
    Answer::ok(format!(
        "<DescribeDBSnapshotsResponse><DescribeDBSnapshotsResult><DBSnapshots>{body}</DBSnapshots>{marker}\
         </DescribeDBSnapshotsResult></DescribeDBSnapshotsResponse>"
    ))
}

fn snapshot(id: &str) -> String {
    format!(
        "<DBSnapshot><DBSnapshotIdentifier>{id}</DBSnapshotIdentifier><Status>available</Status>\
         <SnapshotCreateTime>2026-11-20T03:00:00Z</SnapshotCreateTime>\
         <TagList><Tag><Key>wrasse:run</Key><Value>1</Value></Tag></TagList></DBSnapshot>"
    )
}

#[tokio::test]
async fn an_instance_goes_without_a_last_snapshot_and_with_its_automated_backups() {
    let replay = Replay::new(vec![Answer::ok(
        "<DeleteDBInstanceResponse><DeleteDBInstanceResult/></DeleteDBInstanceResponse>",
    )]);
    let removal = delete(&rds(&replay), &found(Kind::Instance, "available"))
        .await
        .unwrap();
    assert_eq!(removal, Removal::Started);
    assert_eq!(replay.requests(), [format!("{URI}\n{DELETE_INSTANCE}")]);
}

#[tokio::test]
async fn what_is_being_deleted_is_not_deleted_again() {
    for kind in [Kind::Instance, Kind::Snapshot] {
        let replay = Replay::new(vec![]);
        assert_eq!(
            delete(&rds(&replay), &found(kind, "deleting")).await.unwrap(),
            Removal::Underway
        );
        assert_eq!(replay.requests(), [""; 0]);
    }
}

#[tokio::test]
async fn gone_and_busy_are_no_failures() {
    let cases = [
        (
            Kind::Instance,
            404,
            "DBInstanceNotFound",
            Removal::Gone,
            DELETE_INSTANCE,
        ),
        (
            Kind::Instance,
            400,
            "InvalidDBInstanceState",
            Removal::NotNow,
            DELETE_INSTANCE,
        ),
        (
            Kind::Snapshot,
            404,
            "DBSnapshotNotFound",
            Removal::Gone,
            DELETE_SNAPSHOT,
        ),
        (
            Kind::Snapshot,
            400,
            "InvalidDBSnapshotState",
            Removal::NotNow,
            DELETE_SNAPSHOT,
        ),
    ];
    for (kind, status, code, removal, request) in cases {
        let replay = Replay::new(vec![Answer::query_error(status, code, "as it says")]);
        assert_eq!(
            delete(&rds(&replay), &found(kind, "available")).await.unwrap(),
            removal,
            "{code}"
        );
        assert_eq!(replay.requests(), [format!("{URI}\n{request}")]);
    }
}

#[tokio::test]
async fn another_fault_is_a_failure_with_its_outlook() {
    let cases = [
        (403, "AccessDenied", Outlook::Refused),
        (400, "Throttling", Outlook::Temporary),
        (500, "InternalFailure", Outlook::Temporary),
    ];
    for (status, code, outlook) in cases {
        let replay = Replay::new(vec![Answer::query_error(status, code, "as it says")]);
        let error = delete(&rds(&replay), &found(Kind::Snapshot, "available"))
            .await
            .unwrap_err();
        assert_eq!((error.outlook(), error.code()), (outlook, Some(code)));
    }
}

#[tokio::test]
async fn a_list_reads_every_page() {
    let replay = Replay::new(vec![
        snapshots(&snapshot("one"), "<Marker>next</Marker>"),
        snapshots(&(snapshot("two") + &snapshot("three")), ""),
    ]);
    let found = list(&rds(&replay), Kind::Snapshot).await.unwrap();
    let ids: Vec<_> = found.iter().map(|found| found.id.as_str()).collect();
    assert_eq!(ids, ["one", "two", "three"]);
    assert!(found[2].tags.has("wrasse:run", "1"));
    assert_eq!(found[2].created, Some("2026-11-20T03:00:00Z".parse().unwrap()));
    let describe = "Action=DescribeDBSnapshots&Version=2014-10-31&SnapshotType=manual";
    assert_eq!(
        replay.requests(),
        [format!("{URI}\n{describe}"), format!("{URI}\n{describe}&Marker=next")]
    );
}
