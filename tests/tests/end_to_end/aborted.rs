//! A run that is aborted cleans nothing up by itself: the sweeper does.

use serde_json::json;

use crate::account::Left;
use crate::engine::{aws, control, fault};
use crate::fleet::{Fleet, fleet, until};

fn sweep(fleet: &Fleet) {
    control(
        "schedules/fire",
        &json!({"name": fleet.output("RdsSnapshotsSweeperScheduleName")}),
    );
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
    assert_eq!(
        fleet.left_by(&run).snapshots,
        [format!("wrasse-tmp-{run}")],
        "the run is still running"
    );

    fleet
        .wait(fleet.states.stop_execution().execution_arn(&arn).send())
        .unwrap();
    assert_eq!(fleet.finish(&arn).status, "ABORTED");
    control("rds/faults", &json!({"kind": "clear"}));
    control("clock/advance", &json!({"seconds": 7200}));
    sweep(&fleet);
    control("clock/advance", &json!({"seconds": 3600}));
    assert_eq!(
        until("the sweeper is done", || Some(fleet.left_by(&run))
            .filter(|l| *l == Left::NOTHING)),
        Left::NOTHING
    );

    let group = fleet.output("RdsSnapshotsSweeperFunctionName").to_owned();
    let groups = aws(&["logs", "describe-log-groups"]);
    let groups: Vec<&str> = groups["logGroups"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|g| g["logGroupName"].as_str())
        .collect();
    let group = groups
        .into_iter()
        .find(|g| g.ends_with("rds-snapshot-sweeper"))
        .unwrap_or(&group);
    let events = aws(&["logs", "filter-log-events", "--log-group-name", group]);
    let swept = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|e| e["message"].as_str());
    let swept: Vec<&str> = swept.filter(|m| m.contains("\"TemporaryResourcesSwept\":1")).collect();
    assert_eq!(swept.len(), 1, "the alarm's metric was not written");
}
