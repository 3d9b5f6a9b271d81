//! The proof that something may be deleted, shared or changed: tags, never a name.

use crate::tags::{EXECUTION, ROLE, RUN, Role, SOURCE, STACK, Tags};

/// Whether a resource of an expected name is this run's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownership {
    /// It carries this stack's and this run's tags, and the expected role.
    Ours,
    /// It does not: whoever made it, it is left alone.
    NotOurs,
}

/// A run, as its tags name it.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// Stack name.
    pub stack: &'a str,
    /// Run id.
    pub run: &'a str,
}

impl Claim<'_> {
    /// Whether `tags` prove that this run made the resource for `role`.
    #[must_use]
    pub fn decide(&self, tags: &Tags, role: Role) -> Ownership {
        if tags.has(STACK, self.stack) && tags.has(RUN, self.run) && tags.has(ROLE, role.as_str()) {
            Ownership::Ours
        } else {
            Ownership::NotOurs
        }
    }
}

/// The execution that made a temporary resource of `stack`; `None` where the tags prove no such thing.
#[must_use]
pub fn execution_of_temporary<'a>(tags: &'a Tags, stack: &str, role: Role) -> Option<&'a str> {
    let temporary = match role {
        Role::TemporarySnapshot | Role::TemporaryInstance => tags.has(ROLE, role.as_str()),
        Role::FinalSnapshot => false,
    };
    if temporary && tags.has(STACK, stack) {
        tags.get(EXECUTION)
    } else {
        None
    }
}

/// Whether `tags` are of a final snapshot that `stack` made of `source`, in whichever run.
#[must_use]
pub fn is_final_of(tags: &Tags, stack: &str, source: &str) -> bool {
    tags.has(STACK, stack) && tags.has(SOURCE, source) && tags.has(ROLE, Role::FinalSnapshot.as_str())
}

/// Whether `tags` are of some run's temporary snapshot: it goes away with its run, so nobody may build on it.
#[must_use]
pub fn is_temporary_snapshot(tags: &Tags) -> bool {
    tags.has(ROLE, Role::TemporarySnapshot.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tags::Maker;

    const MAKER: Maker<'_> = Maker {
        stack: "wrasse",
        run: "0123456789abcdef",
        execution: "arn:execution",
        source: "shop",
    };

    /// The run's tags with one of them replaced; an empty value removes it.
    fn tags_but(role: Role, key: &str, value: &str) -> Tags {
        MAKER
            .tags(role)
            .iter()
            .filter(|(existing, _)| *existing != key)
            .chain((!value.is_empty()).then_some((key, value)))
            .collect()
    }

    #[test]
    fn a_run_owns_what_carries_its_stack_its_run_and_the_expected_role() {
        let claim = Claim {
            stack: "wrasse",
            run: "0123456789abcdef",
        };
        let role = Role::TemporaryInstance;
        let cases = [
            (MAKER.tags(role), Ownership::Ours),
            (MAKER.tags(Role::TemporarySnapshot), Ownership::NotOurs),
            (MAKER.tags(Role::FinalSnapshot), Ownership::NotOurs),
            (tags_but(role, STACK, "another"), Ownership::NotOurs),
            (tags_but(role, STACK, ""), Ownership::NotOurs),
            (tags_but(role, RUN, "fedcba9876543210"), Ownership::NotOurs),
            (tags_but(role, RUN, ""), Ownership::NotOurs),
            (tags_but(role, ROLE, ""), Ownership::NotOurs),
            (tags_but(role, EXECUTION, ""), Ownership::Ours),
            (Tags::default(), Ownership::NotOurs),
        ];
        for (tags, ownership) in cases {
            assert_eq!(claim.decide(&tags, role), ownership, "{tags:?}");
        }
    }

    #[test]
    fn a_temporary_resource_names_its_execution_and_a_final_snapshot_is_never_temporary() {
        let role = Role::TemporarySnapshot;
        let cases = [
            (MAKER.tags(role), role, Some("arn:execution")),
            (tags_but(role, STACK, "another"), role, None),
            (tags_but(role, EXECUTION, ""), role, None),
            (MAKER.tags(role), Role::TemporaryInstance, None),
            (MAKER.tags(Role::FinalSnapshot), Role::FinalSnapshot, None),
            (MAKER.tags(Role::FinalSnapshot), role, None),
        ];
        for (tags, role, execution) in cases {
            assert_eq!(
                execution_of_temporary(&tags, "wrasse", role),
                execution,
                "{role} {tags:?}"
            );
        }
    }

    #[test]
    fn retention_sees_only_the_finals_of_its_stack_and_source() {
        let role = Role::FinalSnapshot;
        assert!(is_final_of(&MAKER.final_tags("sha"), "wrasse", "shop"));
        assert!(is_final_of(&tags_but(role, RUN, "another"), "wrasse", "shop"));
        assert!(!is_final_of(&tags_but(role, SOURCE, "another"), "wrasse", "shop"));
        assert!(!is_final_of(&tags_but(role, STACK, ""), "wrasse", "shop"));
        assert!(!is_final_of(&MAKER.tags(Role::TemporarySnapshot), "wrasse", "shop"));
    }
}
