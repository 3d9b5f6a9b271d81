//! Exactly one answer, whatever happens.

use std::panic::AssertUnwindSafe;

use aws_client::{CallError, Outlook};
use futures_util::FutureExt as _;
use tokio::time::Instant;

use crate::answer::{Answer, FailureKind, Given};
use crate::event::Job;
use crate::jobs::Jobs;

/// Runs `work` and gives its answer to the job. If there is none at `deadline`, the job fails with words that say so: see
/// [`answer_or`].
pub async fn answer<F: Future<Output = Answer>>(
    jobs: &Jobs,
    job: &Job,
    deadline: Instant,
    work: F,
) -> Result<Given, CallError> {
    answer_or(jobs, job, deadline, || late(job), work).await
}

/// Runs `work` and gives its answer to the job, which gets one whatever happens:
/// - if `work` panics, a failure that says so;
/// - if it has no answer at `deadline`, it is dropped, and the answer is what `at_deadline` says. When the deadline has
///   passed already, `work` is not begun;
/// - if AWS refuses a success or a continuation (the function may not give one, say), a failure with AWS's reason.
///
/// The caller keeps a reserve after `deadline` in which the answer is given. `work` has to yield: one that computes without
/// end ends with the function's time, and the job is answered by the function's failure destination. So is one whose answer
/// `CodePipeline` does not take.
///
/// # Errors
/// `CodePipeline` did not take the answer. Ending the invocation with an error makes Lambda try again.
pub async fn answer_or<F: Future<Output = Answer>>(
    jobs: &Jobs,
    job: &Job,
    deadline: Instant,
    at_deadline: impl FnOnce() -> Answer,
    work: F,
) -> Result<Given, CallError> {
    let answer = match worked(deadline, work).await {
        Worked::Done(answer) => answer,
        Worked::Panicked => panicked(job),
        Worked::Late => {
            tracing::warn!(
                outcome = "Late",
                job = job.id,
                "the time was up before there was an answer"
            );
            // It is the caller's code as much as `work` is.
            std::panic::catch_unwind(AssertUnwindSafe(at_deadline)).unwrap_or_else(|_| panicked(job))
        }
    };
    let failing = matches!(answer, Answer::Fail { .. });
    match jobs.put(&job.id, answer).await {
        Err(error) if !failing && error.outlook() == Outlook::Refused => {
            tracing::error!(outcome = "AnswerRefused", job = job.id, %error);
            jobs.put(&job.id, refused(&error)).await.map_err(|_| error)
        }
        given => given,
    }
}

enum Worked {
    Done(Answer),
    Panicked,
    Late,
}

async fn worked<F: Future<Output = Answer>>(deadline: Instant, work: F) -> Worked {
    if Instant::now() >= deadline {
        return Worked::Late;
    }
    let mut work = Box::pin(AssertUnwindSafe(work).catch_unwind());
    let worked = match tokio::time::timeout_at(deadline, &mut work).await {
        Ok(Ok(answer)) => Worked::Done(answer),
        Ok(Err(_)) => Worked::Panicked,
        Err(_) => Worked::Late,
    };
    // What work that was broken off leaves is dropped here, and may panic as well.
    let _ = std::panic::catch_unwind(AssertUnwindSafe(|| drop(work)));
    worked
}

fn late(job: &Job) -> Answer {
    Answer::Fail {
        message: format!(
            "the time of the function {} was nearly over before it had an answer, so it says this instead of keeping the \
             pipeline waiting: retry the stage",
            job.function_name
        ),
        kind: FailureKind::SystemUnavailable,
    }
}

fn panicked(job: &Job) -> Answer {
    Answer::Fail {
        message: format!(
            "the function {} met a fault of its own (a panic), whose place is in its log group: please report it",
            job.function_name
        ),
        kind: FailureKind::JobFailed,
    }
}

fn refused(error: &CallError) -> Answer {
    Answer::Fail {
        message: format!("the action's function came to an answer that CodePipeline refused: {error}"),
        kind: FailureKind::JobFailed,
    }
}

impl Job {
    /// For the end of the time: asks to be asked again with the token that this job has. `None` for a first job.
    #[must_use]
    pub fn ask_again(&self, summary: &str) -> Option<Answer> {
        let token = self.continuation_token.clone()?;
        Some(Answer::Continue {
            token,
            summary: summary.to_owned(),
            percent: None,
        })
    }
}
