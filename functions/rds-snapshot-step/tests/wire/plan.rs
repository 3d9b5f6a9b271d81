//! `plan`.

use aws_client::replay::{Answer, Replay};
use lambda_edge::ConfigError;
use rds_snapshot_step::{Config, Function, RulesSource};
use serde_json::{Value, json};

use crate::support::*;

fn request(input: &Value) -> Value {
    json!({
        "step": "plan",
        "execution": {"id": EXECUTION, "start_time": "2026-11-20T03:05:09Z"},
        "input": input,
    })
}

fn quota(used: u32) -> Answer {
    Answer::ok(format!(
        "<DescribeAccountAttributesResponse><DescribeAccountAttributesResult><AccountQuotas><AccountQuota>\
         <AccountQuotaName>ManualSnapshots</AccountQuotaName><Used>{used}</Used><Max>100</Max></AccountQuota>\
         </AccountQuotas></DescribeAccountAttributesResult></DescribeAccountAttributesResponse>"
    ))
}

fn good_answers() -> Vec<Answer> {
    vec![
        instance("shop", "available", ""),
        no_snapshot(),
        quota(7),
        accepted("DescribeDBSubnetGroups"),
        Answer::ok(""),
    ]
}

#[tokio::test]
async fn a_good_plan_names_everything_and_freezes_the_rules() {
    let replay = Replay::new(good_answers());
    assert_eq!(ask(&replay, request(&json!({}))).await.unwrap(), run());
    let requests = requests(&replay);
    assert_eq!(
        requests[..4],
        [
            "Action=DescribeDBInstances&DBInstanceIdentifier=shop".to_owned(),
            format!("Action=DescribeDBSnapshots&DBSnapshotIdentifier={FINAL}"),
            "Action=DescribeAccountAttributes".to_owned(),
            "Action=DescribeDBSubnetGroups&DBSubnetGroupName=private".to_owned(),
        ]
    );
    let put =
        format!("PUT https://evidence.s3.us-east-1.amazonaws.com/runs/{RUN_ID}/rules.yaml?x-id=PutObject\n{RULES}");
    assert_eq!(requests[4..], [put]);
    assert!(replay.is_used_up());
}

#[tokio::test]
async fn a_repeated_plan_is_the_same_plan() {
    let (first, second) = (Replay::new(good_answers()), Replay::new(good_answers()));
    let answer = ask(&first, request(&json!({}))).await;
    assert_eq!(ask(&second, request(&json!({}))).await, answer);
    assert_eq!(second.requests(), first.requests());
}

#[tokio::test]
async fn a_rejected_plan_reports_all_problems_and_writes_nothing() {
    let replay = Replay::new(vec![
        no_instance(),
        snapshot(FINAL, "available", &tags(&[("wrasse:stack", "another")])),
        quota(99),
        Answer::query_error(404, "DBSubnetGroupNotFoundFault", "no such group"),
    ]);
    let result = ask(&replay, request(&json!({"target": "x"}))).await;
    assert_fails(
        result,
        "PlanRejected",
        &[
            "the run cannot start. (1)",
            "input has `target`",
            "no DB instance `shop` in account 123456789012",
            &format!("A snapshot named `{FINAL}` exists"),
            "99 of at most 100 manual snapshots",
            "subnet group `private` does not exist",
            "(5)",
        ],
    );
    assert!(replay.requests().iter().all(|request| !request.starts_with("PUT")));
}

#[tokio::test]
async fn what_aws_refuses_to_say_is_one_problem_among_the_others() {
    let mut answers = good_answers();
    answers[0] = no_instance();
    answers[2] = Answer::query_error(403, "AccessDenied", "not authorized");
    let result = ask(&Replay::new(answers), request(&json!({}))).await;
    assert_fails(
        result,
        "PlanRejected",
        &["no DB instance `shop`", "quota of manual snapshots: AccessDenied"],
    );
}

#[tokio::test]
async fn rules_in_s3_are_read_and_bad_ones_reject_the_plan() {
    let read = |answer: Answer| {
        let mut answers = good_answers();
        answers.insert(4, answer);
        Replay::new(answers)
    };
    let config = Config {
        rules: RulesSource::S3 {
            bucket: "rules".into(),
            key: "shop.yaml".into(),
        },
        ..config()
    };
    let ask = async |replay: &Replay| ask_with(config.clone(), replay, request(&json!({}))).await;

    let replay = read(Answer::ok(RULES));
    assert_eq!(ask(&replay).await.unwrap(), run());
    assert_eq!(
        replay.requests()[4],
        "GET https://rules.s3.us-east-1.amazonaws.com/shop.yaml?x-id=GetObject"
    );

    let missing = Answer::error(404, "<Error><Code>NoSuchKey</Code><Message>none</Message></Error>");
    assert_fails(
        ask(&read(missing)).await,
        "PlanRejected",
        &["no object s3://rules/shop.yaml"],
    );
    let denied = Answer::error(403, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>");
    assert_fails(
        ask(&read(denied)).await,
        "PlanRejected",
        &["read the rules document s3://rules/shop.yaml: AccessD"],
    );
    let unknown_key = Answer::ok(RULES.replace("sql:", "sqll:"));
    assert_fails(ask(&read(unknown_key)).await, "PlanRejected", &["sqll", "databases[0]"]);
    let unreadable = Answer::ok("version: [1");
    assert_fails(
        ask(&read(unreadable)).await,
        "PlanRejected",
        &["rules document is not usable"],
    );
}

#[tokio::test]
async fn a_throttled_plan_is_tried_again() {
    let replay = Replay::new(vec![Answer::query_error(400, "Throttling", "Rate exceeded")]);
    let result = ask(&replay, request(&json!({}))).await;
    assert_fails(
        result,
        "ServiceUnavailable",
        &["describe the source instance `shop`: Throttling: Rate exceeded"],
    );
}

#[tokio::test]
async fn a_bad_configuration_is_an_answer_in_words() {
    let replay = Replay::new(vec![]);
    let problems = vec![
        "STACK_NAME is missing".to_owned(),
        "EVIDENCE_BUCKET is missing".to_owned(),
    ];
    let function = Function::new(Err(ConfigError { problems }), &replay.sdk_config());
    let error = function.answer(request(&json!({}))).await.unwrap_err();
    assert_eq!(error.name(), "InvalidConfiguration");
    assert!(
        error
            .to_string()
            .contains("STACK_NAME is missing; EVIDENCE_BUCKET is missing"),
        "{error}"
    );
}

#[tokio::test]
async fn a_bad_event_is_an_invalid_request() {
    let result = ask(
        &Replay::new(vec![]),
        json!({"step": "plan", "execution": {"id": "x"}, "input": {}}),
    )
    .await;
    assert_fails(result, "InvalidRequest", &["start_time"]);
}
