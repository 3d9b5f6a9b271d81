use serde_json::json;

use crate::aws::{Aws, Step, issue, page, published};
use crate::{answer, event, failed, failure, no_override, query, shop, succeeded, success};

/// 11:00 and 11:31, and an hour before that.
const AN_HOUR_AGO: &str = r#"{"since":1795172400}"#;
const LATELY: &str = r#"{"since":1795174260}"#;

fn held() -> String {
    shop(r#""on_event": "hold", "max_hold_minutes": 60"#)
}

fn blocked() -> Vec<Step> {
    vec![page(&[issue("1", &json!({}))], None), no_override()]
}

#[tokio::test(start_paused = true)]
async fn the_first_time_a_deployment_is_held_people_are_told() {
    let aws = Aws::new([blocked(), vec![succeeded(), published()]].concat());
    answer(&aws, &event(&held(), None)).await.unwrap();
    let body = success(&aws);
    assert_eq!(body["continuationToken"], r#"{"since":1795176000}"#);
    assert_eq!(body.get("outputVariables"), None);
    let summary = body["executionDetails"]["summary"].as_str().unwrap();
    assert!(
        summary.starts_with(
            "Held since 2026-11-20 12:00 UTC, until 2026-11-20 13:00 UTC at most. An event of AWS Health blocks"
        ),
        "{summary}"
    );
    let notice = aws.the("Publish");
    assert!(
        notice
            .as_str()
            .unwrap()
            .contains("Subject=health-gate holds pipeline shop"),
        "{notice}"
    );
}

#[tokio::test(start_paused = true)]
async fn asked_again_it_is_held_on_from_when_it_began_and_nobody_is_told() {
    let aws = Aws::new([blocked(), vec![succeeded()]].concat());
    answer(&aws, &event(&held(), Some(LATELY))).await.unwrap();
    assert_eq!(success(&aws)["continuationToken"], LATELY);
}

#[tokio::test(start_paused = true)]
async fn it_goes_on_when_the_event_is_closed() {
    let aws = Aws::new([page(&[], None), query(&[]), succeeded(), published()]);
    answer(&aws, &event(&held(), Some(LATELY))).await.unwrap();
    let body = success(&aws);
    assert_eq!(body["outputVariables"]["Decision"], "clear");
    assert_eq!(body.get("continuationToken"), None);
    let notice = aws.the("Publish");
    assert!(
        notice
            .as_str()
            .unwrap()
            .contains("Subject=health-gate resumed pipeline shop"),
        "{notice}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_held_for_its_time_fails_and_a_token_of_nobody_counts_as_that() {
    for token in [AN_HOUR_AGO, "somebody else's", "{}"] {
        let aws = Aws::new([blocked(), vec![failed(), published()]].concat());
        answer(&aws, &event(&held(), Some(token))).await.unwrap();
        let (kind, message) = failure(&aws);
        assert_eq!(kind, "JobFailed");
        assert!(
            message.starts_with("Given up: held for 60 minutes, which is the most"),
            "{message}"
        );
        let notice = aws.the("Publish");
        assert!(
            notice
                .as_str()
                .unwrap()
                .contains("Subject=health-gate gave up on pipeline shop"),
            "{notice}"
        );
    }
}
