use serde_json::{Value, json};

use crate::aws::{Answer, Aws, Step, health_error, issue, page, published};
use crate::{
    answer, event, failed, failure, no_override, no_plan, query, running, shop, succeeded, success, throttled, written,
};

#[tokio::test(start_paused = true)]
async fn when_health_cannot_be_asked_on_api_failure_decides() {
    let said = |status, body: &[u8]| ("DescribeEvents", Answer::Said(status, body.to_vec()));
    let failures: [(&str, Vec<Step>); 7] = [
        ("throttled", vec![health_error(400, "ThrottlingException"); 2]),
        ("a fault", vec![said(500, b"oops"); 2]),
        ("no connection", vec![("DescribeEvents", Answer::Lost); 2]),
        ("no answer", vec![("DescribeEvents", Answer::Silence); 2]),
        ("not understood", vec![said(200, b"<html>")]),
        (
            "an event without an ARN",
            vec![page(&[issue("1", &json!({"arn": null}))], None)],
        ),
        ("refused", vec![health_error(403, "AccessDeniedException")]),
    ];
    for (case, asked) in failures {
        for on_event in ["fail", "hold"] {
            let allow = shop(&format!(r#""on_event": "{on_event}", "on_api_failure": "allow""#));
            let aws = Aws::new([asked.clone(), vec![succeeded()]].concat());
            answer(&aws, &event(&allow, None)).await.unwrap();
            let variables = &success(&aws)["outputVariables"];
            assert_eq!(
                (&variables["Decision"], &variables["Source"]),
                (&json!("unchecked"), &json!("none")),
                "{case}"
            );

            let block = shop(&format!(r#""on_event": "{on_event}""#));
            let then = match on_event {
                "fail" => vec![no_override(), running(&block), written(), failed(), published()],
                _ => vec![no_override(), succeeded(), published()],
            };
            let aws = Aws::new([asked.clone(), then].concat());
            answer(&aws, &event(&block, None)).await.unwrap();
            if on_event == "fail" {
                let (kind, message) = failure(&aws);
                assert_eq!(kind, "SystemUnavailable", "{case}");
                assert!(
                    message.starts_with("It is not known whether AWS has an incident: "),
                    "{case}: {message}"
                );
            } else {
                assert!(success(&aws)["continuationToken"].is_string(), "{case}");
            }
        }
    }
}

fn recorded(id: &str, region: &str) -> Value {
    let arn = format!("arn:aws:health:{region}::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/{id}");
    json!({
        "pk": {"S": "EVENT"}, "sk": {"S": arn}, "arn": {"S": arn}, "region": {"S": region}, "service": {"S": "EC2"},
        "type_code": {"S": "AWS_EC2_OPERATIONAL_ISSUE"}, "category": {"S": "issue"}, "scope": {"S": "PUBLIC"},
        "status": {"S": "open"}, "updated": {"N": "1795174200000"},
    })
}

fn heard(region: &str, milliseconds: i64) -> Value {
    json!({"pk": {"S": "FORWARDER"}, "sk": {"S": region}, "seen": {"N": milliseconds.to_string()}})
}

#[tokio::test(start_paused = true)]
async fn without_a_support_plan_the_recorded_events_count() {
    let lately = 1_795_176_000_000 - 60_000;
    let home = heard("us-east-1", lately);
    let passes = [vec![], vec![recorded("1", "eu-west-1")]];
    for events in passes {
        let aws = Aws::new([
            no_plan(),
            query(&events),
            query(std::slice::from_ref(&home)),
            succeeded(),
        ]);
        answer(&aws, &event("{}", None)).await.unwrap();
        let body = success(&aws);
        assert_eq!(body["outputVariables"]["Source"], "events");
        let summary = body["executionDetails"]["summary"].as_str().unwrap();
        assert!(summary.contains("as this account has no support plan"), "{summary}");
    }
    for region in ["us-east-1", "global"] {
        let aws = Aws::new([
            no_plan(),
            query(&[recorded("1", region)]),
            query(&[]),
            failed(),
            published(),
        ]);
        answer(&aws, &event("{}", None)).await.unwrap();
        let (kind, message) = failure(&aws);
        assert_eq!(kind, "JobFailed");
        assert!(
            message.contains("by the events that health-watch recorded"),
            "{message}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_region_of_which_nothing_is_heard_is_not_known() {
    let long_ago = 1_795_176_000_000 - 31 * 60_000;
    for forwarders in [vec![], vec![heard("us-east-1", long_ago)]] {
        let asked = || vec![no_plan(), query(&[]), query(&forwarders)];
        let aws = Aws::new([asked(), vec![failed(), published()]].concat());
        answer(&aws, &event("{}", None)).await.unwrap();
        let (kind, message) = failure(&aws);
        assert_eq!(kind, "SystemUnavailable");
        assert!(
            message.contains("nothing was heard of AWS Health in us-east-1 for 30 minutes"),
            "{message}"
        );

        let aws = Aws::new([asked(), vec![succeeded()]].concat());
        answer(&aws, &event(r#"{"on_api_failure": "allow"}"#, None))
            .await
            .unwrap();
        assert_eq!(success(&aws)["outputVariables"]["Decision"], "unchecked");
    }
    let aws = Aws::new([no_plan(), throttled("Query"), throttled("Query"), failed(), published()]);
    answer(&aws, &event("{}", None)).await.unwrap();
    assert_eq!(failure(&aws).0, "SystemUnavailable");
}
