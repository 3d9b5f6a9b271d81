//! Runs that succeed.

use serde_json::{Value, json};

use super::account::{Left, tag};
use super::fleet::{FRIENDS, Fleet, MASKING_KEY, MASKS, PEOPLE, Run, SOURCE, fleet};
use crate::engine::{control, trace};

const STATES: [&str; 17] = [
    "Plan",
    "New or latest snapshot",
    "Take snapshot",
    "Wait for snapshot",
    "Restore",
    "Wait for temporary instance",
    "Hand over credentials",
    "Wait for credentials",
    "Sanitize",
    "Check evidence",
    "Take final snapshot",
    "Wait for final snapshot",
    "Share",
    "Clean up",
    "Retention",
    "Notify",
    "Done",
];

#[test]
fn the_schedule_leaves_a_shared_sanitized_snapshot_and_nothing_else() {
    let fleet = fleet();
    let fired = control(
        "schedules/fire",
        &json!({"name": fleet.output("RdsSnapshotsScheduleName")}),
    );
    let run = fleet.finish(fired["executions"][0].as_str().unwrap());
    assert_eq!(run.status, "SUCCEEDED", "{}: {}", run.error, run.cause);

    let trace = trace(&run.arn);
    let entered: Vec<&str> = trace.iter().map(|(state, _)| state.as_str()).collect();
    assert_eq!(entered, STATES);
    for (state, waits) in &trace {
        assert!(waits.iter().all(|seconds| *seconds == 60), "{state}: {waits:?}");
    }
    for state in [
        "Wait for snapshot",
        "Wait for temporary instance",
        "Wait for final snapshot",
        "Clean up",
    ] {
        let waits = &trace.iter().find(|(s, _)| s == state).unwrap().1;
        assert!(
            !waits.is_empty(),
            "{state} found everything ready at once: the engine's delays are not in effect"
        );
    }

    let name = format!("{SOURCE}-sanitized-{}", run.id);
    assert_eq!(
        fleet.left_by(&run.id),
        Left {
            finals: vec![name.clone()],
            ..Left::NOTHING
        }
    );
    assert_eq!(fleet.shared_with(&name), FRIENDS);
    let snapshots = fleet.snapshots();
    let snapshot = snapshots
        .iter()
        .find(|s| s.db_snapshot_identifier() == Some(&name))
        .unwrap();
    assert_eq!(tag(snapshot, "wrasse:execution"), Some(run.arn.as_str()));
    assert_eq!(tag(snapshot, "wrasse:source"), Some(SOURCE));
    assert_eq!(tag(snapshot, "wrasse:released"), Some("true"));

    let report: Value = serde_json::from_slice(&fleet.evidence(&run.id, "report.json").unwrap()).unwrap();
    assert_eq!(report["outcome"], "passed");
    assert_eq!(report["databases"][0]["scripts"][0]["rows"], PEOPLE);
    let rules = fleet.evidence(&run.id, "rules.yaml").unwrap();
    assert_eq!(
        tag(snapshot, "wrasse:rules-sha256"),
        Some(sanitizer_contract::sha256_hex(&rules).as_str())
    );
}

const PERSONAL: &str = "SELECT count(*), count(*) FILTER (WHERE people::text LIKE '%bigcorp%') FROM people";

/// What SQL finds in a database restored from the final snapshot of a run.
fn inside(fleet: &Fleet, run: &Run, sql: &str) -> String {
    let restored = format!("look-{}", run.id);
    let name = format!("{SOURCE}-sanitized-{}", run.id);
    let restore = fleet
        .rds
        .restore_db_instance_from_db_snapshot()
        .db_instance_identifier(&restored);
    fleet.wait(restore.db_snapshot_identifier(name).send()).unwrap();
    control("clock/advance", &json!({"seconds": 3600}));
    let modify = fleet
        .rds
        .modify_db_instance()
        .db_instance_identifier(&restored)
        .apply_immediately(true);
    fleet
        .wait(modify.master_user_password("a-new-password").send())
        .unwrap();
    control("clock/advance", &json!({"seconds": 3600}));
    let found = fleet.sql(&restored, "shopkeeper", "a-new-password", sql);
    let delete = fleet
        .rds
        .delete_db_instance()
        .db_instance_identifier(&restored)
        .skip_final_snapshot(true);
    fleet.wait(delete.send()).unwrap();
    control("clock/advance", &json!({"seconds": 3600}));
    found
}

#[test]
fn the_sanitized_snapshot_holds_the_rows_without_the_personal_data_and_production_keeps_it() {
    let fleet = fleet();
    let run = fleet.run("look-inside");
    assert_eq!(run.status, "SUCCEEDED", "{}: {}", run.error, run.cause);
    assert_eq!(inside(&fleet, &run, PERSONAL), format!("{PEOPLE}|0"));
    let production = fleet.sql(SOURCE, "shopkeeper", super::fleet::PRODUCTION_PASSWORD, PERSONAL);
    assert_eq!(production, format!("{PEOPLE}|{PEOPLE}"));
}

#[test]
fn masks_give_every_run_the_same_people_and_none_of_productions() {
    let fleet = fleet();
    fleet.rules(MASKS);
    let found: Vec<_> = ["masks-1", "masks-2"]
        .iter()
        .map(|name| {
            let run = fleet.run(name);
            assert_eq!(run.status, "SUCCEEDED", "{}: {}", run.error, run.cause);
            assert!(!format!("{run:?}").contains(MASKING_KEY));
            let people = "SELECT md5(string_agg(people::text, ',' ORDER BY id)) FROM people";
            let emails =
                "SELECT count(DISTINCT email) FROM people WHERE email LIKE '%@example.com' AND notes = 'call [email]'";
            assert_eq!(inside(&fleet, &run, PERSONAL), format!("{PEOPLE}|0"));
            assert_eq!(inside(&fleet, &run, emails), PEOPLE.to_string());
            inside(&fleet, &run, people)
        })
        .collect();
    assert_eq!(found[0], found[1]);
}

#[test]
fn a_column_that_the_rules_forgot_fails_the_run_and_nothing_is_shared() {
    let fleet = fleet();
    fleet.rules(&MASKS.replace(", notes: redact", ""));
    let run = fleet.run("forgotten-column");
    assert_eq!((run.status.as_str(), run.error.as_str()), ("FAILED", "SanitizerFailed"));
    assert!(
        run.cause.contains("(RulesDoNotFit)") && run.cause.contains("notes: redact"),
        "{}",
        run.cause
    );
    assert_eq!(fleet.left_by(&run.id), Left::NOTHING);
}

#[test]
fn retention_keeps_the_newest_two() {
    let fleet = fleet();
    let runs: Vec<_> = (1..=3).map(|n| fleet.run(&format!("retention-{n}"))).collect();
    control("clock/advance", &json!({"seconds": 60}));
    let finals = |run: &str| fleet.left_by(run).finals.len();
    assert_eq!(
        runs.iter().map(|r| r.status.as_str()).collect::<Vec<_>>(),
        ["SUCCEEDED"; 3]
    );
    assert_eq!(runs.iter().map(|r| finals(&r.id)).collect::<Vec<_>>(), [0, 1, 1]);
    let all = fleet
        .snapshots()
        .iter()
        .filter(|s| tag(s, "wrasse:role") == Some("final-snapshot"))
        .count();
    assert_eq!(all, 2);
}

#[test]
fn the_same_execution_started_twice_is_one_run() {
    let fleet = fleet();
    let first = fleet.start("twice");
    let second = fleet.start("twice");
    assert_eq!(first, second);
    let run = fleet.finish(&first);
    assert_eq!(run.status, "SUCCEEDED", "{}: {}", run.error, run.cause);
    assert_eq!(fleet.left_by(&run.id).finals.len(), 1);
    let machine = fleet.output("RdsSnapshotsStateMachineArn");
    let third = fleet
        .states
        .start_execution()
        .state_machine_arn(machine)
        .name("twice")
        .input(r#"{"other": 1}"#)
        .send();
    let refused = fleet.wait(third).unwrap_err().into_service_error();
    assert!(refused.is_execution_already_exists(), "{refused:?}");
}
