#![doc = include_str!("../README.md")]

mod alignment;
mod archive;
mod artifact;
mod bucket;
mod distribution;
mod error;
mod layers;
mod parameters;
mod pointers;
mod pointing;
mod problem;
mod pruning;
mod publishing;
mod region;
mod release;
mod report;
#[cfg(test)]
mod served;
mod settling;
mod sharing;

use std::time::Duration;

use aws_types::SdkConfig;
use codepipeline_job::{Answer, FailureKind, Given, Job, Jobs};
use serde_json::Value;
use tokio::time::Instant;

pub use error::DistributorError;

use crate::distribution::Order;
use crate::parameters::Request;
use crate::release::Release;
use crate::report::AGAIN;

/// What must not be broken off: moving `latest`, and putting it back, which are three calls with all their attempts. A
/// publication that is begun last may be; the next job finds it.
const LAST_CALLS: Duration = Duration::from_secs(75);

/// The function, with the clients it makes.
pub struct Function {
    config: SdkConfig,
    jobs: Jobs,
}

impl Function {
    /// Opens no connection.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self {
            config: config.clone(),
            jobs: Jobs::new(config),
        }
    }

    /// Answers the job of an event. Answering begins at `deadline` at the latest, by asking for another job where the work is
    /// not done.
    pub async fn answer(&self, event: &Value, deadline: Instant) -> Result<(), DistributorError> {
        let job = match Job::from_event(event) {
            Ok(job) => job,
            Err(error) => {
                tracing::error!(outcome = "InvalidEvent", %error);
                let Some(id) = &error.job_id else {
                    return Err(DistributorError::InvalidEvent(error.to_string()));
                };
                let given = self.jobs.put(id, Answer::from(&error)).await;
                return given.map(drop).map_err(|error| unanswered(id, error));
            }
        };
        let work = self.work(&job, until(Instant::now(), deadline));
        let given = codepipeline_job::answer_or(&self.jobs, &job, deadline, again, work).await;
        let given = given.map_err(|error| unanswered(&job.id, error))?;
        log(&job, &given);
        Ok(())
    }

    async fn work(&self, job: &Job, until: Instant) -> Answer {
        let request = match Request::of(job) {
            Ok(request) => request,
            Err(message) => {
                let kind = FailureKind::ConfigurationError;
                return Answer::Fail { message, kind };
            }
        };
        let zip = match artifact::fetch(job, &request, &self.config).await {
            Ok(zip) => zip,
            Err(error) => return Answer::from(&error),
        };
        let release = Release::new(zip.digest, request.attributes.clone());
        let order = Order {
            request: &request,
            release: &release,
            zip: &zip,
            account: &job.account,
            config: &self.config,
            until,
        };
        Box::pin(distribution::distribute(&order)).await
    }
}

/// When nothing is begun any more: early enough for what was begun to end by itself, so that its outcome is known and told.
fn until(now: Instant, deadline: Instant) -> Instant {
    let left = deadline.saturating_duration_since(now);
    now + left.saturating_sub(LAST_CALLS).max(left / 2)
}

/// For the end of the time. A first job asks for another one too: all that is done stays in AWS.
fn again() -> Answer {
    Answer::Continue {
        token: AGAIN.to_owned(),
        summary:
            "The time of the function was over before every region was done. All that was done stays, and the next \
                  job goes on from there."
                .to_owned(),
        percent: None,
    }
}

fn unanswered(job: &str, error: aws_client::CallError) -> DistributorError {
    let job = job.to_owned();
    let error = DistributorError::ServiceUnavailable { job, error };
    tracing::error!(outcome = error.name(), error = lambda_edge::with_causes(&error));
    error
}

fn log(job: &Job, given: &Given) {
    let outcome = match given {
        Given::Answered(Answer::Succeed { .. }) => "Distributed",
        Given::Answered(Answer::Continue { .. }) => "Continued",
        Given::Answered(Answer::Fail { .. }) => "Failed",
        Given::AlreadyAnswered => "AlreadyAnswered",
        Given::Gone => "Gone",
    };
    tracing::info!(outcome, job = job.id);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_calls_are_begun_early_enough_to_end_before_the_deadline() {
        let now = Instant::now();
        for (left, expected) in [(265, 190), (200, 125), (60, 30), (10, 5), (0, 0)] {
            let deadline = now + Duration::from_secs(left);
            assert_eq!(until(now, deadline), now + Duration::from_secs(expected), "{left}");
        }
        assert_eq!(until(now + Duration::from_secs(1), now), now + Duration::from_secs(1));
    }
}
