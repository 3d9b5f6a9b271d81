//! What the state machine carries from turn to turn. Every field is public API: a person may start from it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::wanted::Verdict;

/// A state holds 256 KiB (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>).
const MOST_SAMPLES: usize = 20;
const LONGEST_SAMPLE: usize = 400;

/// What a run does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Puts our filter where it is wanted, and removes it where it is not.
    #[default]
    Subscribe,
    /// Removes our filter from every group.
    Remove,
}

/// What holds for all turns of a run. Check decides it once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Run {
    /// What it does.
    pub mode: Mode,
    /// Nothing is changed, the plan is logged.
    pub dry_run: bool,
    /// The first word of the names of the executions that go on with it.
    pub series: String,
    /// Names of log groups that what works on the archive logs to.
    pub guard: BTreeSet<String>,
}

/// Where a run is in the list of all log groups.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// AWS's token of the page; none for the first. Valid for 24 hours.
    #[serde(default)]
    pub token: Option<String>,
    /// Name of the last group that was dealt with.
    #[serde(default)]
    pub after: Option<String>,
    /// Turns of this execution.
    #[serde(default)]
    pub turns: u32,
}

/// What becomes of a run after a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Next {
    /// Another turn.
    More,
    /// All groups were dealt with.
    Done,
    /// Another turn, in a new execution: this one's history is nearly full.
    NewExecution,
}

/// Counts of log groups. Each group is in `groups`, and in `gone`, or in `wanted`, or in `excluded`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tally {
    /// Dealt with.
    pub groups: u64,
    /// Wanted in the archive.
    pub wanted: u64,
    /// Got our filter, or a changed one, in this run.
    pub subscribed: u64,
    /// Had our filter.
    pub already: u64,
    /// Lost our filter.
    pub removed: u64,
    /// Not wanted.
    pub excluded: u64,
    /// Wanted, and full of others' filters.
    pub conflicts: u64,
    /// Deleted since they were listed.
    pub gone: u64,
    /// Could not be dealt with.
    pub errors: u64,
    /// Got a shorter retention.
    pub retention: u64,
    /// Sentences about the first conflicts and errors.
    pub samples: Vec<String>,
}

/// What became of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    /// This was done, or would have been done by other than a dry run.
    Did {
        action: Action,
        /// Its retention was shortened too.
        retention: bool,
    },
    /// It was deleted meanwhile.
    Gone,
}

impl Tally {
    pub(crate) fn count(&mut self, name: &str, verdict: Verdict, settled: Settled) {
        let Settled::Did { action, retention } = settled else {
            self.groups += 1;
            self.gone += 1;
            return;
        };
        self.count_verdict(verdict);
        self.retention += u64::from(retention);
        match action {
            Action::Subscribe | Action::Update => self.subscribed += 1,
            Action::Keep => self.already += 1,
            Action::Remove => self.removed += 1,
            Action::Conflict => {
                self.conflicts += 1;
                self.sample(&format!("`{name}` has two subscription filters of others"));
            }
            Action::Leave => {}
        }
    }

    pub(crate) fn count_failure(&mut self, verdict: Verdict, text: &str) {
        self.count_verdict(verdict);
        self.errors += 1;
        self.sample(text);
    }

    fn count_verdict(&mut self, verdict: Verdict) {
        self.groups += 1;
        match verdict {
            Verdict::Wanted => self.wanted += 1,
            Verdict::Excluded(_) => self.excluded += 1,
        }
    }

    fn sample(&mut self, text: &str) {
        if self.samples.len() < MOST_SAMPLES {
            self.samples.push(text.chars().take(LONGEST_SAMPLE).collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wanted::Reason;

    #[test]
    fn every_group_is_gone_or_wanted_or_excluded() {
        let excluded = Verdict::Excluded(Reason::Excluded);
        let did = |action| Settled::Did {
            action,
            retention: false,
        };
        let mut tally = Tally::default();
        tally.count("a", Verdict::Wanted, did(Action::Subscribe));
        tally.count("b", Verdict::Wanted, did(Action::Update));
        let shortened = Settled::Did {
            action: Action::Keep,
            retention: true,
        };
        tally.count("c", Verdict::Wanted, shortened);
        tally.count("d", Verdict::Wanted, did(Action::Conflict));
        tally.count("e", excluded, did(Action::Remove));
        tally.count("f", excluded, did(Action::Leave));
        tally.count("g", Verdict::Wanted, Settled::Gone);
        tally.count_failure(excluded, "AWS refused to unsubscribe `h`");
        let expected = Tally {
            groups: 8,
            wanted: 4,
            subscribed: 2,
            already: 1,
            removed: 1,
            excluded: 3,
            conflicts: 1,
            gone: 1,
            errors: 1,
            retention: 1,
            samples: vec![
                "`d` has two subscription filters of others".into(),
                "AWS refused to unsubscribe `h`".into(),
            ],
        };
        assert_eq!(tally, expected);
    }

    #[test]
    fn samples_are_few_and_short_so_that_a_state_can_hold_them() {
        let mut tally = Tally::default();
        for _ in 0..100 {
            tally.count_failure(Verdict::Wanted, &"ä".repeat(10_000));
        }
        assert_eq!(tally.errors, 100);
        assert!(serde_json::to_string(&tally).unwrap().len() < 20_000);
    }
}
