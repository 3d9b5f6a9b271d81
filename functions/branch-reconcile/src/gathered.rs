//! The branches, and what there is of environments: who is to be looked at. Pure.

use std::collections::{BTreeMap, BTreeSet};

use branch_build::{Environment, Protection};

use crate::found::{Found, Owner};
use crate::plan::Subject;

/// The branches, and what there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Gathered {
    /// The default branch.
    pub(crate) default: Option<String>,
    /// All branches.
    pub(crate) names: Vec<String>,
    /// The commits that they are at, as far as the host told.
    pub(crate) heads: BTreeMap<String, String>,
    /// All environments of the prefix.
    pub(crate) listed: BTreeSet<Environment>,
    pub(crate) found: Found,
    /// Environments of whose age something was said.
    pub(crate) ages: BTreeSet<Environment>,
}

impl Gathered {
    /// The branches that may have an environment, and the environments of no branch.
    pub(crate) fn subjects(&self, owner: Owner, protection: &Protection) -> Vec<Subject> {
        let mut made = self.found.made.clone();
        let of_branches = self.names.iter().map(|branch| {
            let environment = owner.environment(branch);
            Subject {
                is_orphan: made.remove(&environment).is_some_and(|made| made.is_orphan),
                counts: self.listed.contains(&environment),
                branch: branch.clone(),
                has_branch: true,
                environment,
            }
        });
        let mut subjects: Vec<Subject> = of_branches.collect();
        subjects.extend(made.into_iter().map(|(environment, made)| Subject {
            is_orphan: made.is_orphan,
            counts: self.listed.contains(&environment),
            branch: made.branch,
            has_branch: false,
            environment,
        }));
        subjects.retain(|subject| !protection.covers(&subject.branch, self.default.as_deref()));
        subjects
    }

    /// Environments that are for people to look at: none of a branch that there is, which is looked at all the same.
    pub(crate) fn unsure(&self, subjects: &[Subject]) -> BTreeSet<Environment> {
        let looked_at: BTreeSet<&Environment> = subjects.iter().map(|subject| &subject.environment).collect();
        let unsure = self.found.unsure.iter();
        unsure
            .filter(|environment| !looked_at.contains(environment))
            .cloned()
            .collect()
    }

    /// Takes out the ages that say nothing any more: of what has no branch and no environment, and all of them if environments
    /// live without end.
    pub(crate) fn take_void_ages(&mut self, owner: Owner, have_end: bool) -> BTreeSet<Environment> {
        let branches: BTreeSet<Environment> = self.names.iter().map(|branch| owner.environment(branch)).collect();
        let (listed, made) = (&self.listed, &self.found.made);
        let is_there = |environment: &Environment| {
            branches.contains(environment) || listed.contains(environment) || made.contains_key(environment)
        };
        let ages = std::mem::take(&mut self.ages);
        let (kept, void): (BTreeSet<_>, BTreeSet<_>) = ages
            .into_iter()
            .partition(|environment| have_end && is_there(environment));
        self.ages = kept;
        void
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found::Made;

    const OURS: Owner = Owner {
        prefix: "app",
        repository: "shop",
    };

    fn environment(branch: &str) -> Environment {
        OURS.environment(branch)
    }

    /// Branches; environments with projects; orphans.
    fn gathered(branches: &[&str], made: &[&str], orphans: &[&str]) -> Gathered {
        let all = made.iter().map(|branch| (branch, false));
        let all = all.chain(orphans.iter().map(|branch| (branch, true)));
        let made_of = |(branch, is_orphan): (&&str, bool)| {
            let branch = (*branch).to_owned();
            (environment(&branch), Made { branch, is_orphan })
        };
        Gathered {
            default: Some("main".to_owned()),
            names: branches.iter().map(|branch| (*branch).to_owned()).collect(),
            heads: BTreeMap::new(),
            listed: made.iter().map(|branch| environment(branch)).collect(),
            found: Found {
                made: all.map(made_of).collect(),
                ..Found::default()
            },
            ages: BTreeSet::new(),
        }
    }

    fn subjects(gathered: &Gathered) -> Vec<(String, bool, bool, bool)> {
        let subjects = gathered.subjects(OURS, &Protection::of("release/*"));
        let flags = |s: Subject| (s.branch, s.has_branch, s.counts, s.is_orphan);
        subjects.into_iter().map(flags).collect()
    }

    #[test]
    fn every_branch_and_every_environment_is_looked_at_once() {
        let gathered = gathered(&["main", "b", "a", "o", "release/1"], &["b", "gone"], &["o", "lost"]);
        let wanted = [
            ("b", true, true, false),
            ("a", true, false, false),
            ("o", true, false, true),
        ];
        let found = subjects(&gathered);
        assert_eq!(found[..3], wanted.map(|(b, x, y, z)| (b.to_owned(), x, y, z)));
        let mut others = found[3..].to_vec();
        others.sort();
        let wanted = [("gone", false, true, false), ("lost", false, false, true)];
        assert_eq!(others, wanted.map(|(b, x, y, z)| (b.to_owned(), x, y, z)));
    }

    #[test]
    fn what_is_protected_is_left_alone_with_and_without_its_branch() {
        let gathered = gathered(&["main"], &["main", "release/1"], &["release/2"]);
        assert_eq!(subjects(&gathered), []);
    }

    #[test]
    fn a_branch_that_there_is_is_never_unsure() {
        let mut gathered = gathered(&["a"], &[], &[]);
        gathered.found.unsure = ["a", "b"].map(environment).into();
        let subjects = gathered.subjects(OURS, &Protection::of(""));
        assert_eq!(gathered.unsure(&subjects), [environment("b")].into());
    }

    #[test]
    fn ages_of_what_is_gone_are_void() {
        let all = ["branch", "listed", "orphan", "gone"].map(environment);
        let mut gathered = gathered(&["branch"], &["listed"], &["orphan"]);
        gathered.ages = all.clone().into();
        assert_eq!(gathered.take_void_ages(OURS, true), [environment("gone")].into());
        assert_eq!(gathered.ages, all[..3].iter().cloned().collect());
        assert_eq!(gathered.take_void_ages(OURS, false).len(), 3);
        assert!(gathered.ages.is_empty());
    }
}
