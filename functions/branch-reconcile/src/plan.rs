//! What is done with each environment in one run. Pure.

use std::fmt;

use branch_build::{Age, Environment, Next, Observed, Purpose, Wanted, next};
use jiff::{SignedDuration, Timestamp};

use crate::expiry::{Life, Verdict, pushed, said, to_remember};

/// The event of a build's end is lost if nobody heard of it within a day; later, the pipeline is its people's own.
const ENDED_LATELY: SignedDuration = SignedDuration::from_hours(24);

/// A branch, an environment, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) environment: Environment,
    pub(crate) branch: String,
    /// There is such a branch, or was when they were listed.
    pub(crate) has_branch: bool,
    /// It counts as one of the environments that there are.
    pub(crate) counts: bool,
    /// It has stacks and no project.
    pub(crate) is_orphan: bool,
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.branch, self.environment)
    }
}

/// What is known of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Situation {
    pub(crate) subject: Subject,
    pub(crate) wanted: Wanted,
    pub(crate) observed: Observed,
    pub(crate) age: Age,
}

/// Who is asked for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// `branch-create`.
    Create,
    /// `branch-create`, if there is room for one more.
    CreateNew,
    /// Nobody: there is no room for one more.
    HoldBack,
    /// `branch-destroy`.
    Destroy,
    /// `branch-destroy`, which finds no project.
    DestroyOrphan,
    /// `branch-finish`, of this project's build.
    Finish(Purpose),
    /// Nobody: a build is under way.
    Wait,
    /// Nobody: the pause after a failure is not over.
    Pause,
    /// Nobody.
    Nothing,
}

/// What is done with one environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) subject: Subject,
    pub(crate) action: Action,
    /// Its people are told that it is destroyed at this time, before its age is kept.
    pub(crate) warning: Option<Timestamp>,
    /// It is too old: its age is kept before it is destroyed.
    pub(crate) expires: bool,
    /// What is kept of its age.
    pub(crate) age: Option<Age>,
}

impl Plan {
    /// Its people could not be told: the next run tells them. What else is to be done with it is done.
    pub(crate) fn leave_unwarned(&mut self) {
        self.warning = None;
        self.age = None;
    }
}

impl Situation {
    /// What is to be done, at `now`. `life` is `None` where environments live without end.
    pub(crate) fn plan(self, life: Option<&Life>, now: Timestamp) -> Plan {
        let next = next(&self.wanted, &self.observed, now);
        let mut plan = Plan {
            action: self.action(&next, now),
            warning: None,
            expires: false,
            age: None,
            subject: self.subject,
        };
        let Wanted::Present { commit } = &self.wanted else {
            return plan;
        };
        let (observed, age) = (&self.observed, &self.age);
        // What is under way is looked at when it has ended.
        let Some(life) = life.filter(|_| next != Next::Wait) else {
            return plan;
        };
        let Some(pushed) = pushed(observed, commit, age) else {
            return plan;
        };
        // What was said of other commits counts for nothing.
        let mut kept = Age {
            pushed: to_remember(observed, commit, age).or_else(|| age.pushed.clone()),
            ..age.clone()
        };
        match life.verdict(pushed, commit, age, now) {
            Verdict::Young => {}
            Verdict::Warn(end) => {
                kept.warned = Some(said(commit, now));
                plan.warning = Some(end);
            }
            Verdict::Over => {
                kept.expired = Some(said(commit, now));
                plan.expires = true;
                plan.action = Action::Destroy;
            }
        }
        let is_news = kept.pushed != age.pushed || plan.warning.is_some() || plan.expires;
        plan.age = is_news.then_some(kept);
        plan
    }

    fn action(&self, next: &Next, now: Timestamp) -> Action {
        match next {
            Next::Create { .. } if self.subject.counts => Action::Create,
            Next::Create { .. } => Action::CreateNew,
            Next::Destroy | Next::StopCreate { .. } => Action::Destroy,
            Next::CleanUp | Next::ForgetDestruction => Action::Finish(Purpose::Destroy),
            Next::Settled if self.ended_lately(now) => Action::Finish(Purpose::Create),
            Next::Wait => Action::Wait,
            Next::RetryAt(_) => Action::Pause,
            Next::Nothing if self.subject.is_orphan && self.wanted == Wanted::Absent => Action::DestroyOrphan,
            Next::Nothing | Next::Settled => Action::Nothing,
        }
    }

    fn ended_lately(&self, now: Timestamp) -> bool {
        let ended = self.observed.last_create().and_then(|build| build.ended);
        ended.is_some_and(|ended| now.duration_since(ended) < ENDED_LATELY)
    }
}

#[cfg(test)]
mod tests {
    use branch_build::{Build, Outcome};

    use super::*;

    fn now() -> Timestamp {
        "2026-11-20T12:00:00Z".parse().unwrap()
    }

    fn ago(hours: i64) -> Timestamp {
        now() - SignedDuration::from_hours(hours)
    }

    /// Started so many hours ago, ended a quarter of an hour later.
    fn build(commit: Option<&str>, hours: i64, outcome: Outcome) -> Build {
        let ended = ago(hours) + SignedDuration::from_mins(15);
        Build {
            id: "p:1".to_owned(),
            outcome,
            commit: commit.map(str::to_owned),
            started: ago(hours),
            ended: (outcome != Outcome::Running).then_some(ended),
            told: String::new(),
        }
    }

    fn created(hours: i64, outcome: Outcome) -> Observed {
        Observed {
            create: Some(vec![build(Some("c1"), hours, outcome)]),
            destroy: None,
        }
    }

    fn destroyed(hours: i64, outcome: Outcome) -> Observed {
        Observed {
            create: None,
            destroy: Some(vec![build(None, hours, outcome)]),
        }
    }

    fn present() -> Wanted {
        Wanted::Present {
            commit: "c1".to_owned(),
        }
    }

    fn subject(counts: bool) -> Subject {
        Subject {
            environment: Environment::of("app", "shop", "x"),
            branch: "x".to_owned(),
            has_branch: true,
            counts,
            is_orphan: false,
        }
    }

    fn situation(wanted: Wanted, observed: Observed) -> Situation {
        Situation {
            subject: subject(true),
            wanted,
            observed,
            age: Age::default(),
        }
    }

    #[test]
    fn what_is_next_is_asked_of_whoever_does_it() {
        use Outcome::{Running, Succeeded, Unsuccessful};
        let again = Observed {
            destroy: Some(vec![build(None, 5, Unsuccessful)]),
            ..created(3, Succeeded)
        };
        let cases = [
            (present(), Observed::default(), Action::Create),
            (present(), created(3, Succeeded), Action::Finish(Purpose::Create)),
            (present(), created(24, Succeeded), Action::Finish(Purpose::Create)),
            (present(), created(25, Succeeded), Action::Nothing),
            (present(), created(3, Running), Action::Wait),
            (present(), created(0, Unsuccessful), Action::Pause),
            (present(), created(30, Unsuccessful), Action::Create),
            (present(), again, Action::Finish(Purpose::Destroy)),
            (Wanted::Absent, created(3, Succeeded), Action::Destroy),
            (Wanted::Absent, created(3, Running), Action::Destroy),
            (Wanted::Absent, destroyed(0, Unsuccessful), Action::Pause),
            (
                Wanted::Absent,
                destroyed(3, Succeeded),
                Action::Finish(Purpose::Destroy),
            ),
            (Wanted::Absent, Observed::default(), Action::Nothing),
            (Wanted::Untouched, created(3, Succeeded), Action::Nothing),
        ];
        for (wanted, observed, action) in cases {
            let plan = situation(wanted.clone(), observed.clone()).plan(None, now());
            assert_eq!(plan.action, action, "{wanted:?} {observed:?}");
            assert_eq!((plan.warning, plan.expires, plan.age), (None, false, None));
        }
    }

    #[test]
    fn an_orphan_is_destroyed_if_it_is_nobodys() {
        let cases = [
            (Wanted::Absent, Action::DestroyOrphan),
            (Wanted::Untouched, Action::Nothing),
            (present(), Action::CreateNew),
        ];
        for (wanted, action) in cases {
            let mut situation = situation(wanted, Observed::default());
            situation.subject.is_orphan = true;
            situation.subject.counts = false;
            assert_eq!(situation.plan(None, now()).action, action);
        }
    }

    fn aged(hours: i64, age: Age) -> Plan {
        let situation = Situation {
            age,
            ..situation(present(), created(hours, Outcome::Succeeded))
        };
        situation.plan(Life::of_days(10, 2).as_ref(), now())
    }

    fn warned(commit: &str, hours: i64) -> Age {
        Age {
            warned: Some(said(commit, ago(hours))),
            ..Age::default()
        }
    }

    #[test]
    fn an_old_environment_is_warned_of_and_left() {
        let plan = aged(9 * 24, warned("c0", 500));
        assert_eq!(plan.warning, Some(now() + SignedDuration::from_hours(48)));
        assert_eq!(plan.age, Some(warned("c1", 0)));
        assert_eq!((plan.action, plan.expires), (Action::Nothing, false));
    }

    #[test]
    fn an_environment_that_is_too_old_is_marked_and_destroyed() {
        let plan = aged(10 * 24, warned("c1", 48));
        assert_eq!((plan.action, plan.expires, plan.warning), (Action::Destroy, true, None));
        let age = plan.age.unwrap();
        assert!(age.is_over("c1"));
        assert_eq!(age.warned, Some(said("c1", ago(48))));
    }

    #[test]
    fn a_young_environment_is_left_and_nothing_kept() {
        for plan in [aged(7 * 24, Age::default()), aged(9 * 24, warned("c1", 24))] {
            assert_eq!(
                (plan.action, plan.expires, plan.warning, plan.age),
                (Action::Nothing, false, None, None)
            );
        }
    }

    #[test]
    fn a_running_build_is_never_too_old() {
        let mut situation = situation(present(), created(30 * 24, Outcome::Running));
        situation.age = warned("c1", 20 * 24);
        let plan = situation.plan(Life::of_days(10, 2).as_ref(), now());
        assert_eq!((plan.action, plan.age), (Action::Wait, None));
    }

    #[test]
    fn a_commit_that_is_built_again_has_its_push_remembered() {
        let mut situation = situation(present(), created(30, Outcome::Unsuccessful));
        let first = build(Some("c1"), 31, Outcome::Unsuccessful);
        situation.observed.create.as_mut().unwrap().push(first);
        let plan = situation.plan(Life::of_days(10, 2).as_ref(), now());
        assert_eq!(plan.action, Action::Create);
        assert_eq!(plan.age.unwrap().pushed, Some(said("c1", ago(31))));
    }
}
