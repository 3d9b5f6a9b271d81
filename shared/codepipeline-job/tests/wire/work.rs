//! What work may do.

use std::future::pending;
use std::time::Duration;

use aws_client::replay::Replay;
use codepipeline_job::{Answer, Given, Job, Jobs, answer, answer_or};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until, timeout};

use crate::support::*;

#[tokio::test(start_paused = true)]
async fn what_the_work_answers_is_put_once_and_as_it_is() {
    let cases = [
        (clear(), clear_body()),
        (held(), held_body()),
        (blocked(), blocked_body()),
    ];
    for (wanted, body) in cases {
        let replay = Replay::new(vec![taken()]);
        let jobs = Jobs::new(&replay.sdk_config());
        let work = async {
            sleep_until(Instant::now() + Duration::from_secs(50)).await;
            wanted.clone()
        };
        let given = answer(&jobs, &job(), a_minute(), work).await.unwrap();
        assert_eq!(given, Given::Answered(wanted));
        assert_eq!(bodies(&replay), [body]);
    }
}

#[tokio::test]
async fn a_panic_is_a_failure_that_says_so_and_quotes_nothing() {
    for at_once in [true, false] {
        let replay = Replay::new(vec![taken()]);
        let jobs = Jobs::new(&replay.sdk_config());
        let work = async {
            if !at_once {
                tokio::task::yield_now().await;
            }
            panic!("a secret")
        };
        let given = answer(&jobs, &job(), a_minute(), work).await.unwrap();
        assert!(matches!(given, Given::Answered(Answer::Fail { .. })));
        let (message, kind) = the_failure(&replay);
        assert_eq!(kind, "JobFailed");
        assert!(
            message.contains("MyLambdaFunctionForAWSCodePipeline met a fault"),
            "{message}"
        );
        assert!(!message.contains("secret"), "{message}");
    }
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

#[tokio::test(start_paused = true)]
async fn work_that_panics_while_it_is_broken_off_is_answered_all_the_same() {
    let replay = Replay::new(vec![taken()]);
    let jobs = Jobs::new(&replay.sdk_config());
    let work = async {
        let _guard = PanicsWhenDropped;
        pending().await
    };
    answer(&jobs, &job(), a_minute(), work).await.unwrap();
    assert!(the_failure(&replay).0.contains("nearly over"));
}

#[tokio::test(start_paused = true)]
async fn when_the_time_is_nearly_over_the_job_fails_with_words_that_say_so() {
    let replay = Replay::new(vec![taken()]);
    let jobs = Jobs::new(&replay.sdk_config());
    let (started, deadline) = (Instant::now(), a_minute());
    answer(&jobs, &job(), deadline, pending()).await.unwrap();
    assert_eq!(started.elapsed().as_secs(), 60);
    let (message, kind) = the_failure(&replay);
    assert!(message.contains("was nearly over"), "{message}");
    assert_eq!(kind, "SystemUnavailable");
}

#[tokio::test(start_paused = true)]
async fn a_job_that_can_be_asked_again_goes_on_with_its_token_when_the_time_is_nearly_over() {
    let replay = Replay::new(vec![taken()]);
    let jobs = Jobs::new(&replay.sdk_config());
    let job = job();
    let again = || job.ask_again("still looking").unwrap();
    answer_or(&jobs, &job, a_minute(), again, pending()).await.unwrap();
    assert_eq!(
        bodies(&replay),
        [json!({
            "jobId": ID,
            "continuationToken": "A continuation token if continuing job",
            "executionDetails": {"summary": "still looking"},
        })]
    );
    let continuation_token = None;
    let first = Job {
        continuation_token,
        ..job
    };
    assert_eq!(first.ask_again("still looking"), None);
}

#[tokio::test(start_paused = true)]
async fn what_to_say_at_the_deadline_may_panic_as_well() {
    let replay = Replay::new(vec![taken()]);
    let jobs = Jobs::new(&replay.sdk_config());
    let panics = || panic!("a secret");
    answer_or(&jobs, &job(), a_minute(), panics, pending()).await.unwrap();
    assert!(the_failure(&replay).0.contains("met a fault"));
}

#[tokio::test(start_paused = true)]
async fn with_no_time_left_on_arrival_the_work_is_not_begun() {
    for late_by in [Duration::ZERO, Duration::from_secs(3)] {
        tokio::time::advance(Duration::from_mins(1)).await;
        let replay = Replay::new(vec![taken()]);
        let jobs = Jobs::new(&replay.sdk_config());
        let work = async { unreachable!("begun without time") };
        answer(&jobs, &job(), Instant::now() - late_by, work).await.unwrap();
        assert!(the_failure(&replay).0.contains("nearly over"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_comes_together_with_the_deadline_counts() {
    let replay = Replay::new(vec![taken()]);
    let jobs = Jobs::new(&replay.sdk_config());
    let deadline = a_minute();
    let work = async {
        sleep_until(deadline).await;
        clear()
    };
    answer(&jobs, &job(), deadline, work).await.unwrap();
    assert_eq!(bodies(&replay), [clear_body()]);
}

#[tokio::test(start_paused = true)]
async fn an_invocation_that_is_cut_off_leaves_the_one_answer_to_the_next() {
    let replay = Replay::new(vec![taken()]);
    let jobs = Jobs::new(&replay.sdk_config());
    let job = job();
    let cut_off = timeout(Duration::from_secs(1), answer(&jobs, &job, a_minute(), pending()));
    assert!(cut_off.await.is_err());
    assert_eq!(bodies(&replay), Vec::<Value>::new());
    answer(&jobs, &job, a_minute(), async { clear() }).await.unwrap();
    assert_eq!(bodies(&replay), [clear_body()]);
}

#[tokio::test]
async fn bad_parameters_are_answered_in_words() {
    #[derive(Debug, serde::Deserialize)]
    struct Nothing {}

    let job = job();
    let error = job.parameters::<Nothing>().unwrap_err();
    let replay = Replay::new(vec![taken()]);
    let jobs = Jobs::new(&replay.sdk_config());
    answer(&jobs, &job, a_minute(), async { Answer::from(&error) })
        .await
        .unwrap();
    assert_eq!(
        the_failure(&replay),
        (
            "the action's UserParameters are not JSON: see line 1, column 1".into(),
            "ConfigurationError".into()
        )
    );
}

#[tokio::test]
async fn a_malformed_event_with_an_id_is_answered_in_words() {
    let event = json!({"CodePipeline.job": {"id": ID, "data": {"artifactCredentials": "a secret"}}});
    let error = Job::from_event(&event).unwrap_err();
    let replay = Replay::new(vec![taken()]);
    let jobs = Jobs::new(&replay.sdk_config());
    let id = error.job_id.clone().unwrap();
    jobs.put(&id, Answer::from(&error)).await.unwrap();
    let (message, kind) = the_failure(&replay);
    assert_eq!(kind, "JobFailed");
    assert_eq!(
        message,
        "the event is not that of a CodePipeline job: CodePipeline.job.data.actionConfiguration is missing"
    );
}
