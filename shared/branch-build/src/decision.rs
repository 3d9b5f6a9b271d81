//! What is to be done with an environment next. Everybody who does something with one decides here: an event that comes late,
//! twice or not at all changes when something is done, never what.

use jiff::{SignedDuration, Timestamp};

use crate::observed::{Build, Observed, Outcome};

const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(10);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(24);

/// What the repository says of a branch now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// It is there, at this commit, and gets an environment.
    Present {
        /// The commit's id.
        commit: String,
    },
    /// It is not there, or its environment is too old.
    Absent,
    /// It is protected: nothing is created or destroyed for it.
    Untouched,
}

/// The next thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// All is as it is wanted: the newest commit's build succeeded. What is left is to see that the pipeline ran since then.
    Settled,
    /// There is nothing, and nothing is wanted.
    Nothing,
    /// A build is under way. Its end decides again.
    Wait,
    /// What failed is not tried again before this time.
    RetryAt(Timestamp),
    /// Start the build that creates, for this commit.
    Create {
        /// The commit's id.
        commit: String,
    },
    /// Stop the build that creates: the branch is gone, or another build destroys. Its end decides again.
    StopCreate {
        /// CodeBuild's id of it.
        build: String,
    },
    /// Start the build that destroys.
    Destroy,
    /// Destroyed: remove the projects and the objects.
    CleanUp,
    /// Created again after a destruction that had failed: remove the project that destroys.
    ForgetDestruction,
}

/// What is to be done next, at `now`.
#[must_use]
pub fn next(wanted: &Wanted, observed: &Observed, now: Timestamp) -> Next {
    match wanted {
        Wanted::Untouched => Next::Nothing,
        // The one that creates gives way: it can be started again when nothing is half gone.
        _ if let Some((create, _)) = observed.at_once() => Next::StopCreate {
            build: create.id.clone(),
        },
        Wanted::Present { commit } => towards(commit, observed, now),
        Wanted::Absent => away(observed, now),
    }
}

fn towards(commit: &str, observed: &Observed, now: Timestamp) -> Next {
    let create = || Next::Create {
        commit: commit.to_owned(),
    };
    let creating = observed
        .last_create()
        .is_some_and(|build| build.outcome == Outcome::Running);
    if creating {
        return Next::Wait;
    }
    if let Some(destroy) = observed.last_destroy() {
        return match destroy.outcome {
            Outcome::Running => Next::Wait,
            // What it left behind must be gone before something new stands in its place.
            Outcome::Succeeded if observed.was_alone(destroy) => Next::CleanUp,
            Outcome::Succeeded | Outcome::Unsuccessful => create(),
        };
    }
    match observed.last_create() {
        Some(build) if build.commit.as_deref() != Some(commit) => create(),
        Some(build) if build.outcome == Outcome::Unsuccessful => {
            let failures = observed.create.as_deref().unwrap_or_default().iter();
            let of_this_commit = failures.take_while(|b| b.commit.as_deref() == Some(commit));
            after_pause(build, of_this_commit, now).unwrap_or_else(create)
        }
        Some(_) if observed.destroy.is_some() => Next::ForgetDestruction,
        Some(_) => Next::Settled,
        None => create(),
    }
}

fn away(observed: &Observed, now: Timestamp) -> Next {
    if observed.create.is_none() && observed.destroy.is_none() {
        return Next::Nothing;
    }
    let creating = observed.last_create().filter(|build| build.outcome == Outcome::Running);
    if let Some(build) = creating {
        return Next::StopCreate {
            build: build.id.clone(),
        };
    }
    match observed.last_destroy() {
        Some(build) if build.outcome == Outcome::Running => Next::Wait,
        Some(build) if build.outcome == Outcome::Succeeded && observed.was_alone(build) => Next::CleanUp,
        Some(build) if build.outcome == Outcome::Succeeded => Next::Destroy,
        Some(build) => {
            let failures = observed.destroy.as_deref().unwrap_or_default().iter();
            after_pause(build, failures, now).unwrap_or(Next::Destroy)
        }
        None => Next::Destroy,
    }
}

/// `None` when the pause after the last of `builds`, the newest first, is over. It doubles with every failure in a row.
fn after_pause<'a>(last: &Build, builds: impl Iterator<Item = &'a Build>, now: Timestamp) -> Option<Next> {
    let failures = builds
        .take_while(|build| build.outcome == Outcome::Unsuccessful)
        .count();
    let doublings = u32::try_from(failures.saturating_sub(1)).unwrap_or(u32::MAX).min(10);
    let pause = FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE);
    let at = last.ended.unwrap_or(last.started).checked_add(pause).ok()?;
    (now < at).then_some(Next::RetryAt(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-20T12:00:00Z".parse().unwrap()
    }

    fn ago(minutes: i64) -> Timestamp {
        now() - SignedDuration::from_mins(minutes)
    }

    fn build(outcome: Outcome, commit: Option<&str>, started: i64, ended: i64) -> Build {
        Build {
            id: "p:1".to_owned(),
            outcome,
            commit: commit.map(str::to_owned),
            started: ago(started),
            ended: (outcome != Outcome::Running).then(|| ago(ended)),
            told: String::new(),
        }
    }

    /// In one letter.
    fn letter(next: &Next) -> char {
        match next {
            Next::Settled => 'S',
            Next::Nothing => 'N',
            Next::Wait => 'W',
            Next::RetryAt(_) => 'R',
            Next::Create { .. } => 'C',
            Next::StopCreate { .. } => 'X',
            Next::Destroy => 'D',
            Next::CleanUp => 'U',
            Next::ForgetDestruction => 'F',
        }
    }

    /// The project that destroys, in the order of the tables' columns: there is none; it never ran; its last build, which was
    /// started before the one that creates, runs, succeeded, failed; one that was started after it runs, succeeded, failed just
    /// now, failed before the pause.
    fn destroys() -> [Option<Vec<Build>>; 9] {
        use Outcome::{Running, Succeeded, Unsuccessful};
        let one = |outcome, started, ended| Some(vec![build(outcome, None, started, ended)]);
        [
            None,
            Some(Vec::new()),
            one(Running, 600, 0),
            one(Succeeded, 600, 500),
            one(Unsuccessful, 600, 500),
            one(Running, 50, 0),
            one(Succeeded, 50, 30),
            one(Unsuccessful, 50, 1),
            one(Unsuccessful, 50, 30),
        ]
    }

    #[track_caller]
    fn check(wanted: &Wanted, create: Option<&[Build]>, letters: &str) {
        let found = destroys().map(|destroy| {
            let create = create.map(<[Build]>::to_vec);
            letter(&next(wanted, &Observed { create, destroy }, now()))
        });
        assert_eq!(String::from_iter(found), letters, "{wanted:?} {create:?}");
    }

    /// The project that creates: there is none; it never ran; its last build was of this commit or another one, and runs,
    /// succeeded, failed just now, and so while the one that destroys ran, failed before the pause.
    fn creates() -> Vec<Option<[Build; 1]>> {
        use Outcome::{Running, Succeeded, Unsuccessful};
        let of = |commit| {
            [(Running, 0), (Succeeded, 55), (Unsuccessful, 5), (Unsuccessful, 55)]
                .map(|(outcome, ended)| Some([build(outcome, Some(commit), 60, ended)]))
        };
        [None, None].into_iter().chain(of("c1")).chain(of("c0")).collect()
    }

    #[track_caller]
    fn check_all(wanted: &Wanted, rows: [&str; 10]) {
        for (place, (create, letters)) in creates().iter().zip(rows).enumerate() {
            let never_ran: Option<&[Build]> = (place == 1).then_some(&[]);
            check(
                wanted,
                create.as_ref().map(<[Build; 1]>::as_slice).or(never_ran),
                letters,
            );
        }
    }

    #[test]
    fn a_branch_that_is_there_comes_to_have_its_environment() {
        let wanted = Wanted::Present {
            commit: "c1".to_owned(),
        };
        let rows = [
            "CCWUCWUCC",
            "CCWUCWUCC", //
            "WWXWWXWWW",
            "SFWFFWUCC",
            "RRWRRWCCC",
            "CCWCCWUCC", //
            "WWXWWXWWW",
            "CCWCCWUCC",
            "CCWCCWCCC",
            "CCWCCWUCC",
        ];
        check_all(&wanted, rows);
    }

    #[test]
    fn a_branch_that_is_gone_loses_its_environment() {
        let ended = "DDWDDWURD";
        let ended_while_it_was_destroyed = "DDWDDWDRD";
        let rows = [
            "NDWUDWURD",
            "DDWUDWURD", //
            "XXXXXXXXX",
            ended,
            ended_while_it_was_destroyed,
            ended, //
            "XXXXXXXXX",
            ended,
            ended_while_it_was_destroyed,
            ended,
        ];
        check_all(&Wanted::Absent, rows);
    }

    #[test]
    fn a_protected_branch_is_left_alone() {
        check_all(&Wanted::Untouched, ["NNNNNNNNN"; 10]);
    }

    #[test]
    fn what_is_created_is_the_commit_that_the_branch_is_at_and_what_is_stopped_is_the_last_build() {
        let observed = Observed {
            create: Some(vec![build(Outcome::Running, Some("c0"), 60, 0)]),
            destroy: None,
        };
        let stop = Next::StopCreate {
            build: "p:1".to_owned(),
        };
        assert_eq!(next(&Wanted::Absent, &observed, now()), stop);
        let commit = "c1".to_owned();
        let wanted = Wanted::Present { commit: commit.clone() };
        assert_eq!(next(&wanted, &Observed::default(), now()), Next::Create { commit });
    }

    /// The pause in minutes after builds that failed one after another, and others before them.
    fn pause(wanted: &Wanted, failures: usize, before: &[Build]) -> i64 {
        let commit = matches!(wanted, Wanted::Present { .. }).then_some("c1");
        let mut builds = vec![build(Outcome::Unsuccessful, commit, 1, 0); failures];
        builds.extend_from_slice(before);
        let (create, destroy) = match commit {
            Some(_) => (Some(builds), None),
            None => (None, Some(builds)),
        };
        let observed = Observed { create, destroy };
        let Next::RetryAt(at) = next(wanted, &observed, now()) else {
            panic!("no pause after {failures}");
        };
        let just_before = at - SignedDuration::from_nanos(1);
        assert_eq!(next(wanted, &observed, just_before), Next::RetryAt(at));
        assert!(matches!(
            next(wanted, &observed, at),
            Next::Create { .. } | Next::Destroy
        ));
        at.duration_since(now()).as_mins()
    }

    #[test]
    fn the_pause_doubles_with_every_failure_up_to_a_day() {
        let present = Wanted::Present {
            commit: "c1".to_owned(),
        };
        let cases = [
            (1, 10),
            (2, 20),
            (3, 40),
            (7, 640),
            (8, 1_280),
            (9, 1_440),
            (10, 1_440),
            (60, 1_440),
        ];
        for wanted in [&present, &Wanted::Absent] {
            for (failures, minutes) in cases {
                assert_eq!(pause(wanted, failures, &[]), minutes, "{wanted:?} {failures}");
            }
        }
    }

    #[test]
    fn only_failures_in_a_row_of_one_commit_count() {
        let present = Wanted::Present {
            commit: "c1".to_owned(),
        };
        let old = |outcome, commit| vec![build(outcome, commit, 99, 90); 5];
        assert_eq!(pause(&present, 2, &old(Outcome::Unsuccessful, Some("c0"))), 20);
        assert_eq!(pause(&present, 2, &old(Outcome::Succeeded, Some("c1"))), 20);
        assert_eq!(pause(&Wanted::Absent, 2, &old(Outcome::Succeeded, None)), 20);
    }

    #[test]
    fn a_build_that_never_says_when_it_ended_is_paused_after_from_its_start() {
        let mut failed = build(Outcome::Unsuccessful, None, 4, 0);
        failed.ended = None;
        let observed = Observed {
            create: None,
            destroy: Some(vec![failed]),
        };
        let at = ago(4) + FIRST_PAUSE;
        assert_eq!(next(&Wanted::Absent, &observed, now()), Next::RetryAt(at));
    }
}
