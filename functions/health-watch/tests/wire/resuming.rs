use serde_json::{Value, json};

use crate::aws::{Answer, Aws, health_error, issue, ok, page, published, refused};
use crate::{
    answer, block, changed, claimed, closing, failed, lost_to_another, outcome, outcomes, query, recorded, retried,
    stage, update, waiting,
};

#[tokio::test(start_paused = true)]
async fn when_the_last_event_closes_exactly_the_blocked_action_is_retried_once() {
    let aws = closing(waiting(), vec![failed(), changed(), retried(), changed(), published()]);
    answer(&aws, &update("closed")).await.unwrap();
    let expected = json!({
        "pipelineName": "shop", "stageName": "Gate", "pipelineExecutionId": "e-1", "retryMode": "FAILED_ACTIONS",
    });
    assert_eq!(aws.the("RetryStageExecution"), expected);
    assert_eq!(
        outcome(&aws),
        ("resumed".to_owned(), "nothing blocks it any more".to_owned())
    );
    let notice = aws.the("Publish");
    let notice = notice.as_str().unwrap();
    assert!(notice.contains("Subject=health-gate resumed pipeline shop"), "{notice}");
    assert!(notice.contains("It had been blocked%3A EC2 has an issue"), "{notice}");
}

#[tokio::test(start_paused = true)]
async fn while_another_incident_blocks_nothing_is_retried() {
    let second = issue("2", &json!({}));
    let aws = Aws::new([recorded(), query(&[waiting()]), page(&[second], None)]);
    answer(&aws, &update("closed")).await.unwrap();
    assert!(outcomes(&aws).is_empty());
}

#[tokio::test(start_paused = true)]
async fn while_nobody_knows_nothing_is_retried() {
    for asked in [
        vec![health_error(403, "AccessDeniedException")],
        vec![("DescribeEvents", Answer::Silence); 2],
    ] {
        let aws = Aws::new([vec![recorded(), query(&[waiting()])], asked].concat());
        answer(&aws, &update("closed")).await.unwrap();
        assert!(outcomes(&aws).is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_plan_the_recorded_events_say_whether_something_blocks() {
    let heard = json!({"pk": {"S": "FORWARDER"}, "sk": {"S": "us-east-1"}, "seen": {"N": crate::NOON.to_string()}});
    let start = |events: &[Value], forwarders: &[Value]| {
        let no_plan = health_error(400, "SubscriptionRequiredException");
        vec![
            recorded(),
            query(&[waiting()]),
            no_plan,
            query(events),
            query(forwarders),
        ]
    };
    let resumed = vec![failed(), changed(), retried(), changed(), published()];
    let aws = Aws::new([start(&[], &[heard]), resumed].concat());
    answer(&aws, &update("closed")).await.unwrap();
    assert_eq!(outcome(&aws).0, "resumed");

    let aws = Aws::new(start(&[], &[]));
    answer(&aws, &update("closed")).await.unwrap();
    assert!(outcomes(&aws).is_empty());
}

#[tokio::test(start_paused = true)]
async fn deployments_that_wait_for_the_same_ask_health_once() {
    let other = block(&json!({"sk": {"S": "shop#e-1#a-2"}, "action_execution": {"S": "a-2"}}));
    let aws = Aws::new([
        recorded(),
        query(&[waiting(), other]),
        page(&[], None),
        query(&[]),
        failed(),
        changed(),
        retried(),
        changed(),
        published(),
        stage(("e-1", "InProgress"), ("a-3", "InProgress")),
        changed(),
        changed(),
    ]);
    answer(&aws, &update("closed")).await.unwrap();
    let states: Vec<String> = outcomes(&aws).into_iter().map(|(state, _)| state).collect();
    assert_eq!(states, ["resumed", "settled"]);
}

#[tokio::test(start_paused = true)]
async fn what_somebody_did_otherwise_is_settled_quietly() {
    let cases = [
        (
            stage(("e-2", "Failed"), ("a-9", "Failed")),
            "a newer execution is in the stage",
        ),
        (
            stage(("e-1", "Stopped"), ("a-1", "Failed")),
            "the execution was stopped",
        ),
        (
            stage(("e-1", "Stopping"), ("a-1", "Failed")),
            "the execution was stopped",
        ),
        (
            stage(("e-1", "Failed"), ("a-1", "Abandoned")),
            "the execution was stopped",
        ),
        (
            stage(("e-1", "InProgress"), ("a-2", "InProgress")),
            "somebody else retried it",
        ),
        (stage(("e-1", "Failed"), ("a-2", "Failed")), "somebody else retried it"),
        (
            stage(("e-1", "Succeeded"), ("a-1", "Succeeded")),
            "the action did not fail after all",
        ),
    ];
    for (state, expected) in cases {
        let aws = closing(waiting(), vec![state, changed(), changed()]);
        answer(&aws, &update("closed")).await.unwrap();
        assert_eq!(outcome(&aws), ("settled".to_owned(), expected.to_owned()));
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_retried_any_more_is_told() {
    let state = |stages: Value| ok("GetPipelineState", &json!({"stageStates": stages}));
    let gone = "the pipeline or its stage is gone, or has another name";
    let renamed = json!([{"stageName": "Gate", "latestExecution": {"pipelineExecutionId": "e-1", "status": "Failed"},
        "actionStates": [{"actionName": "NewName"}]}]);
    let cases = [
        (refused("GetPipelineState", 400, "PipelineNotFoundException"), gone),
        (state(json!([])), gone),
        (state(json!([{"stageName": "Other"}])), gone),
        (state(json!([{"stageName": "Gate", "actionStates": []}])), gone),
        (state(renamed), "the action is gone, or has another name"),
        (
            stage(("e-1", "Cancelled"), ("a-1", "Failed")),
            "the pipeline was changed in between",
        ),
    ];
    for (state, expected) in cases {
        let aws = closing(waiting(), vec![state, changed(), changed(), published()]);
        answer(&aws, &update("closed")).await.unwrap();
        assert_eq!(outcome(&aws), ("settled".to_owned(), expected.to_owned()));
        let notice = aws.the("Publish");
        assert!(
            notice.as_str().unwrap().contains("gave up on pipeline shop"),
            "{notice}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_still_runs_is_left_for_the_next_look() {
    for state in [
        stage(("e-1", "InProgress"), ("a-1", "InProgress")),
        stage(("e-1", "InProgress"), ("a-1", "Failed")),
    ] {
        let aws = closing(waiting(), vec![state]);
        answer(&aws, &update("closed")).await.unwrap();
        aws.calls();
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_loses_the_claim_does_and_tells_nothing() {
    for state in [failed(), stage(("e-1", "InProgress"), ("a-2", "InProgress"))] {
        let aws = closing(waiting(), vec![state, lost_to_another()]);
        answer(&aws, &update("closed")).await.unwrap();
        assert!(outcomes(&aws).is_empty());
    }
    // A fresh claim is not even looked at.
    let aws = closing(block(&claimed(1)), vec![]);
    answer(&aws, &update("closed")).await.unwrap();
    aws.calls();
}

#[tokio::test(start_paused = true)]
async fn an_outcome_that_is_there_already_is_not_told_again() {
    let aws = closing(waiting(), vec![failed(), changed(), retried(), lost_to_another()]);
    answer(&aws, &update("closed")).await.unwrap();
    aws.calls();
}
