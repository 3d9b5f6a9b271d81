use serde_json::{Value, json};

use crate::aws::{Answer, Aws, Step, health_error, issue, page, refused};
use crate::{ARN, NOON, answer, block, changed, failed, outcome, query, recorded, retried};

fn compare() -> Value {
    json!({"compare": true, "scheduled_time": "2026-11-20T12:00:00Z"})
}

/// The issue as the table has it, open.
fn known(updated: i64) -> Value {
    json!({
        "pk": {"S": "EVENT"}, "sk": {"S": ARN}, "arn": {"S": ARN}, "region": {"S": "us-east-1"}, "service": {"S": "EC2"},
        "type_code": {"S": "AWS_EC2_OPERATIONAL_ISSUE"}, "category": {"S": "issue"}, "scope": {"S": "PUBLIC"},
        "status": {"S": "open"}, "updated": {"N": updated.to_string()},
    })
}

/// When Health's own event was updated, to the second.
const UPDATED: i64 = 1_795_174_200_000;

/// What is recorded, then what Health says; no block waits.
fn comparison(events: &[Value], steps: Vec<Step>) -> Aws {
    let before = vec![query(events), query(&[]), query(&[])];
    Aws::new([before, steps, vec![query(&[])]].concat())
}

#[tokio::test(start_paused = true)]
async fn an_opening_that_was_missed_is_recorded() {
    let aws = comparison(&[], vec![page(&[issue("1", &json!({}))], None), recorded()]);
    answer(&aws, &compare()).await.unwrap();
    let item = &aws.the("PutItem")["Item"];
    assert_eq!((&item["sk"]["S"], &item["status"]["S"]), (&json!(ARN), &json!("open")));
}

#[tokio::test(start_paused = true)]
async fn a_closing_that_was_missed_is_recorded_and_the_block_resumed() {
    let closed = issue(
        "1",
        &json!({"statusCode": "closed", "lastUpdatedTime": 1_795_175_000.5}),
    );
    let aws = Aws::new([
        query(&[known(UPDATED)]),
        query(&[block(&json!({}))]),
        query(&[]),
        page(&[], None),
        page(&[closed], None),
        recorded(),
        query(&[block(&json!({}))]),
        page(&[], None),
        query(&[]),
        failed(),
        changed(),
        retried(),
        changed(),
        crate::aws::published(),
    ]);
    answer(&aws, &compare()).await.unwrap();
    assert_eq!(aws.the("PutItem")["Item"]["status"]["S"], "closed");
    assert_eq!(outcome(&aws).0, "resumed");
}

#[tokio::test(start_paused = true)]
async fn what_is_known_already_is_not_written_again() {
    let aws = comparison(&[known(UPDATED)], vec![page(&[issue("1", &json!({}))], None)]);
    answer(&aws, &compare()).await.unwrap();
    aws.calls();
}

#[tokio::test(start_paused = true)]
async fn what_health_has_forgotten_is_over_and_what_it_does_not_know_yet_is_not() {
    let nothing = || vec![page(&[], None), page(&[], None)];
    let aws = comparison(
        &[known(NOON - 61 * crate::MINUTE)],
        [nothing(), vec![recorded()]].concat(),
    );
    answer(&aws, &compare()).await.unwrap();
    let item = &aws.the("PutItem")["Item"];
    assert_eq!(item["status"]["S"], "closed");
    assert_eq!(item["updated"]["N"], NOON.to_string());

    let aws = comparison(&[known(NOON - 60_000)], nothing());
    answer(&aws, &compare()).await.unwrap();
    aws.calls();
}

#[tokio::test(start_paused = true)]
async fn an_account_without_a_plan_compares_nothing_and_resumes_all_the_same() {
    let aws = comparison(
        &[known(UPDATED)],
        vec![health_error(400, "SubscriptionRequiredException")],
    );
    answer(&aws, &compare()).await.unwrap();
    aws.calls();
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_compared_is_an_error_with_its_cause_and_resuming_goes_on() {
    let refusal = || health_error(403, "AccessDeniedException");
    let lost = || ("DescribeEvents", Answer::Lost);
    let cases = [
        (
            vec![refused("Query", 400, "AccessDeniedException")],
            "the recorded events could not be read: Access",
        ),
        (
            vec![query(&[]), refused("Query", 400, "AccessDeniedException")],
            "the blocks could not be read: Access",
        ),
        (
            vec![query(&[]), query(&[]), refused("Query", 400, "AccessDeniedException")],
            "the forwarders could not be read: Access",
        ),
        (
            vec![query(&[]), query(&[]), query(&[]), refusal()],
            "AWS Health could not be asked: AWS Health refused the request: AccessDenied",
        ),
        (
            vec![query(&[]), query(&[]), query(&[]), lost(), lost()],
            "AWS Health could not be asked: AWS Health cannot be asked at the moment: the request got no answer",
        ),
        (
            vec![
                query(&[known(UPDATED)]),
                query(&[]),
                query(&[]),
                page(&[], None),
                refusal(),
            ],
            "AWS Health could not be asked about recorded events: ",
        ),
    ];
    for (steps, expected) in cases {
        let aws = Aws::new([steps, vec![query(&[])]].concat());
        let (name, message) = answer(&aws, &compare()).await.unwrap_err();
        assert_eq!(name, "ServiceUnavailable");
        assert!(message.contains(expected), "{message}");
        aws.calls();
    }
}

#[tokio::test(start_paused = true)]
async fn one_event_that_is_not_recorded_does_not_keep_another_from_it() {
    let open = [issue("1", &json!({})), issue("2", &json!({}))];
    let steps = vec![
        page(&open, None),
        refused("PutItem", 400, "ThrottlingException"),
        recorded(),
    ];
    let aws = comparison(&[], steps);
    let (_, message) = answer(&aws, &compare()).await.unwrap_err();
    assert_eq!(message.matches("could not be recorded").count(), 1, "{message}");
    aws.calls();
}
