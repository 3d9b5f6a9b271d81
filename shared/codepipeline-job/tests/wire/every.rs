//! Every end of work with every reply of `CodePipeline`.

use std::future::pending;
use std::time::Duration;

use aws_client::replay::{self, Replay};
use codepipeline_job::{Answer, Given, Jobs, answer};
use serde_json::json;
use tokio::time::{Instant, sleep_until};

use crate::support::*;

/// How work may end.
#[derive(Debug, Clone, Copy)]
enum End {
    Answers,
    Panics,
    Never,
}

#[tokio::test(start_paused = true)]
async fn whatever_work_and_aws_do_codepipeline_takes_one_answer_or_the_invocation_fails() {
    let unavailable = replay::Answer::error(503, json!({"__type": "ServiceUnavailable"}).to_string());
    let aws = [
        taken(),
        unavailable,
        refused("AccessDeniedException"),
        refused("InvalidJobStateException"),
        refused("JobNotFoundException"),
        refused("OutputVariablesSizeExceededException"),
    ];
    let mut tried = 0;
    for end in [End::Answers, End::Panics, End::Never] {
        for after in [0, 59, 60, 61] {
            for deadline in [0, 60] {
                for wanted in [clear(), held(), blocked()] {
                    for first in &aws {
                        for second in &aws {
                            let replies = vec![first.clone(), second.clone(), taken()];
                            one_or_error(end, after, deadline, &wanted, replies).await;
                            tried += 1;
                        }
                    }
                }
            }
        }
    }
    assert_eq!(tried, 3 * 4 * 2 * 3 * 36);
}

async fn one_or_error(end: End, after: u64, deadline: u64, wanted: &Answer, replies: Vec<replay::Answer>) {
    let case = format!("{end:?} after {after} s of {deadline}, {wanted:?}, {replies:?}");
    let replay = Replay::new(replies.clone());
    let jobs = Jobs::new(&replay.sdk_config());
    let started = Instant::now();
    let work = async {
        sleep_until(started + Duration::from_secs(after)).await;
        match end {
            End::Answers => wanted.clone(),
            End::Panics => panic!("a panic of this test's own"),
            End::Never => pending().await,
        }
    };
    let deadline = started + Duration::from_secs(deadline);
    let given = answer(&jobs, &job(), deadline, work).await;
    assert!(started.elapsed() <= Duration::from_mins(1), "{case}");
    let said = replies.iter().take(replay.requests().len());
    let taken = said.clone().filter(|reply| reply.status == 200).count();
    let over = said.filter(|reply| reply.body.contains("InvalidJobState") || reply.body.contains("JobNotFound"));
    match given {
        Ok(Given::Answered(_)) => assert_eq!((taken, over.count()), (1, 0), "{case}"),
        Ok(Given::AlreadyAnswered | Given::Gone) => assert_eq!((taken, over.count()), (0, 1), "{case}"),
        Err(_) => assert_eq!((taken, over.count()), (0, 0), "{case}"),
    }
}
