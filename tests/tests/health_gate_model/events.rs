//! Events on their way to a function.

use serde_json::Value;

use crate::calls::Trouble;
use crate::facts::Who;
use crate::functions::failure_record;
use crate::health::Notice;

/// An event that waits for a function.
#[derive(Clone)]
pub(crate) struct Event {
    pub(crate) who: Who,
    pub(crate) payload: Value,
    /// How often Lambda has tried.
    pub(crate) tries: usize,
    pub(crate) job: Option<usize>,
    /// The report of an incident that it tells of.
    pub(crate) report: Option<(String, usize)>,
    /// What the function dies of, each time: out of memory, say.
    pub(crate) curse: Option<Trouble>,
}

impl Event {
    pub(crate) fn of_watch(payload: Value) -> Self {
        Self {
            who: Who::Watch,
            payload,
            tries: 0,
            job: None,
            report: None,
            curse: None,
        }
    }

    pub(crate) fn of_notice(notice: Notice) -> Self {
        Self {
            report: Some((notice.arn, notice.version)),
            ..Self::of_watch(notice.event)
        }
    }

    pub(crate) fn of_job(job: usize, payload: Value) -> Self {
        Self {
            who: Who::Gate,
            job: Some(job),
            ..Self::of_watch(payload)
        }
    }

    /// The record for the failure destination of a job's function.
    pub(crate) fn given_up(self) -> Self {
        Self {
            who: Who::Answerer,
            job: self.job,
            ..Self::of_watch(failure_record(&self.payload))
        }
    }
}
