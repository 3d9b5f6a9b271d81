//! What there is of our branches' environments, from what projects and stacks say of themselves. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use branch_build::{BRANCH, Description, Environment, Purpose, REPOSITORY, decoded, encoded};

/// What a stack's tags say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StackTags {
    /// The environment's name.
    pub(crate) environment: String,
    /// The branch's name, encoded and perhaps cut.
    pub(crate) branch: String,
}

/// One environment of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Made {
    /// The branch that it was made for, exactly.
    pub(crate) branch: String,
    /// It has stacks and no project.
    pub(crate) is_orphan: bool,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// Our environments.
    pub(crate) made: BTreeMap<Environment, Made>,
    /// The projects that there are.
    pub(crate) projects: BTreeSet<String>,
    /// Environments of which it is not sure whose they are.
    pub(crate) unsure: BTreeSet<Environment>,
}

/// Whose environments are looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owner<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) repository: &'a str,
}

impl Owner<'_> {
    /// `listed` are all environments by their projects' names, `descriptions` what those projects say, `stacks` what the
    /// stacks with the repository's tag say.
    pub(crate) fn find(self, listed: &[Environment], descriptions: &[Description], stacks: &[StackTags]) -> Found {
        let by_name: HashMap<&str, &Description> = descriptions.iter().map(|d| (d.name.as_str(), d)).collect();
        let mut found = Found {
            projects: by_name.keys().map(|name| (*name).to_owned()).collect(),
            ..Found::default()
        };
        for environment in listed {
            let project = |purpose| by_name.get(environment.project(purpose).as_str()).copied();
            // Both are gone since they were listed.
            let Some(project) = project(Purpose::Create).or_else(|| project(Purpose::Destroy)) else {
                continue;
            };
            let branch = project
                .variables
                .get(BRANCH)
                .filter(|branch| self.is(environment, branch));
            match (project.tags.get(REPOSITORY), branch) {
                (Some(repository), Some(branch)) if *repository == encoded(self.repository) => {
                    found.add(environment, branch, false);
                }
                // It is ours, or was: the name has the repository in it.
                (Some(repository), None) if *repository == encoded(self.repository) => found.doubt(environment),
                (None, Some(_)) => found.doubt(environment),
                _ => {}
            }
        }
        let listed: BTreeSet<&Environment> = listed.iter().collect();
        for stack in stacks {
            let environment = Environment::named(self.prefix, &stack.environment);
            let Some(environment) = environment.filter(|environment| !listed.contains(environment)) else {
                continue;
            };
            match decoded(&stack.branch).filter(|branch| self.is(&environment, branch)) {
                Some(branch) => found.add(&environment, &branch, true),
                None => found.doubt(&environment),
            }
        }
        found
    }

    /// The environment that a branch has, or would have.
    pub(crate) fn environment(self, branch: &str) -> Environment {
        Environment::of(self.prefix, self.repository, branch)
    }

    fn is(self, environment: &Environment, branch: &str) -> bool {
        self.environment(branch) == *environment
    }
}

impl Found {
    fn add(&mut self, environment: &Environment, branch: &str, is_orphan: bool) {
        let made = Made {
            branch: branch.to_owned(),
            is_orphan,
        };
        self.made.insert(environment.clone(), made);
    }

    fn doubt(&mut self, environment: &Environment) {
        self.unsure.insert(environment.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: Owner = Owner {
        prefix: "app",
        repository: "shop",
    };

    fn environment(branch: &str) -> Environment {
        Environment::of("app", "shop", branch)
    }

    fn project(
        environment: &Environment,
        purpose: Purpose,
        repository: Option<&str>,
        branch: Option<&str>,
    ) -> Description {
        let pair = |key: &str, value: Option<&str>| value.map(|value| (key.to_owned(), value.to_owned()));
        Description {
            name: environment.project(purpose),
            variables: pair(BRANCH, branch).into_iter().collect(),
            tags: pair(REPOSITORY, repository).into_iter().collect(),
        }
    }

    fn stack(environment: &Environment, branch: &str) -> StackTags {
        StackTags {
            environment: environment.name().to_owned(),
            branch: encoded(branch),
        }
    }

    fn of_projects(projects: &[Description]) -> Found {
        let listed: Vec<Environment> = projects
            .iter()
            .map(|project| Environment::of_project("app", &project.name).unwrap().0)
            .collect();
        OURS.find(&listed, projects, &[])
    }

    #[test]
    fn either_project_tells_the_branch_exactly() {
        let name = ";$(touch pwned) é";
        for purpose in [Purpose::Create, Purpose::Destroy] {
            let found = of_projects(&[project(&environment(name), purpose, Some("shop"), Some(name))]);
            let made = &found.made[&environment(name)];
            assert_eq!((made.branch.as_str(), made.is_orphan), (name, false));
            assert!(found.projects.contains(&environment(name).project(purpose)));
            assert!(found.unsure.is_empty());
        }
    }

    #[test]
    fn only_what_is_surely_ours_is_ours() {
        let (x, create) = (environment("x"), Purpose::Create);
        let cases = [
            (Some("other"), Some("x"), false),
            (Some("other"), None, false),
            (None, None, false),
            (None, Some("y"), false),
            (None, Some("x"), true),
            (Some("shop"), None, true),
            (Some("shop"), Some("y"), true),
        ];
        for (repository, branch, unsure) in cases {
            let found = of_projects(&[project(&x, create, repository, branch)]);
            assert!(found.made.is_empty(), "{repository:?} {branch:?}");
            assert_eq!(found.unsure.contains(&x), unsure, "{repository:?} {branch:?}");
        }
    }

    #[test]
    fn what_is_gone_since_it_was_listed_is_left_out() {
        assert_eq!(OURS.find(&[environment("x")], &[], &[]), Found::default());
    }

    #[test]
    fn stacks_without_a_project_are_orphans_of_their_branch() {
        let name = "feature/é =x";
        let stacks = [stack(&environment(name), name), stack(&environment(name), name)];
        let found = OURS.find(&[], &[], &stacks);
        let made = Made {
            branch: name.to_owned(),
            is_orphan: true,
        };
        assert_eq!(found.made, BTreeMap::from([(environment(name), made)]));
        assert!(found.unsure.is_empty());

        let x = environment(name);
        let found = OURS.find(
            std::slice::from_ref(&x),
            &[project(&x, Purpose::Destroy, Some("shop"), Some(name))],
            &stacks,
        );
        assert!(!found.made[&x].is_orphan);
    }

    #[test]
    fn a_stack_whose_tag_was_cut_or_changed_is_for_people() {
        let long = "é".repeat(127);
        let broken = StackTags {
            branch: "=Z".to_owned(),
            ..stack(&environment("x"), "x")
        };
        let found = OURS.find(
            &[],
            &[],
            &[stack(&environment(&long), &long), broken, stack(&environment("y"), "z")],
        );
        assert!(found.made.is_empty());
        assert_eq!(found.unsure, [&long, "x", "y"].map(environment).into());
    }

    #[test]
    fn a_stack_of_another_prefix_is_not_ours() {
        let other = Environment::of("web", "shop", "x");
        assert_eq!(OURS.find(&[], &[], &[stack(&other, "x")]), Found::default());
    }
}
