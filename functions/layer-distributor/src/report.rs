//! What became of each region, and the one answer that says it.

use std::collections::BTreeMap;

use aws_client::CallError;
use codepipeline_job::{Answer, FailureKind};

use crate::alignment::{Plan, Standing};
use crate::problem::Problem;
use crate::region::Order;
use crate::settling::Kept;

/// Goes with a continuation. What is done and what is left is asked of AWS every time, so there is nothing to tell.
pub(crate) const AGAIN: &str = "again";

/// Why there is no release yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The next job goes on.
    Unfinished,
    /// A region failed.
    Failed(FailureKind),
}

/// What became of each region.
pub(crate) struct Report<'a> {
    pub(crate) order: &'a Order<'a>,
    outcomes: Vec<Outcome>,
    pruned: Vec<String>,
}

#[derive(Default)]
struct Outcome {
    version: Option<i64>,
    published: bool,
    failed: Option<String>,
    note: Option<String>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(order: &'a Order<'a>) -> Self {
        let outcomes = order.request.regions.iter().map(|_| Outcome::default()).collect();
        Self {
            order,
            outcomes,
            pruned: Vec::new(),
        }
    }

    /// The results of a step, if it came to its end in every region.
    pub(crate) fn through<T>(&mut self, step: &str, results: Vec<Result<T, Problem>>) -> Result<Vec<T>, Stop> {
        let (mut done, mut kinds, mut unfinished) = (Vec::new(), Vec::new(), false);
        let regions = &self.order.request.regions;
        for ((result, outcome), region) in results.into_iter().zip(&mut self.outcomes).zip(regions) {
            match result {
                Ok(result) => done.push(result),
                Err(Problem::OutOfTime) => unfinished = true,
                Err(Problem::Failed { kind, text }) => {
                    tracing::error!(outcome = "RegionFailed", region, step, error = text);
                    outcome.failed = Some(format!("{step} failed: {text}"));
                    kinds.push(kind);
                }
            }
        }
        match (worst(&kinds), unfinished) {
            (Some(kind), _) => Err(Stop::Failed(kind)),
            (None, true) => Err(Stop::Unfinished),
            (None, false) => Ok(done),
        }
    }

    pub(crate) fn found(&mut self, plans: &[Plan]) {
        for (outcome, plan) in self.outcomes.iter_mut().zip(plans) {
            outcome.version = plan.kept();
        }
    }

    pub(crate) fn published(&mut self, results: &[Result<Standing, Problem>]) {
        for (outcome, result) in self.outcomes.iter_mut().zip(results) {
            if let (None, Ok(standing)) = (outcome.version, result) {
                outcome.version = standing.ours.last().copied();
                outcome.published = outcome.version.is_some();
            }
        }
    }

    /// Numbers kept changing while they were aligned.
    pub(crate) fn restless(&mut self) -> Stop {
        let text =
            "its numbers keep changing while they are aligned: somebody else publishes this layer at the same time";
        for outcome in &mut self.outcomes {
            outcome.failed = Some(text.to_owned());
        }
        Stop::Failed(FailureKind::JobFailed)
    }

    /// What became of putting `latest` back.
    pub(crate) fn put_back(&mut self, results: &[Result<(), CallError>]) {
        for (outcome, result) in self.outcomes.iter_mut().zip(results) {
            outcome.note = result.as_ref().err().map(|error| {
                format!("`latest` may have moved already and could not be put back ({error}): retry the stage")
            });
        }
    }

    pub(crate) fn pruned(&mut self, results: Vec<Result<usize, Problem>>) {
        let mut deleted = 0;
        for (result, region) in results.into_iter().zip(&self.order.request.regions) {
            match result {
                Ok(count) => deleted += count,
                Err(Problem::OutOfTime) => self
                    .pruned
                    .push(format!("{region}: the rest is left for the next release")),
                Err(Problem::Failed { text, .. }) => {
                    tracing::warn!(outcome = "NotPruned", region, error = text);
                    self.pruned
                        .push(format!("{region}: old versions were not deleted: {text}"));
                }
            }
        }
        if deleted > 0 {
            self.pruned.insert(0, format!("{deleted} old versions deleted"));
        }
    }

    pub(crate) fn succeed(&self, kept: &[Kept]) -> Answer {
        let (request, digest) = (self.order.request, self.order.release.digest.hex());
        let mut variables = BTreeMap::from([("Digest".to_owned(), digest.clone())]);
        for (region, kept) in request.regions.iter().zip(kept) {
            variables.insert(format!("LayerVersionArn_{region}"), kept.arn.clone());
        }
        let same = kept
            .first()
            .filter(|first| kept.iter().all(|kept| kept.number == first.number));
        let number = match same {
            Some(kept) => {
                variables.insert("Version".to_owned(), kept.number.to_string());
                format!("version {}", kept.number)
            }
            None => "versions of different numbers".to_owned(),
        };
        let published = self.outcomes.iter().filter(|outcome| outcome.published).count();
        let mut summary = format!(
            "{} is released in {} regions as {number}: {published} published now, {} there already. sha256:{digest}",
            request.layer,
            kept.len(),
            kept.len() - published,
        );
        for text in &self.pruned {
            summary.push_str(". ");
            summary.push_str(text);
        }
        Answer::Succeed { summary, variables }
    }

    pub(crate) fn stop(&self, stop: &Stop) -> Answer {
        let layer = &self.order.request.layer;
        match stop {
            Stop::Unfinished => Answer::Continue {
                token: AGAIN.to_owned(),
                summary: format!("{layer} is being released: what is done stays, the next job goes on"),
                percent: None,
            },
            Stop::Failed(kind) => {
                let failed = self.outcomes.iter().filter(|outcome| outcome.failed.is_some()).count();
                let message = format!(
                    "{layer} was not released: {failed} of {} regions failed. {}. What is done stays and is not done twice: mend \
                     the cause and retry the stage",
                    self.outcomes.len(),
                    self.regions().join("; "),
                );
                Answer::Fail { message, kind: *kind }
            }
        }
    }

    /// Each region's outcome, the failed ones first: what is too long is cut at the end.
    fn regions(&self) -> Vec<String> {
        let mut all: Vec<_> = self.order.request.regions.iter().zip(&self.outcomes).collect();
        all.sort_by_key(|(_, outcome)| outcome.failed.is_none());
        let text = |(region, outcome): (&String, &Outcome)| {
            let state = match (&outcome.failed, outcome.version, outcome.published) {
                (Some(failed), ..) => failed.clone(),
                (None, Some(number), true) => format!("version {number} was published"),
                (None, Some(number), false) => format!("version {number} was there already"),
                (None, None, _) => "not published yet".to_owned(),
            };
            let note = outcome
                .note
                .as_ref()
                .map(|note| format!(", {note}"))
                .unwrap_or_default();
            format!("{region}: {state}{note}")
        };
        all.into_iter().map(text).collect()
    }
}

/// Waiting mends what is unavailable; everything else is for somebody to do.
fn worst(kinds: &[FailureKind]) -> Option<FailureKind> {
    let to_do = kinds.iter().find(|kind| **kind != FailureKind::SystemUnavailable);
    to_do.or(kinds.first()).copied()
}
