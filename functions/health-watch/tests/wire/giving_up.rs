use serde_json::{Value, json};

use crate::aws::{Aws, Step, issue, page, published, refused};
use crate::{MINUTE, NOON, answer, block, changed, claimed, failed, outcome, outcomes, query, recorded, stage, update};

/// A block whose time is over, with changes.
fn over(changes: &Value) -> Value {
    let mut until = json!({"until": {"N": (NOON - MINUTE).to_string()}});
    until
        .as_object_mut()
        .unwrap()
        .extend(changes.as_object().unwrap().clone());
    block(&until)
}

/// A closing that finds the block, while something else is open or nothing is.
fn found(block: &Value, open: &[Value], steps: Vec<Step>) -> Aws {
    let before = vec![recorded(), query(std::slice::from_ref(block)), page(open, None)];
    // Where Health says nothing, the record is asked, too.
    let record = open.is_empty().then(|| query(&[]));
    Aws::new([before, record.into_iter().collect(), steps].concat())
}

#[tokio::test(start_paused = true)]
async fn what_was_not_over_in_time_is_given_up_and_told_whatever_is_open() {
    let early = || stage(("e-1", "InProgress"), ("a-1", "Failed"));
    let unreadable = || refused("GetPipelineState", 400, "AccessDeniedException");
    for open in [vec![], vec![issue("2", &json!({}))]] {
        for state in [failed(), early(), unreadable()] {
            let aws = found(&over(&json!({})), &open, vec![state, changed(), changed(), published()]);
            answer(&aws, &update("closed")).await.unwrap();
            let expected = ("gave-up".to_owned(), "its events were not closed in time".to_owned());
            assert_eq!(outcome(&aws), expected);
            let notice = aws.the("Publish");
            assert!(
                notice.as_str().unwrap().contains("gave up on pipeline shop"),
                "{notice}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_ended_otherwise_is_not_given_up() {
    let superseded = stage(("e-2", "Failed"), ("a-9", "Failed"));
    let aws = found(&over(&json!({})), &[], vec![superseded, changed(), changed()]);
    answer(&aws, &update("closed")).await.unwrap();
    assert_eq!(outcome(&aws).0, "settled");
}

#[tokio::test(start_paused = true)]
async fn a_pipeline_that_cannot_be_read_just_now_is_looked_at_later() {
    let aws = found(
        &over(&json!({})),
        &[],
        vec![refused("GetPipelineState", 400, "ThrottlingException")],
    );
    assert_eq!(
        answer(&aws, &update("closed")).await.unwrap_err().0,
        "ServiceUnavailable"
    );
    assert!(outcomes(&aws).is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_was_claimed_is_given_up_only_when_its_claimer_is_dead_and_did_not_retry_it() {
    let aws = found(&over(&claimed(1)), &[], vec![]);
    answer(&aws, &update("closed")).await.unwrap();
    aws.calls();

    let aws = found(
        &over(&claimed(3)),
        &[],
        vec![failed(), changed(), changed(), published()],
    );
    answer(&aws, &update("closed")).await.unwrap();
    assert_eq!(outcome(&aws).0, "gave-up");

    let retried = stage(("e-1", "Failed"), ("a-2", "Failed"));
    let aws = found(
        &over(&claimed(3)),
        &[],
        vec![retried, changed(), changed(), published()],
    );
    answer(&aws, &update("closed")).await.unwrap();
    assert_eq!(outcome(&aws).0, "resumed");
}
