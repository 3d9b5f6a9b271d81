use serde_json::{Value, json};

use crate::aws::{Aws, Step, issue, ok, page, published, refused};
use crate::{answer, event, failed, failure, no_override, running, shop, succeeded, success, throttled, written};

fn entry(changes: &Value) -> Step {
    let mut item = json!({
        "pk": {"S": "OVERRIDE"}, "sk": {"S": "shop"}, "principal": {"S": "ada"}, "reason": {"S": "a hotfix"},
        "until": {"S": "2026-11-20T12:30:00Z"},
    });
    let changes = changes.as_object().unwrap().clone();
    item.as_object_mut().unwrap().extend(changes);
    ok("GetItem", &json!({"Item": item}))
}

fn blocked() -> Step {
    page(&[issue("1", &json!({}))], None)
}

#[tokio::test(start_paused = true)]
async fn an_override_lets_its_pipeline_pass_and_is_written_into_the_answer() {
    let parameters = shop("");
    // Where CodePipeline cannot be asked whether it is this pipeline, the name counts.
    for listed in [running(&parameters), throttled("ListActionExecutions")] {
        let aws = Aws::new([blocked(), entry(&json!({})), listed, succeeded()]);
        answer(&aws, &event(&parameters, None)).await.unwrap();
        let body = success(&aws);
        assert_eq!(body["outputVariables"]["Decision"], "overridden");
        assert_eq!(body["outputVariables"]["BlockingEvents"], issue("1", &json!({}))["arn"]);
        let summary = body["executionDetails"]["summary"].as_str().unwrap();
        let expected = "Overridden by ada until 2026-11-20 12:30 UTC: a hotfix. It would have been blocked: An event";
        assert!(summary.starts_with(expected), "{summary}");
        assert_eq!(
            aws.the("GetItem")["Key"],
            json!({"pk": {"S": "OVERRIDE"}, "sk": {"S": "shop"}})
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_held_deployment_is_let_pass_too_and_people_are_told() {
    let parameters = shop(r#""on_event": "hold""#);
    let aws = Aws::new([
        blocked(),
        entry(&json!({})),
        running(&parameters),
        succeeded(),
        published(),
    ]);
    answer(&aws, &event(&parameters, Some(r#"{"since":1795174200}"#)))
        .await
        .unwrap();
    let notice = aws.the("Publish");
    assert!(notice.as_str().unwrap().contains("overridden by ada"), "{notice}");
}

#[tokio::test(start_paused = true)]
async fn an_override_that_does_not_count_is_told_in_the_answer() {
    let parameters = shop("");
    let list = || running(&parameters);
    let nothing = || ok("ListActionExecutions", &json!({"actionExecutionDetails": []}));
    let cases: [(&str, Vec<Step>, &str); 6] = [
        (
            "expired",
            vec![
                entry(&json!({"until": {"S": "2026-11-20T12:00:00Z"}})),
                list(),
                list(),
                written(),
            ],
            "The override by ada ended 2026-11-20 12:00 UTC.",
        ),
        (
            "copied from another pipeline",
            vec![entry(&json!({})), nothing(), nothing()],
            "The override of the pipeline shop does not count: no action of this gate is in progress",
        ),
        (
            "of a pipeline that is gone",
            vec![
                entry(&json!({})),
                refused("ListActionExecutions", 400, "PipelineNotFoundException"),
                nothing(),
            ],
            "The override of the pipeline shop does not count",
        ),
        (
            "without a reason",
            vec![entry(&json!({"reason": {"S": ""}})), list(), written()],
            "the override of pipeline `shop` does not count: `reason` is empty.",
        ),
        (
            "unreadable",
            vec![throttled("GetItem"), list(), written()],
            "whether there is an override could not be read (ThrottlingException",
        ),
        (
            "none",
            vec![no_override(), list(), written()],
            "The stage is retried by itself",
        ),
    ];
    for (case, steps, expected) in cases {
        let aws = Aws::new([vec![blocked()], steps, vec![failed(), published()]].concat());
        answer(&aws, &event(&parameters, None)).await.unwrap();
        let (_, message) = failure(&aws);
        assert!(message.contains(expected), "{case}: {message}");
    }
}
