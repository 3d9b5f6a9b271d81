use std::time::Duration;

use aws_client::ServerTime;
use health_gate::{Config, Function};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::aws::{Answer, Aws, Step, issue, page, published, refused};
use crate::{
    answer, answer_within, event, failed, failure, no_override, noon, query, running, shop, succeeded, success, written,
};

#[tokio::test(start_paused = true)]
async fn bad_parameters_fail_the_job_in_words_and_ask_nobody() {
    for (parameters, expected) in [
        ("", "has no UserParameters"),
        ("us-east-1", "are not JSON"),
        ("[]", "are a list"),
        (r#"{"region": "us-east-1"}"#, "\"region\", which is not known"),
        (r#"{"max_hold_minutes": "60"}"#, "wrong at the key \"max_hold_minutes\""),
    ] {
        // Whether a forwarder proves a region is asked where the parameters are wrong.
        let aws = Aws::new([query(&[]), failed()]);
        answer(&aws, &event(parameters, None)).await.unwrap();
        let (kind, message) = failure(&aws);
        assert_eq!(kind, "ConfigurationError");
        assert!(message.contains(expected), "{message}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_region_that_is_new_at_aws_is_known_once_its_forwarder_was_heard() {
    let parameters = r#"{"regions": ["eu-north-9"]}"#;
    let heard = json!({"pk": {"S": "FORWARDER"}, "sk": {"S": "eu-north-9"}, "seen": {"N": "1795176000000"}});
    let aws = Aws::new([query(&[heard]), page(&[], None), query(&[]), succeeded()]);
    answer(&aws, &event(parameters, None)).await.unwrap();
    assert_eq!(success(&aws)["outputVariables"]["Decision"], "clear");

    let aws = Aws::new([refused("Query", 400, "AccessDeniedException"), failed()]);
    answer(&aws, &event(parameters, None)).await.unwrap();
    assert!(failure(&aws).1.contains("unknown region `eu-north-9`"));
}

#[tokio::test(start_paused = true)]
async fn a_job_that_has_its_answer_is_fine_and_nobody_is_told_again() {
    let parameters = shop("");
    for code in ["InvalidJobStateException", "JobNotFoundException"] {
        let aws = Aws::new([
            page(&[issue("1", &json!({}))], None),
            no_override(),
            running(&parameters),
            written(),
            refused("PutJobFailureResult", 400, code),
        ]);
        answer(&aws, &event(&parameters, None)).await.unwrap();
        aws.calls();
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_taken_is_an_error_and_nobody_is_told() {
    let aws = Aws::new([
        page(&[issue("1", &json!({}))], None),
        refused("PutJobFailureResult", 500, "InternalFailure"),
    ]);
    let (name, message) = answer(&aws, &event("{}", None)).await.unwrap_err();
    assert_eq!(name, "ServiceUnavailable");
    assert!(
        message.starts_with(&format!(
            "the job {} could not be answered: InternalFailure",
            crate::JOB
        )),
        "{message}"
    );
    aws.calls();
}

#[tokio::test(start_paused = true)]
async fn where_codepipeline_refuses_that_it_goes_on_nobody_is_told_that_it_does() {
    let aws = Aws::new([
        page(&[], None),
        query(&[]),
        refused("PutJobSuccessResult", 400, "AccessDeniedException"),
        failed(),
    ]);
    answer(
        &aws,
        &event(&shop(r#""on_event": "hold""#), Some(r#"{"since":1795174200}"#)),
    )
    .await
    .unwrap();
    let body = aws.the("PutJobFailureResult");
    let message = body["failureDetails"]["message"].as_str().unwrap();
    assert!(message.contains("AccessDeniedException"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn a_notice_that_is_lost_changes_nothing() {
    let aws = Aws::new([
        page(&[issue("1", &json!({}))], None),
        failed(),
        ("Publish", Answer::Lost),
    ]);
    answer(&aws, &event("{}", None)).await.unwrap();
    aws.calls();
}

/// Time for 3 seconds of work, of which asking takes longer.
async fn late(parameters: &str, token: Option<&str>, steps: Vec<Step>) -> Aws {
    let aws = Aws::new(steps);
    let answered = answer_within(&aws, &event(parameters, token), Duration::from_secs(3)).await;
    answered.unwrap();
    aws
}

#[tokio::test(start_paused = true)]
async fn when_the_time_is_nearly_over_there_is_an_answer() {
    let asking = || ("DescribeEvents", Answer::Silence);
    let longer = "asking took longer than the gate's function may";

    let aws = late(&shop(""), None, vec![asking(), failed(), published()]).await;
    let (kind, message) = failure(&aws);
    assert_eq!(kind, "SystemUnavailable");
    assert!(
        message.contains(longer) && message.contains("Retry the stage by hand"),
        "{message}"
    );

    let aws = late(r#"{"on_api_failure": "allow"}"#, None, vec![asking(), succeeded()]).await;
    let body = success(&aws);
    assert_eq!(body["outputVariables"]["Decision"], "unchecked");

    let hold = shop(r#""on_event": "hold""#);
    let aws = late(&hold, None, vec![asking(), succeeded(), published()]).await;
    assert!(success(&aws)["continuationToken"].is_string());

    let since = r#"{"since":1795174200}"#;
    let aws = late(&hold, Some(since), vec![asking(), succeeded()]).await;
    assert_eq!(success(&aws)["continuationToken"], since);

    let aws = late(&hold, Some(r#"{"since":0}"#), vec![asking(), failed(), published()]).await;
    assert!(failure(&aws).1.starts_with("Given up"));
}

#[tokio::test(start_paused = true)]
async fn what_is_known_when_the_time_is_over_blocks_even_where_not_knowing_is_allowed() {
    let parameters = shop(r#""on_api_failure": "allow""#);
    let blocked = || page(&[issue("1", &json!({}))], None);
    let silent = |operation| (operation, Answer::Silence);
    for steps in [
        vec![blocked(), silent("GetItem")],
        vec![blocked(), no_override(), silent("ListActionExecutions")],
        vec![blocked(), no_override(), running(&parameters), silent("PutItem")],
    ] {
        let aws = late(&parameters, None, [steps, vec![failed(), published()]].concat()).await;
        let (kind, message) = failure(&aws);
        assert_eq!(kind, "JobFailed");
        assert!(message.starts_with("An event of AWS Health blocks"), "{message}");
        assert!(message.ends_with("was over before it was written down."), "{message}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_bad_configuration_fails_the_job_in_words_and_the_invocation_too() {
    let aws = Aws::new([failed()]);
    let config = Config::from_lookup(|_| None);
    let function = Function::new(config, &aws.config(), ServerTime::default());
    let deadline = Instant::now() + Duration::from_secs(35);
    let error = function.answer(&event("{}", None), deadline, noon()).await.unwrap_err();
    assert_eq!(error.name(), "InvalidConfiguration");
    let (kind, message) = failure(&aws);
    assert_eq!(kind, "ConfigurationError");
    assert!(
        message.contains("TABLE_NAME is missing; TOPIC_ARN is missing"),
        "{message}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_event_that_is_no_jobs_is_an_error_and_a_job_that_is_not_understood_fails() {
    for strange in [
        json!(null),
        json!([]),
        json!({}),
        json!({"CodePipeline.job": {"id": ""}}),
    ] {
        let aws = Aws::new([]);
        assert_eq!(answer(&aws, &strange).await.unwrap_err().0, "InvalidEvent");
        aws.calls();
    }
    let mut strange: Value = event("{}", None);
    strange["CodePipeline.job"]["data"] = json!("gone");
    let aws = Aws::new([failed()]);
    answer(&aws, &strange).await.unwrap();
    assert!(
        failure(&aws)
            .1
            .starts_with("the event is not that of a CodePipeline job")
    );
}
