//! Whether an environment is too old: how long ago somebody pushed to its branch. Pure.

use branch_build::{Age, Observed, Said};
use jiff::{SignedDuration, Timestamp};

/// How long an environment lives without a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Life {
    whole: SignedDuration,
    warning: SignedDuration,
}

/// What its age means for an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing.
    Young,
    /// Its people are to be told that it is destroyed at this time, or soon after.
    Warn(Timestamp),
    /// It is to be destroyed.
    Over,
}

impl Life {
    /// `None` for one without end.
    pub(crate) fn of_days(whole: u32, warning: u32) -> Option<Self> {
        let days = |days: u32| SignedDuration::from_hours(24 * i64::from(days));
        (whole > 0).then(|| Self {
            whole: days(whole),
            warning: days(warning.min(whole)),
        })
    }

    /// Of an environment that was pushed to at `pushed`, the commit that its branch is at. Nothing is destroyed of which
    /// people were not told, at this very commit, the whole time of warning before.
    pub(crate) fn verdict(&self, pushed: Timestamp, commit: &str, age: &Age, now: Timestamp) -> Verdict {
        let lived = now.duration_since(pushed);
        let warned = age.warned.as_ref().filter(|said| said.commit == commit);
        match warned {
            Some(said) if lived >= self.whole && now.duration_since(said.at) >= self.warning => Verdict::Over,
            None if lived >= self.whole - self.warning => {
                let end = pushed.checked_add(self.whole).unwrap_or(now);
                let soonest = now.checked_add(self.warning).unwrap_or(now);
                Verdict::Warn(end.max(soonest))
            }
            Some(_) | None => Verdict::Young,
        }
    }
}

/// When a commit was pushed: the first known build of it was started then. `None` if it was not built.
pub(crate) fn pushed(observed: &Observed, commit: &str, age: &Age) -> Option<Timestamp> {
    let remembered = age
        .pushed
        .as_ref()
        .filter(|said| said.commit == commit)
        .map(|said| said.at);
    let first = of_commit(observed, commit).last()?;
    Some(remembered.map_or(first, |remembered| remembered.min(first)))
}

/// What must be remembered of the push: a commit whose builds fail is built again and again, and only its latest builds are
/// known.
pub(crate) fn to_remember(observed: &Observed, commit: &str, age: &Age) -> Option<Said> {
    let is_remembered = age.pushed.as_ref().is_some_and(|said| said.commit == commit);
    let again = of_commit(observed, commit).count() > 1;
    let at = pushed(observed, commit, age).filter(|_| again && !is_remembered)?;
    Some(said(commit, at))
}

pub(crate) fn said(commit: &str, at: Timestamp) -> Said {
    Said {
        commit: commit.to_owned(),
        at,
    }
}

/// When the newest builds that create, if they are of this commit, were started.
fn of_commit(observed: &Observed, commit: &str) -> impl Iterator<Item = Timestamp> {
    let builds = observed.create.as_deref().unwrap_or_default().iter();
    let of_it = builds.take_while(move |build| build.commit.as_deref() == Some(commit));
    of_it.map(|build| build.started)
}

#[cfg(test)]
mod tests {
    use branch_build::{Build, Outcome};

    use super::*;

    fn day(day: f64) -> Timestamp {
        let begin: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        begin + SignedDuration::from_secs_f64(day * 86_400.0)
    }

    fn warned(commit: &str, at: f64) -> Age {
        Age {
            warned: Some(said(commit, day(at))),
            ..Age::default()
        }
    }

    #[test]
    fn an_environment_is_warned_of_then_destroyed() {
        let life = Life::of_days(14, 3).unwrap();
        let cases = [
            (Age::default(), 10.9, Verdict::Young),
            (Age::default(), 11.0, Verdict::Warn(day(14.0))),
            (warned("c1", 11.0), 11.5, Verdict::Young),
            (warned("c1", 11.0), 13.9, Verdict::Young),
            (warned("c1", 11.0), 14.0, Verdict::Over),
            // Nobody was told in time: they get the whole time of warning.
            (Age::default(), 20.0, Verdict::Warn(day(23.0))),
            (warned("c1", 20.0), 22.9, Verdict::Young),
            (warned("c1", 20.0), 23.0, Verdict::Over),
            // What was said of another commit counts for nothing.
            (warned("c0", 2.0), 20.0, Verdict::Warn(day(23.0))),
            (warned("c0", 2.0), 5.0, Verdict::Young),
        ];
        for (age, now, verdict) in cases {
            assert_eq!(life.verdict(day(0.0), "c1", &age, day(now)), verdict, "{age:?} {now}");
        }
    }

    #[test]
    fn without_days_of_warning_people_are_told_all_the_same() {
        let life = Life::of_days(1, 0).unwrap();
        assert_eq!(life.verdict(day(0.0), "c", &Age::default(), day(0.9)), Verdict::Young);
        assert_eq!(
            life.verdict(day(0.0), "c", &Age::default(), day(1.0)),
            Verdict::Warn(day(1.0))
        );
        assert_eq!(life.verdict(day(0.0), "c", &warned("c", 1.0), day(1.0)), Verdict::Over);
    }

    #[test]
    fn more_days_of_warning_than_of_life_begin_with_the_push() {
        let life = Life::of_days(2, 5).unwrap();
        assert_eq!(
            life.verdict(day(0.0), "c", &Age::default(), day(0.0)),
            Verdict::Warn(day(2.0))
        );
    }

    #[test]
    fn no_days_to_live_are_a_life_without_end() {
        assert_eq!(Life::of_days(0, 3), None);
    }

    fn built(builds: &[(&str, f64)]) -> Observed {
        let build = |(commit, at): &(&str, f64)| Build {
            id: "p:1".to_owned(),
            outcome: Outcome::Unsuccessful,
            commit: Some((*commit).to_owned()),
            started: day(*at),
            ended: None,
            told: String::new(),
        };
        Observed {
            create: Some(builds.iter().map(build).collect()),
            destroy: None,
        }
    }

    #[test]
    fn a_push_is_the_first_build_of_the_newest_ones_commit() {
        let builds = built(&[("c2", 6.0), ("c2", 5.0), ("c1", 4.0), ("c2", 3.0)]);
        assert_eq!(pushed(&builds, "c2", &Age::default()), Some(day(5.0)));
        assert_eq!(pushed(&builds, "c1", &Age::default()), None);
        assert_eq!(pushed(&Observed::default(), "c2", &Age::default()), None);
    }

    #[test]
    fn a_push_is_remembered_when_it_is_built_again() {
        let once = built(&[("c2", 5.0), ("c1", 4.0)]);
        assert_eq!(to_remember(&once, "c2", &Age::default()), None);
        let again = built(&[("c2", 6.0), ("c2", 5.0)]);
        assert_eq!(to_remember(&again, "c2", &Age::default()), Some(said("c2", day(5.0))));
        let age = |commit| Age {
            pushed: Some(said(commit, day(1.0))),
            ..Age::default()
        };
        assert_eq!(to_remember(&again, "c2", &age("c2")), None);
        assert_eq!(to_remember(&again, "c2", &age("c1")), Some(said("c2", day(5.0))));
        assert_eq!(pushed(&again, "c2", &age("c2")), Some(day(1.0)));
        assert_eq!(pushed(&again, "c2", &age("c1")), Some(day(5.0)));
    }
}
