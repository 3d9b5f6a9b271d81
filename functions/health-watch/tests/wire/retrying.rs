use serde_json::json;

use crate::aws::{Answer, Aws, issue, page, published, refused};
use crate::{
    answer, block, changed, claimed, closing, failed, outcome, outcomes, query, recorded, retried, stage, update,
    waiting,
};

#[tokio::test(start_paused = true)]
async fn what_its_claimer_left_is_taken_up() {
    let running = || stage(("e-1", "InProgress"), ("a-2", "InProgress"));
    let aws = closing(block(&claimed(3)), vec![running(), changed(), changed(), published()]);
    answer(&aws, &update("closed")).await.unwrap();
    assert_eq!(outcome(&aws).0, "resumed");

    let aws = closing(
        block(&claimed(3)),
        vec![failed(), changed(), retried(), changed(), published()],
    );
    answer(&aws, &update("closed")).await.unwrap();
    assert_eq!(outcome(&aws).0, "resumed");

    // Blocked again since: it is only looked at.
    for (state, then) in [(failed(), vec![]), (running(), vec![changed(), changed(), published()])] {
        let open = page(&[issue("2", &json!({}))], None);
        let before = vec![recorded(), query(&[block(&claimed(3))]), open, state];
        let aws = Aws::new([before, then].concat());
        answer(&aws, &update("closed")).await.unwrap();
        aws.calls();
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_codepipeline_refuses_is_settled_by_what_is_there_then() {
    let refusal = |code| refused("RetryStageExecution", 400, code);
    let cases = [
        (
            "NotLatestPipelineExecutionException",
            stage(("e-2", "InProgress"), ("a-9", "InProgress")),
            ("settled", "a newer execution is in the stage"),
            false,
        ),
        (
            "StageNotRetryableException",
            failed(),
            (
                "settled",
                "CodePipeline does not retry it (StageNotRetryableException: in words (AWS request id req-1))",
            ),
            true,
        ),
        (
            "PipelineNotFoundException",
            refused("GetPipelineState", 400, "PipelineNotFoundException"),
            ("settled", "the pipeline or its stage is gone, or has another name"),
            true,
        ),
        // The SDK tried again because an answer was lost: it was this function that retried it.
        (
            "StageNotRetryableException",
            stage(("e-1", "InProgress"), ("a-2", "InProgress")),
            ("resumed", "nothing blocks it any more"),
            true,
        ),
    ];
    for (code, state, (expected, reason), told) in cases {
        let mut steps = vec![failed(), changed(), refusal(code), state, changed()];
        steps.extend(told.then(published));
        let aws = closing(waiting(), steps);
        answer(&aws, &update("closed")).await.unwrap();
        assert_eq!(outcome(&aws), (expected.to_owned(), reason.to_owned()), "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_of_which_nobody_knows_stays_claimed_and_is_an_error() {
    let retry = "RetryStageExecution";
    for unclear in [
        refused(retry, 400, "ConflictException"),
        refused(retry, 400, "ThrottlingException"),
        refused(retry, 500, "InternalFailure"),
        refused(retry, 400, "AccessDeniedException"),
        (retry, Answer::Lost),
    ] {
        let aws = closing(waiting(), vec![failed(), changed(), unclear]);
        let (name, message) = answer(&aws, &update("closed")).await.unwrap_err();
        assert_eq!(name, "ServiceUnavailable");
        assert!(
            message.contains("retrying the execution e-1 of the pipeline shop: "),
            "{message}"
        );
        assert!(outcomes(&aws).is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn one_pipeline_that_cannot_be_read_does_not_keep_another_waiting() {
    let other = block(&json!({"sk": {"S": "billing#e-1#a-1"}, "pipeline": {"S": "billing"}}));
    let aws = Aws::new([
        recorded(),
        query(&[waiting(), json!({"pk": {"S": "BLOCK"}, "sk": {"S": "odd"}}), other]),
        page(&[], None),
        query(&[]),
        refused("GetPipelineState", 400, "AccessDeniedException"),
        failed(),
        changed(),
        retried(),
        changed(),
        published(),
    ]);
    let (name, message) = answer(&aws, &update("closed")).await.unwrap_err();
    assert_eq!(name, "ServiceUnavailable");
    assert!(
        message.contains("looking at the execution e-1 of the pipeline shop: AccessDenied"),
        "{message}"
    );
    assert_eq!(aws.the("RetryStageExecution")["pipelineName"], "billing");
}

#[tokio::test(start_paused = true)]
async fn an_outcome_that_is_not_written_is_an_error_and_a_lost_notice_is_not() {
    let aws = closing(
        waiting(),
        vec![failed(), changed(), retried(), ("UpdateItem", Answer::Lost)],
    );
    let (name, message) = answer(&aws, &update("closed")).await.unwrap_err();
    assert_eq!(name, "ServiceUnavailable");
    assert!(
        message.contains("writing down the outcome of the execution e-1"),
        "{message}"
    );
    aws.calls();

    let aws = closing(
        waiting(),
        vec![failed(), changed(), retried(), changed(), ("Publish", Answer::Lost)],
    );
    answer(&aws, &update("closed")).await.unwrap();
    aws.calls();
}
