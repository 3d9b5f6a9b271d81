#![doc = include_str!("../README.md")]

mod action;
mod config;
mod decision;
mod error;
#[cfg(test)]
mod fixtures;
mod gate;
mod hold;
mod notice;
mod parameters;
mod pipeline;
mod words;

use std::cell::Cell;

use aws_client::ServerTime;
use aws_types::SdkConfig;
use codepipeline_job::{Answer, FailureKind, Given, Job, Jobs};
use jiff::Timestamp;
use lambda_edge::ConfigError;
use serde_json::Value;
use tokio::time::Instant;

pub use config::Config;
pub use error::GateError;

use crate::gate::{Gate, Outcome};

/// The function: its configuration and its clients.
pub struct Function {
    gate: Result<Gate, ConfigError>,
    jobs: Jobs,
}

impl Function {
    /// A bad configuration is kept, and every job is failed with it, in words.
    #[must_use]
    pub fn new(config: Result<Config, ConfigError>, sdk_config: &SdkConfig, time: ServerTime) -> Self {
        Self {
            gate: config.map(|config| Gate::new(&config, sdk_config, time)),
            jobs: Jobs::new(sdk_config),
        }
    }

    /// Answers the job of an event, and tells people where something happens to their deployment. Answering begins at
    /// `deadline` at the latest. `clock` is the time until AWS's answers tell it.
    pub async fn answer(&self, event: &Value, deadline: Instant, clock: Timestamp) -> Result<(), GateError> {
        let job = match Job::from_event(event) {
            Ok(job) => job,
            Err(error) => {
                tracing::error!(outcome = "InvalidEvent", %error);
                let Some(id) = &error.job_id else {
                    return Err(GateError::InvalidEvent(error.to_string()));
                };
                return self.fail(id, Answer::from(&error)).await;
            }
        };
        let gate = match &self.gate {
            Ok(gate) => gate,
            Err(error) => {
                tracing::error!(outcome = "InvalidConfiguration", %error);
                let message = format!("the gate itself is not set up right: {error}");
                let kind = FailureKind::ConfigurationError;
                self.fail(&job.id, Answer::Fail { message, kind }).await?;
                return Err(error.clone().into());
            }
        };
        let (found, told) = (Cell::new(None), Cell::new(None));
        let answer = |outcome: Outcome| {
            told.set(outcome.notice);
            outcome.answer
        };
        let work = async { answer(Box::pin(gate.ask(&job, clock, &found)).await) };
        let late = || answer(gate.late(&job, clock, found.take()));
        let given = codepipeline_job::answer_or(&self.jobs, &job, deadline, late, work).await;
        let given = given.map_err(|error| unanswered(&job.id, error))?;
        log(&job, &given);
        if let (Given::Answered(answer), Some(notice)) = (given, told.take())
            && notice::is_of(notice.what, &answer)
        {
            gate.tell(&notice).await;
        }
        Ok(())
    }

    async fn fail(&self, job: &str, answer: Answer) -> Result<(), GateError> {
        let given = self.jobs.put(job, answer).await;
        given.map(drop).map_err(|error| unanswered(job, error))
    }
}

fn unanswered(job: &str, error: aws_client::CallError) -> GateError {
    let job = job.to_owned();
    let error = GateError::ServiceUnavailable { job, error };
    tracing::error!(outcome = error.name(), error = lambda_edge::with_causes(&error));
    error
}

fn log(job: &Job, given: &Given) {
    let outcome = match given {
        Given::Answered(Answer::Succeed { .. }) => "Passed",
        Given::Answered(Answer::Continue { .. }) => "Held",
        Given::Answered(Answer::Fail { .. }) => "Failed",
        Given::AlreadyAnswered => "AlreadyAnswered",
        Given::Gone => "Gone",
    };
    tracing::info!(outcome, job = job.id);
}
