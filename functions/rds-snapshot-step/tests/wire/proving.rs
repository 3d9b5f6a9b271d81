//! From the sanitizer's end to a shared final snapshot.

use aws_client::replay::{Answer, Replay};
use sanitizer_contract::sha256_hex;
use serde_json::{Value, json};

use crate::support::*;

fn report(run: &str, problem: &Value) -> String {
    let outcome = if problem.is_null() { "passed" } else { "failed" };
    json!({
        "version": 1,
        "run": run,
        "outcome": outcome,
        "rules_sha256": RULES_SHA256,
        "started_at": "2026-11-20T03:20:00Z",
        "finished_at": "2026-11-20T03:21:00Z",
        "databases": [{
            "name": "shop",
            "scripts": [{"list": "sql", "number": 1, "rows": 7, "seconds": 0.5}],
            "tables": [],
            "unclassified": [],
            "verifications": [{"number": 1, "rows_found": 0, "seconds": 0.1}],
        }],
        "problem": problem,
    })
    .to_string()
}

fn manifest(run: &str, report: &str) -> Answer {
    let manifest = json!({
        "version": 1,
        "run": run,
        "rules_sha256": RULES_SHA256,
        "report_sha256": sha256_hex(report.as_bytes()),
        "outcome": "passed",
        "verifications_passed": 1,
        "finished_at": "2026-11-20T03:21:00Z",
    });
    Answer::ok(manifest.to_string())
}

fn evidence() -> Vec<Answer> {
    let report = report(RUN_ID, &Value::Null);
    vec![manifest(RUN_ID, &report), Answer::ok(report)]
}

fn no_object() -> Answer {
    Answer::error(404, "<Error><Code>NoSuchKey</Code><Message>none</Message></Error>")
}

#[tokio::test]
async fn evidence_of_this_run_is_accepted() {
    let replay = Replay::new(evidence());
    let answer = ask(
        &replay,
        step(
            "check-evidence",
            &json!({"containers": [{"Name": "guard", "ExitCode": 9}, {"Name": "rds-sanitizer", "ExitCode": 0}]}),
        ),
    )
    .await
    .unwrap();
    assert_eq!(
        answer,
        json!({
            "report_uri": format!("s3://evidence/runs/{RUN_ID}/report.json"),
            "manifest_uri": format!("s3://evidence/runs/{RUN_ID}/manifest.json"),
        })
    );
    let get = |file| format!("GET https://evidence.s3.us-east-1.amazonaws.com/runs/{RUN_ID}/{file}?x-id=GetObject");
    assert_eq!(replay.requests(), [get("manifest.json"), get("report.json")]);
}

#[tokio::test]
async fn evidence_that_proves_nothing_is_rejected() {
    let good = report(RUN_ID, &Value::Null);
    let other = report("0", &Value::Null);
    let cases = [
        (vec![no_object(), Answer::ok(good.clone())], "there is no manifest"),
        (vec![manifest(RUN_ID, &good), no_object()], "there is no report"),
        (vec![manifest("0", &other), Answer::ok(other)], "of run 0"),
        (
            vec![manifest(RUN_ID, &good), Answer::ok(format!("{good} "))],
            "the report has SHA-256",
        ),
        (vec![Answer::ok("{}"), Answer::ok(good)], "cannot be read"),
    ];
    for (answers, part) in cases {
        let result = ask(
            &Replay::new(answers),
            step(
                "check-evidence",
                &json!({"containers": [{"Name": "guard", "ExitCode": 9}, {"Name": "rds-sanitizer", "ExitCode": 0}]}),
            ),
        )
        .await;
        assert_fails(result, "EvidenceRejected", &[part, "nothing is shared"]);
    }
    let replay = Replay::new(vec![]);
    let result = ask(
        &replay,
        step(
            "check-evidence",
            &json!({"containers": [{"Name": "guard", "ExitCode": 9}, {"Name": "rds-sanitizer", "ExitCode": 1}]}),
        ),
    )
    .await;
    assert_fails(result, "EvidenceRejected", &["exit code is 1"]);
}

fn failure(cause: &str) -> Value {
    json!({"failure": {"Error": "States.TaskFailed", "Cause": cause}})
}

#[tokio::test]
async fn a_failed_sanitizer_is_explained_by_its_own_report() {
    let problem = json!({"code": "RowsFound", "message": "verification 1 of database shop found 3 rows"});
    let replay = Replay::new(vec![Answer::ok(report(RUN_ID, &problem))]);
    let result = ask(&replay, step("explain-sanitizer-failure", &failure("{}"))).await;
    assert_fails(
        result,
        "SanitizerFailed",
        &["(RowsFound): verification 1 of database shop found 3 rows"],
    );
}

#[tokio::test]
async fn a_problem_that_lists_a_whole_database_is_shortened() {
    let problem = json!({"code": "RulesDoNotFit", "message": "a column; ".repeat(5_000)});
    let replay = Replay::new(vec![Answer::ok(report(RUN_ID, &problem))]);
    let result = ask(&replay, step("explain-sanitizer-failure", &failure("{}"))).await;
    assert_fails(
        result,
        "SanitizerFailed",
        &[
            "(RulesDoNotFit): a column; ",
            " ... (the rest is in the report) (report: ",
        ],
    );
}

#[tokio::test]
async fn a_sanitizer_without_a_report_of_this_run_is_explained_by_ecs() {
    let killed = r#"{"StoppedReason": "Essential container in task exited",
        "Containers": [{"Name": "rds-sanitizer", "ExitCode": 137, "Reason": "OutOfMemoryError"}]}"#;
    let problem = json!({"code": "RowsFound", "message": "of another run"});
    let denied = Answer::error(403, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>");
    for answer in [
        no_object(),
        denied,
        Answer::ok(report("0", &problem)),
        Answer::ok("half a rep"),
    ] {
        let result = ask(
            &Replay::new(vec![answer]),
            step("explain-sanitizer-failure", &failure(killed)),
        )
        .await;
        assert_fails(
            result,
            "SanitizerFailed",
            &[
                "Essential container in task exited",
                "container `rds-sanitizer` was killed (exit code 137)",
                "OutOfMemoryError",
            ],
        );
    }
    let text = failure("The task could not be placed");
    let result = ask(
        &Replay::new(vec![no_object()]),
        step("explain-sanitizer-failure", &text),
    )
    .await;
    assert_fails(
        result,
        "SanitizerFailed",
        &["States.TaskFailed: The task could not be placed"],
    );
    let timed_out = json!({"failure": {"Error": "States.Timeout"}});
    let result = ask(
        &Replay::new(vec![no_object()]),
        step("explain-sanitizer-failure", &timed_out),
    )
    .await;
    assert_fails(result, "SanitizerFailed", &["States.Timeout"]);
}

#[tokio::test]
async fn the_final_snapshot_is_taken_of_our_instance_and_names_its_rules() {
    let ours = || snapshot(FINAL, "creating", &our_tags("final-snapshot"));
    let exists = Answer::query_error(400, "DBSnapshotAlreadyExists", "it exists");
    for first in [accepted("CreateDBSnapshot"), exists] {
        let replay = Replay::new(vec![temporary_instance("available", ""), first, ours()]);
        let answer = ask(&replay, step("take-final-snapshot", &json!({}))).await.unwrap();
        assert_eq!(answer, json!({"snapshot": FINAL, "arn": FINAL_ARN}));
        let create = format!(
            "Action=CreateDBSnapshot&DBSnapshotIdentifier={FINAL}&DBInstanceIdentifier={TEMPORARY}{}",
            request_tags("final-snapshot")
        );
        assert_eq!(requests(&replay)[1], create);
    }
    let foreign = Replay::new(vec![instance(TEMPORARY, "available", "")]);
    assert_fails(
        ask(&foreign, step("take-final-snapshot", &json!({}))).await,
        "NotOwned",
        &[],
    );
    assert_eq!(foreign.requests().len(), 1);
}

/// The last request of `share`.
fn release() -> String {
    "Action=AddTagsToResource&ResourceName=arn%3Aaws%3Ards%3Aus-east-1%3A123456789012%3Asnapshot%3Afinal\
     &Tags.Tag.1.Key=wrasse%3Areleased&Tags.Tag.1.Value=true&Tags.Tag.2.Key=wrasse%3Astack&Tags.Tag.2.Value=wrasse"
        .to_owned()
}

#[tokio::test]
async fn a_proven_final_snapshot_is_shared_as_often_as_it_is_asked() {
    let mut answers = vec![snapshot(FINAL, "available", &our_tags("final-snapshot"))];
    answers.extend(evidence());
    answers.push(accepted("ModifyDBSnapshotAttribute"));
    answers.push(accepted("AddTagsToResource"));
    for _ in 0..2 {
        let replay = Replay::new(answers.clone());
        let answer = ask(&replay, step("share", &json!({}))).await.unwrap();
        assert_eq!(answer, json!({"shared_with": ["210987654321", "345678901234"]}));
        let share = format!(
            "Action=ModifyDBSnapshotAttribute&DBSnapshotIdentifier={FINAL}&AttributeName=restore\
             &ValuesToAdd.AttributeValue.1=210987654321&ValuesToAdd.AttributeValue.2=345678901234"
        );
        assert_eq!(requests(&replay)[3..], [share, release()]);
    }
}

#[tokio::test]
async fn nothing_is_shared_without_accounts_without_proof_or_before_it_is_available() {
    let mut nobody = step("share", &json!({}));
    nobody["run"]["share_with"] = json!([]);
    let mut answers = vec![snapshot(FINAL, "available", &our_tags("final-snapshot"))];
    answers.extend(evidence());
    answers.push(accepted("AddTagsToResource"));
    let replay = Replay::new(answers);
    assert_eq!(ask(&replay, nobody).await.unwrap(), json!({"shared_with": []}));
    assert_eq!(requests(&replay)[3..], [release()]);

    let ours = |status| snapshot(FINAL, status, &our_tags("final-snapshot"));
    let report = report(RUN_ID, &Value::Null);
    let cases = [
        (vec![snapshot(FINAL, "available", "")], "NotOwned"),
        (vec![ours("creating")], "NotReady"),
        (vec![no_snapshot()], "ResourceFailed"),
        (
            vec![ours("available"), no_object(), Answer::ok(report.clone())],
            "EvidenceRejected",
        ),
        (
            vec![ours("available"), manifest("0", &report), Answer::ok(report)],
            "EvidenceRejected",
        ),
    ];
    for (answers, name) in cases {
        let replay = Replay::new(answers);
        assert_fails(ask(&replay, step("share", &json!({}))).await, name, &[]);
        assert!(
            replay
                .requests()
                .iter()
                .all(|request| !request.contains("ModifyDBSnapshotAttribute"))
        );
    }
}
