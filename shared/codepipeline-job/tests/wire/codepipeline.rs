//! What `CodePipeline` may say to an answer.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_client::Outlook;
use aws_client::replay::{self, Replay};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::test_util::NeverClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use codepipeline_job::{Answer, FailureKind, Given, Jobs, answer};
use serde_json::json;
use tokio::time::Instant;

use crate::support::*;

#[tokio::test]
async fn every_kind_of_failure_has_awss_name() {
    let kinds = [
        (FailureKind::JobFailed, "JobFailed"),
        (FailureKind::ConfigurationError, "ConfigurationError"),
        (FailureKind::PermissionError, "PermissionError"),
        (FailureKind::RevisionOutOfSync, "RevisionOutOfSync"),
        (FailureKind::RevisionUnavailable, "RevisionUnavailable"),
        (FailureKind::SystemUnavailable, "SystemUnavailable"),
    ];
    for (kind, name) in kinds {
        let replay = Replay::new(vec![taken()]);
        let message = "in words".to_owned();
        let jobs = Jobs::new(&replay.sdk_config());
        jobs.put(ID, Answer::Fail { message, kind }).await.unwrap();
        assert_eq!(the_failure(&replay), ("in words".into(), name.into()));
    }
}

#[tokio::test]
async fn empty_texts_are_left_out_and_long_ones_cut() {
    let replay = Replay::new(vec![taken(), taken()]);
    let jobs = Jobs::new(&replay.sdk_config());
    let (summary, variables) = (String::new(), BTreeMap::new());
    jobs.put(ID, Answer::Succeed { summary, variables }).await.unwrap();
    let message = "é".repeat(4_000);
    let kind = FailureKind::JobFailed;
    jobs.put(ID, Answer::Fail { message, kind }).await.unwrap();
    let bodies = bodies(&replay);
    assert_eq!(bodies[0], json!({"jobId": ID}));
    let message = bodies[1]["failureDetails"]["message"].as_str().unwrap();
    assert_eq!(message, "é".repeat(2_498) + "…");
}

#[tokio::test]
async fn an_odd_id_arrives_as_it_is() {
    let id = "job 1/\"é\\";
    let replay = Replay::new(vec![refused("JobNotFoundException")]);
    let given = Jobs::new(&replay.sdk_config()).put(id, blocked()).await.unwrap();
    assert_eq!(given, Given::Gone);
    assert_eq!(bodies(&replay)[0]["jobId"], id);
}

#[tokio::test]
async fn a_job_that_waits_for_no_answer_is_no_error() {
    let cases = [
        ("InvalidJobStateException", Given::AlreadyAnswered),
        ("JobNotFoundException", Given::Gone),
    ];
    for (code, expected) in cases {
        for wanted in [clear(), held(), blocked()] {
            let replay = Replay::new(vec![refused(code)]);
            let jobs = Jobs::new(&replay.sdk_config());
            let given = answer(&jobs, &job(), a_minute(), async { wanted }).await.unwrap();
            assert_eq!(given, expected);
            assert!(replay.is_used_up());
        }
    }
}

#[tokio::test]
async fn the_same_job_delivered_twice_is_answered_once() {
    let replay = Replay::new(vec![taken(), refused("InvalidJobStateException")]);
    let jobs = Jobs::new(&replay.sdk_config());
    let job = job();
    let (first, second) = (async { clear() }, async { blocked() });
    assert_eq!(
        answer(&jobs, &job, a_minute(), first).await.unwrap(),
        Given::Answered(clear())
    );
    assert_eq!(
        answer(&jobs, &job, a_minute(), second).await.unwrap(),
        Given::AlreadyAnswered
    );
}

#[tokio::test]
async fn a_temporary_failure_is_an_error_and_no_other_answer_is_tried() {
    let unavailable = replay::Answer::error(503, "{}");
    for wanted in [clear(), held(), blocked()] {
        for answered in [unavailable.clone(), refused("ThrottlingException")] {
            let replay = Replay::new(vec![answered, taken()]);
            let jobs = Jobs::new(&replay.sdk_config());
            let error = answer(&jobs, &job(), a_minute(), async { wanted.clone() })
                .await
                .unwrap_err();
            assert_eq!(error.outlook(), Outlook::Temporary);
            assert_eq!(replay.requests().len(), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_whose_receipt_was_lost_is_found_to_be_there_by_the_sdks_own_retry() {
    let replay = Replay::new(vec![
        replay::Answer::error(500, "{}"),
        refused("InvalidJobStateException"),
    ]);
    let config = replay.sdk_config().to_builder();
    let config = config
        .retry_config(RetryConfig::standard())
        .sleep_impl(TokioSleep::new());
    let given = answer(&Jobs::new(&config.build()), &job(), a_minute(), async { clear() }).await;
    assert_eq!(given.unwrap(), Given::AlreadyAnswered);
    assert_eq!(bodies(&replay), [clear_body(), clear_body()]);
}

#[tokio::test(start_paused = true)]
async fn a_codepipeline_that_does_not_answer_is_an_error_in_time() {
    let timeouts = TimeoutConfig::builder()
        .operation_timeout(Duration::from_secs(25))
        .build();
    let config = Replay::new(vec![]).sdk_config().to_builder();
    let config = config.http_client(NeverClient::new()).sleep_impl(TokioSleep::new());
    let jobs = Jobs::new(&config.timeout_config(timeouts).build());
    let started = Instant::now();
    let error = answer(&jobs, &job(), a_minute(), async { clear() }).await.unwrap_err();
    assert_eq!(error.outlook(), Outlook::Temporary);
    assert_eq!(started.elapsed().as_secs(), 25);
}

#[tokio::test]
async fn a_success_or_continuation_that_aws_refuses_becomes_a_failure_with_its_reason() {
    for (wanted, body) in [(clear(), clear_body()), (held(), held_body())] {
        for code in ["AccessDeniedException", "ValidationException"] {
            let replay = Replay::new(vec![refused(code), taken()]);
            let jobs = Jobs::new(&replay.sdk_config());
            let given = answer(&jobs, &job(), a_minute(), async { wanted.clone() })
                .await
                .unwrap();
            assert!(matches!(given, Given::Answered(Answer::Fail { .. })));
            let bodies = bodies(&replay);
            assert_eq!(bodies[0], body);
            let message = bodies[1]["failureDetails"]["message"].as_str().unwrap();
            assert!(message.contains(&format!("{code}: in words")), "{message}");
        }
    }
}

#[tokio::test]
async fn when_aws_refuses_the_failure_too_the_first_reason_is_the_error() {
    let replay = Replay::new(vec![refused("AccessDeniedException"), refused("ValidationException")]);
    let jobs = Jobs::new(&replay.sdk_config());
    let error = answer(&jobs, &job(), a_minute(), async { clear() }).await.unwrap_err();
    assert_eq!(error.code(), Some("AccessDeniedException"));

    let replay = Replay::new(vec![refused("AccessDeniedException"), taken()]);
    let jobs = Jobs::new(&replay.sdk_config());
    let error = answer(&jobs, &job(), a_minute(), async { blocked() })
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("AccessDeniedException"));
    assert_eq!(replay.requests().len(), 1);
}

#[tokio::test]
async fn where_the_pipeline_has_no_room_for_variables_the_success_goes_without_them() {
    let full = || refused("OutputVariablesSizeExceededException");
    let replay = Replay::new(vec![full(), taken()]);
    let jobs = Jobs::new(&replay.sdk_config());
    let given = answer(&jobs, &job(), a_minute(), async { clear() }).await.unwrap();
    assert!(matches!(given, Given::Answered(Answer::Succeed { .. })));
    let bodies = bodies(&replay);
    assert_eq!(bodies[1].get("outputVariables"), None);
    let summary = bodies[1]["executionDetails"]["summary"].as_str().unwrap();
    assert!(summary.starts_with("(Without output variables") && summary.ends_with("no event blocks"));

    let replay = Replay::new(vec![full(), full(), taken()]);
    let jobs = Jobs::new(&replay.sdk_config());
    answer(&jobs, &job(), a_minute(), async { clear() }).await.unwrap();
    assert_eq!(replay.requests().len(), 3);
}
