//! A sweep through the real SDK up to the connection.
//!
//! Answers of AWS are hand-written and small, after the API references
//! (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/>,
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/>).

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

use aws_client::replay::{Answer, Replay};
use jiff::{SignedDuration, Timestamp};
use lambda_edge::ConfigError;
use lambda_runtime::Diagnostic;
use rds_snapshot_sweeper::{Config, Function, Response};
use serde_json::{Value, json};

const RDS: &str = "POST https://rds.us-east-1.amazonaws.com/";
/// 4 hours before [`now`].
const LONG_AGO: Option<f64> = Some(1_795_161_600.0);
/// Half an hour before [`now`].
const JUST_NOW: Option<f64> = Some(1_795_174_200.5);

fn now() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn execution(name: &str) -> String {
    format!("arn:aws:states:us-east-1:123456789012:execution:rds-snapshots:{name}")
}

async fn sweep(replay: &Replay) -> (Result<Response, (String, String)>, Value) {
    let config = Config {
        stack: "wrasse".into(),
        minimum_age: SignedDuration::from_hours(2),
    };
    let mut metrics = Vec::new();
    let answer = Function::new(Ok(config), &replay.sdk_config())
        .answer(&json!({}), now(), &mut metrics)
        .await;
    let answer = answer.map_err(|error| {
        let Diagnostic {
            error_type,
            error_message,
        } = error.into();
        (error_type, error_message)
    });
    (answer, serde_json::from_slice(&metrics).unwrap())
}

/// RDS's requests as `Action&parameters`; Step Functions' as the execution's name.
fn requests(replay: &Replay) -> Vec<String> {
    replay
        .requests()
        .iter()
        .map(|request| {
            if let Some(body) = request.strip_prefix(RDS) {
                return body.trim_start().replace("&Version=2014-10-31", "");
            }
            let (line, body) = request.split_once('\n').unwrap();
            assert_eq!(line, "POST https://states.us-east-1.amazonaws.com/");
            let body: Value = serde_json::from_str(body).unwrap();
            body["executionArn"]
                .as_str()
                .unwrap()
                .rsplit(':')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect()
}

fn tags(stack: &str, role: &str, run: &str) -> String {
    format!(
        "<TagList><Tag><Key>wrasse:stack</Key><Value>{stack}</Value></Tag>\
         <Tag><Key>wrasse:role</Key><Value>{role}</Value></Tag>\
         <Tag><Key>wrasse:execution</Key><Value>{}</Value></Tag></TagList>",
        execution(run)
    )
}

/// One whose creation did not complete: it has no `InstanceCreateTime`, and never gets one.
fn instance(id: &str, tags: &str) -> String {
    format!(
        "<DBInstance><DBInstanceIdentifier>{id}</DBInstanceIdentifier>\
         <DBInstanceStatus>incompatible-restore</DBInstanceStatus>{tags}</DBInstance>"
    )
}

fn our_instance(id: &str, run: &str) -> String {
    instance(id, &tags("wrasse", "temporary-instance", run))
}

fn instances(elements: &str, marker: &str) -> Answer {
    Answer::ok(format!(
        "<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances>{elements}</DBInstances>{marker}\
         </DescribeDBInstancesResult></DescribeDBInstancesResponse>"
    ))
}

fn snapshots(ids_and_tags: &[(&str, String)]) -> Answer {
    let elements = ids_and_tags
        .iter()
        .map(|(id, tags)| {
            format!(
                "<DBSnapshot><DBSnapshotIdentifier>{id}</DBSnapshotIdentifier><Status>available</Status>\
                 {tags}</DBSnapshot>"
            )
        })
        .collect::<Vec<_>>()
        .concat();
    Answer::ok(format!(
        "<DescribeDBSnapshotsResponse><DescribeDBSnapshotsResult><DBSnapshots>{elements}</DBSnapshots>\
         </DescribeDBSnapshotsResult></DescribeDBSnapshotsResponse>"
    ))
}

fn status(run: &str, status: &str, stop_date: Option<f64>) -> Answer {
    let mut answer = json!({
        "executionArn": execution(run),
        "stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:rds-snapshots",
        "startDate": 1_763_629_200.0,
        "status": status,
    });
    if let Some(stop_date) = stop_date {
        answer["stopDate"] = stop_date.into();
    }
    Answer::ok(answer.to_string())
}

fn forgotten() -> Answer {
    Answer::error(
        400,
        json!({"__type": "ExecutionDoesNotExist", "message": "Execution Does Not Exist"}).to_string(),
    )
}

fn deleted(what: &str) -> Answer {
    Answer::ok(format!(
        "<Delete{what}Response><Delete{what}Result/></Delete{what}Response>"
    ))
}

fn delete_instance(id: &str) -> String {
    format!("Action=DeleteDBInstance&DBInstanceIdentifier={id}&SkipFinalSnapshot=true&DeleteAutomatedBackups=true")
}

#[tokio::test]
async fn what_an_execution_left_behind_is_swept_and_each_execution_is_asked_once() {
    let replay = Replay::new(vec![
        instances(&our_instance("left", "aborted"), "<Marker>next</Marker>"),
        instances(&our_instance("forgotten", "forgotten"), ""),
        snapshots(&[("left", tags("wrasse", "temporary-snapshot", "aborted"))]),
        status("aborted", "ABORTED", LONG_AGO),
        forgotten(),
        deleted("DBInstance"),
        deleted("DBInstance"),
        deleted("DBSnapshot"),
    ]);
    let (answer, metric) = sweep(&replay).await;
    assert_eq!(
        serde_json::to_value(answer.unwrap()).unwrap(),
        json!({
            "swept": [
                {"kind": "instance", "id": "left", "execution": execution("aborted")},
                {"kind": "instance", "id": "forgotten", "execution": execution("forgotten")},
                {"kind": "snapshot", "id": "left", "execution": execution("aborted")},
            ],
            "kept": 0,
        })
    );
    assert_eq!(
        metric,
        json!({
            "_aws": {
                "Timestamp": 1_795_176_000_000_u64,
                "CloudWatchMetrics": [{
                    "Namespace": "Wrasse/RdsSnapshots",
                    "Dimensions": [["Stack"]],
                    "Metrics": [{"Name": "TemporaryResourcesSwept", "Unit": "Count"}],
                }],
            },
            "Stack": "wrasse",
            "TemporaryResourcesSwept": 3,
        })
    );
    assert_eq!(
        requests(&replay),
        [
            "Action=DescribeDBInstances".to_owned(),
            "Action=DescribeDBInstances&Marker=next".to_owned(),
            "Action=DescribeDBSnapshots&SnapshotType=manual".to_owned(),
            "aborted".to_owned(),
            "forgotten".to_owned(),
            delete_instance("left"),
            delete_instance("forgotten"),
            "Action=DeleteDBSnapshot&DBSnapshotIdentifier=left".to_owned(),
        ]
    );
}

#[tokio::test]
async fn what_a_run_still_uses_or_may_use_stays_and_the_metric_says_zero() {
    let all = our_instance("running", "running")
        + &our_instance("redriven", "redriven")
        + &our_instance("of-next-year", "of-next-year")
        + &our_instance("just-ended", "just-ended")
        + &our_instance("ended-some-day", "ended-some-day");
    let replay = Replay::new(vec![
        instances(&all, ""),
        snapshots(&[("just-ended", tags("wrasse", "temporary-snapshot", "just-ended"))]),
        status("ended-some-day", "ABORTED", None),
        status("just-ended", "ABORTED", JUST_NOW),
        status("of-next-year", "A_STATUS_OF_NEXT_YEAR", LONG_AGO),
        status("redriven", "PENDING_REDRIVE", LONG_AGO),
        status("running", "RUNNING", None),
    ]);
    let (answer, metric) = sweep(&replay).await;
    assert_eq!(answer.unwrap(), Response { swept: vec![], kept: 6 });
    assert_eq!(metric["TemporaryResourcesSwept"], 0);
    assert_eq!(
        requests(&replay)[2..],
        ["ended-some-day", "just-ended", "of-next-year", "redriven", "running"]
    );
}

#[tokio::test]
async fn a_final_snapshot_goes_only_when_its_execution_is_known_not_to_have_succeeded() {
    let runs = [
        "aborted",
        "failed",
        "forgotten",
        "just-failed",
        "running",
        "succeeded",
        "timed-out",
    ];
    let finals: Vec<_> = runs
        .iter()
        .map(|run| (*run, tags("wrasse", "final-snapshot", run)))
        .collect();
    let replay = Replay::new(vec![
        instances("", ""),
        snapshots(&finals),
        status("aborted", "ABORTED", LONG_AGO),
        status("failed", "FAILED", LONG_AGO),
        forgotten(),
        status("just-failed", "FAILED", JUST_NOW),
        status("running", "RUNNING", None),
        status("succeeded", "SUCCEEDED", LONG_AGO),
        status("timed-out", "TIMED_OUT", LONG_AGO),
        deleted("DBSnapshot"),
        deleted("DBSnapshot"),
        Answer::query_error(400, "InvalidDBSnapshotState", "is being copied"),
    ]);
    let (answer, metric) = sweep(&replay).await;
    assert_eq!(
        serde_json::to_value(answer.unwrap()).unwrap(),
        json!({
            "swept": [
                {"kind": "snapshot", "id": "aborted", "execution": execution("aborted")},
                {"kind": "snapshot", "id": "failed", "execution": execution("failed")},
            ],
            "kept": 0,
        })
    );
    assert_eq!(metric["TemporaryResourcesSwept"], 2);
    let requests = requests(&replay);
    assert_eq!(requests[2..9], runs);
    assert_eq!(
        requests[9..],
        ["aborted", "failed", "timed-out"].map(|id| format!("Action=DeleteDBSnapshot&DBSnapshotIdentifier={id}"))
    );
}

#[tokio::test]
async fn of_a_run_that_succeeded_the_temporary_things_go_and_the_final_snapshot_stays() {
    let replay = Replay::new(vec![
        instances(&our_instance("left", "succeeded"), ""),
        snapshots(&[
            ("final", tags("wrasse", "final-snapshot", "succeeded")),
            ("left", tags("wrasse", "temporary-snapshot", "succeeded")),
        ]),
        status("succeeded", "SUCCEEDED", LONG_AGO),
        deleted("DBInstance"),
        deleted("DBSnapshot"),
    ]);
    let (answer, metric) = sweep(&replay).await;
    assert_eq!(answer.unwrap().kept, 0);
    assert_eq!(metric["TemporaryResourcesSwept"], 2);
    assert_eq!(
        requests(&replay)[2..],
        [
            "succeeded".to_owned(),
            delete_instance("left"),
            "Action=DeleteDBSnapshot&DBSnapshotIdentifier=left".to_owned(),
        ]
    );
}

#[tokio::test]
async fn what_is_not_proven_ours_is_not_even_looked_at() {
    let foreign = instance("production", "")
        + &instance("wrasse-tmp-0", &tags("another", "temporary-instance", "aborted"))
        + &instance("odd", &tags("wrasse", "temporary-snapshot", "aborted"))
        + &instance("restored-with-tags", &tags("wrasse", "final-snapshot", "aborted"));
    let replay = Replay::new(vec![
        instances(&foreign, ""),
        snapshots(&[
            ("final", tags("another", "final-snapshot", "aborted")),
            ("of-no-role", tags("wrasse", "copy", "aborted")),
            ("a-persons", String::new()),
        ]),
    ]);
    let (answer, metric) = sweep(&replay).await;
    assert_eq!(answer.unwrap(), Response::default());
    assert_eq!(metric["TemporaryResourcesSwept"], 0);
    assert_eq!(replay.requests().len(), 2);
}

#[tokio::test]
async fn one_that_cannot_be_deleted_does_not_keep_the_others_and_all_failures_are_named() {
    let all = our_instance("denied", "aborted") + &our_instance("asked-in-vain", "throttled");
    let replay = Replay::new(vec![
        instances(&all, ""),
        snapshots(&[("left", tags("wrasse", "temporary-snapshot", "aborted"))]),
        status("aborted", "TIMED_OUT", LONG_AGO),
        Answer::error(
            400,
            json!({"__type": "ThrottlingException", "message": "Rate exceeded"}).to_string(),
        ),
        Answer::query_error(403, "AccessDenied", "not authorized"),
        deleted("DBSnapshot"),
    ]);
    let (answer, metric) = sweep(&replay).await;
    let (error_type, message) = answer.unwrap_err();
    assert_eq!(error_type, "SweepIncomplete");
    assert!(
        message.contains("instance `denied` not deleted: AccessDenied: not authorized"),
        "{message}"
    );
    assert!(
        message.contains(":throttled not looked up: ThrottlingException: Rate exceeded"),
        "{message}"
    );
    assert_eq!(metric["TemporaryResourcesSwept"], 1);
    assert!(replay.is_used_up());
}

#[tokio::test]
async fn instances_that_cannot_be_listed_do_not_keep_the_snapshots() {
    let replay = Replay::new(vec![
        Answer::query_error(400, "Throttling", "Rate exceeded"),
        snapshots(&[("left", tags("wrasse", "temporary-snapshot", "aborted"))]),
        status("aborted", "ABORTED", LONG_AGO),
        deleted("DBSnapshot"),
    ]);
    let (answer, metric) = sweep(&replay).await;
    assert!(answer.unwrap_err().1.contains("the instances not listed: Throttling"));
    assert_eq!(metric["TemporaryResourcesSwept"], 1);
}

#[tokio::test]
async fn a_sweep_that_meets_another_is_no_failure() {
    let all = our_instance("gone", "aborted") + &our_instance("busy", "aborted");
    let replay = Replay::new(vec![
        instances(&all, ""),
        snapshots(&[]),
        status("aborted", "ABORTED", LONG_AGO),
        Answer::query_error(404, "DBInstanceNotFound", "no such instance"),
        Answer::query_error(400, "InvalidDBInstanceState", "is already being deleted"),
    ]);
    let (answer, _) = sweep(&replay).await;
    assert_eq!(answer.unwrap(), Response { swept: vec![], kept: 1 });
}

#[tokio::test]
async fn a_bad_configuration_is_an_answer_in_words() {
    let problems = vec!["STACK_NAME is missing".to_owned()];
    let function = Function::new(Err(ConfigError { problems }), &Replay::new(vec![]).sdk_config());
    let error = function.answer(&json!({}), now(), Vec::new()).await.unwrap_err();
    assert_eq!(error.name(), "InvalidConfiguration");
    assert!(error.to_string().contains("STACK_NAME is missing"), "{error}");
}
