use serde_json::json;

use crate::aws::{Aws, Step, issue, ok, page, published, refused};
use crate::{
    answer, event, failed, failure, no_override, query, running, shop, succeeded, success, throttled, written,
};

#[tokio::test(start_paused = true)]
async fn a_deployment_that_nothing_blocks_passes_with_three_calls_and_no_notice() {
    let closed = issue("1", &json!({"endTime": 1_795_174_000.5}));
    let elsewhere = issue("2", &json!({"region": "eu-west-1"}));
    let aws = Aws::new([page(&[closed, elsewhere], None), query(&[]), succeeded()]);
    answer(&aws, &event(&shop(""), None)).await.unwrap();
    let body = success(&aws);
    let expected =
        json!({"Decision": "clear", "BlockingEvents": "", "CheckedAt": "2026-11-20T12:00:00Z", "Source": "api"});
    assert_eq!(body["outputVariables"], expected);
    assert_eq!(body.get("continuationToken"), None);
}

#[tokio::test(start_paused = true)]
async fn a_block_is_written_down_before_the_job_fails_and_told_afterwards() {
    let parameters = shop(r#""max_hold_minutes": 60"#);
    let aws = Aws::new([
        page(&[issue("1", &json!({}))], None),
        no_override(),
        running(&parameters),
        written(),
        failed(),
        published(),
    ]);
    answer(&aws, &event(&parameters, None)).await.unwrap();
    let (kind, message) = failure(&aws);
    assert_eq!(kind, "JobFailed");
    assert_eq!(
        message,
        "An event of AWS Health blocks this deployment (by the Health API): EC2 issue AWS_EC2_OPERATIONAL_ISSUE in us-east-1, \
         open since 2026-11-20 11:00 UTC. See https://health.aws.amazon.com/health/home. The stage is retried by itself when \
         that is over."
    );
    let block = aws.the("PutItem");
    assert_eq!(block["ConditionExpression"], "attribute_not_exists(#pk)");
    let item = &block["Item"];
    for (name, expected) in [
        ("pk", "BLOCK"),
        ("sk", "shop#e-1#a-1"),
        ("stage", "Gate"),
        ("action", "Health"),
        ("source", "api"),
        ("state", "waiting"),
    ] {
        assert_eq!(item[name]["S"], expected, "{name}");
    }
    assert_eq!(item["blocked_at"]["N"], "1795176000000");
    assert_eq!(item["until"]["N"], "1795179600000");
    let notice = aws.the("Publish");
    assert!(
        notice
            .as_str()
            .unwrap()
            .contains("Subject=health-gate blocked pipeline shop"),
        "{notice}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_block_that_cannot_be_resumed_by_itself_says_why() {
    let list = "ListActionExecutions";
    let other = "no action of this gate is in progress in the execution e-1 of the pipeline shop: are `pipeline` and \
                 `execution` this pipeline's?";
    let cases: [(String, Vec<Step>, &str); 6] = [
        (
            "{}".to_owned(),
            vec![],
            "UserParameters name no `pipeline` and `execution`.",
        ),
        (
            shop(""),
            vec![no_override(), refused(list, 400, "PipelineNotFoundException")],
            other,
        ),
        (
            shop(""),
            vec![no_override(), refused(list, 400, "PipelineExecutionNotFoundException")],
            other,
        ),
        (
            shop(""),
            vec![no_override(), ok(list, &json!({"actionExecutionDetails": []}))],
            other,
        ),
        (
            shop(""),
            vec![no_override(), refused(list, 400, "AccessDeniedException")],
            "the pipeline shop could not be read (AccessDeniedException: in words (AWS request id req-1)).",
        ),
        (
            shop(""),
            vec![no_override(), running(&shop("")), throttled("PutItem")],
            "it could not be written down (ThrottlingException: in words (AWS request id req-1)).",
        ),
    ];
    for (parameters, steps, expected) in cases {
        let first = page(&[issue("1", &json!({}))], None);
        let aws = Aws::new([vec![first], steps, vec![failed(), published()]].concat());
        answer(&aws, &event(&parameters, None)).await.unwrap();
        let (_, message) = failure(&aws);
        let expected = format!("Retry the stage by hand when that is over: {expected}");
        assert!(message.ends_with(&expected), "{message}");
        let notice = aws.the("Publish");
        assert!(notice.as_str().unwrap().contains("blocked"), "{notice}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_block_that_is_there_already_is_as_good() {
    let parameters = shop("");
    let aws = Aws::new([
        page(&[issue("1", &json!({}))], None),
        no_override(),
        running(&parameters),
        refused("PutItem", 400, "ConditionalCheckFailedException"),
        failed(),
        published(),
    ]);
    answer(&aws, &event(&parameters, None)).await.unwrap();
    assert!(
        failure(&aws)
            .1
            .ends_with("The stage is retried by itself when that is over.")
    );
}

#[tokio::test(start_paused = true)]
async fn every_page_counts() {
    let mut steps: Vec<Step> = (0..300)
        .map(|number| page(&[], Some(&format!("page {number}"))))
        .collect();
    steps.push(page(&[issue("1", &json!({}))], None));
    steps.extend([failed(), published()]);
    let aws = Aws::new(steps);
    answer(&aws, &event("{}", None)).await.unwrap();
    assert!(failure(&aws).1.starts_with("An event of AWS Health blocks"));
}

#[tokio::test(start_paused = true)]
async fn what_health_leaves_out_blocks_and_what_nobody_asked_for_does_not() {
    let blocks = [
        json!({"region": "global"}),
        json!({"region": null}),
        json!({"statusCode": null}),
        json!({"eventTypeCategory": "disaster"}),
        json!({"eventScopeCode": "ACCOUNT_SPECIFIC"}),
    ];
    for change in blocks {
        let aws = Aws::new([page(&[issue("1", &change)], None), failed(), published()]);
        answer(&aws, &event("{}", None)).await.unwrap();
        assert_eq!(failure(&aws).0, "JobFailed", "{change}");
    }
    let passes = [
        ("{}", json!({"region": "us-east-2"})),
        ("{}", json!({"statusCode": "upcoming"})),
        ("{}", json!({"eventTypeCategory": "scheduledChange"})),
        (r#"{"services": ["LAMBDA"]}"#, json!({})),
        (
            r#"{"include_account_specific": false}"#,
            json!({"eventScopeCode": "ACCOUNT_SPECIFIC"}),
        ),
    ];
    for (parameters, change) in passes {
        let aws = Aws::new([page(&[issue("1", &change)], None), query(&[]), succeeded()]);
        answer(&aws, &event(parameters, None)).await.unwrap();
        assert_eq!(
            success(&aws)["outputVariables"]["Decision"],
            "clear",
            "{parameters} {change}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_recorded_blocks_though_the_api_does_not_say_it_yet() {
    let recorded = query(&[json!({
        "pk": {"S": "EVENT"}, "sk": {"S": "arn:aws:health:us-east-1::event/EC2/AWS_EC2_ISSUE/1"},
        "arn": {"S": "arn:aws:health:us-east-1::event/EC2/AWS_EC2_ISSUE/1"}, "region": {"S": "us-east-1"},
        "service": {"S": "EC2"}, "type_code": {"S": "AWS_EC2_ISSUE"}, "category": {"S": "issue"},
        "scope": {"S": "PUBLIC"}, "status": {"S": "open"}, "updated": {"N": "1795175000000"},
    })]);
    let aws = Aws::new([page(&[], None), recorded, failed(), published()]);
    answer(&aws, &event("{}", None)).await.unwrap();
    assert!(failure(&aws).1.starts_with("An event of AWS Health blocks"));
}

#[tokio::test(start_paused = true)]
async fn a_record_that_cannot_be_read_takes_nothing_from_what_the_api_says() {
    let aws = Aws::new([
        page(&[], None),
        refused("Query", 400, "AccessDeniedException"),
        succeeded(),
    ]);
    answer(&aws, &event("{}", None)).await.unwrap();
    assert_eq!(success(&aws)["outputVariables"]["Decision"], "clear");
}
