//! A run that is aborted cleans nothing up by itself: the sweeper does.

use serde_json::json;

use super::account::Left;
use super::fleet::{Fleet, SOURCE, fleet};
use crate::engine::{aws, control, fault, until};

/// Fires the sweeper's schedule, and returns when the invocation is over.
fn sweep(fleet: &Fleet) {
    let fired = control(
        "schedules/fire",
        &json!({"name": fleet.output("RdsSnapshotsSweeperScheduleName")}),
    );
    let request = &fired["invocations"][0]["request_id"];
    until("the sweeper has run", || {
        let timings = control("lambda/timings", &json!({}));
        let done = timings.as_array().unwrap().iter().any(|t| t["request_id"] == *request);
        done.then_some(())
    });
}

/// Aborts an execution that waits for a snapshot which never gets ready, and lets two hours pass.
fn abort(fleet: &Fleet, arn: &str) {
    fleet
        .wait(fleet.states.stop_execution().execution_arn(arn).send())
        .unwrap();
    assert_eq!(fleet.finish(arn).status, "ABORTED");
    control("rds/faults", &json!({"kind": "clear"}));
    control("clock/advance", &json!({"seconds": 7200}));
}

#[test]
fn the_sweeper_deletes_what_an_aborted_run_left_and_nothing_of_a_running_one() {
    let fleet = fleet();
    fault("snapshot-never-ready", "wrasse-tmp-");
    let arn = fleet.start("aborted");
    let run = rds_run::names::run_id(&arn);
    until("the temporary snapshot is there", || {
        (!fleet.left_by(&run).snapshots.is_empty()).then_some(())
    });
    sweep(&fleet);
    let running = fleet.left_by(&run).snapshots;
    assert_eq!(running, [format!("wrasse-tmp-{run}")], "the run is still running");

    abort(&fleet, &arn);
    sweep(&fleet);
    control("clock/advance", &json!({"seconds": 3600}));
    assert_eq!(fleet.left_by(&run), Left::NOTHING);

    let groups = aws(&["logs", "describe-log-groups"]);
    let groups = groups["logGroups"].as_array().unwrap().iter();
    let mut names = groups.filter_map(|group| group["logGroupName"].as_str());
    let group = names.find(|name| name.ends_with("rds-snapshot-sweeper")).unwrap();
    let events = aws(&["logs", "filter-log-events", "--log-group-name", group]);
    let events = events["events"].as_array().unwrap().iter();
    let metrics = events.filter(|event| event["message"].to_string().contains("TemporaryResourcesSwept\\\":1"));
    assert_eq!(metrics.count(), 1, "the alarm's metric was not written");
}

#[test]
fn the_sweeper_deletes_the_final_snapshot_of_an_aborted_run_and_keeps_that_of_a_good_one() {
    let fleet = fleet();
    let good = fleet.run("good-before-aborted");
    assert_eq!(good.status, "SUCCEEDED", "{}: {}", good.error, good.cause);
    fault("snapshot-never-ready", &format!("{SOURCE}-sanitized-"));
    let arn = fleet.start("aborted-late");
    let run = rds_run::names::run_id(&arn);
    until("the final snapshot is there", || {
        (!fleet.left_by(&run).finals.is_empty()).then_some(())
    });
    abort(&fleet, &arn);
    sweep(&fleet);
    control("clock/advance", &json!({"seconds": 3600}));
    assert_eq!(fleet.left_by(&run), Left::NOTHING);
    assert_eq!(fleet.left_by(&good.id).finals.len(), 1);
}
