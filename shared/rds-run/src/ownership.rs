//! The proof that something may be deleted, shared or changed: tags, never a name.

use crate::tags::{EXECUTION, RELEASED, ROLE, RUN, Role, SOURCE, STACK, Tags};

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

/// The execution by which `stack` made a resource for `role` that belongs to its run still; `None` where the tags prove
/// no such thing. A final snapshot belongs to its run until that releases it.
///
/// That is no leave to delete it: what became of the execution decides that.
#[must_use]
pub fn execution_of<'a>(tags: &'a Tags, stack: &str, role: Role) -> Option<&'a str> {
    if tags.has(STACK, stack) && tags.has(ROLE, role.as_str()) && tags.get(RELEASED).is_none() {
        tags.get(EXECUTION)
    } else {
        None
    }
}

/// Whether `tags` are of a final snapshot that `stack` made of `source`, in whichever run, and released.
#[must_use]
pub fn is_released_final_of(tags: &Tags, stack: &str, source: &str) -> bool {
    tags.has(STACK, stack)
        && tags.has(SOURCE, source)
        && tags.has(ROLE, Role::FinalSnapshot.as_str())
        && tags.has(RELEASED, "true")
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
    fn a_resource_names_its_execution_only_for_the_role_and_the_stack_that_it_was_made_for() {
        let roles = [Role::TemporarySnapshot, Role::TemporaryInstance, Role::FinalSnapshot];
        for made_for in roles {
            for asked_for in roles {
                let execution = (made_for == asked_for).then_some("arn:execution");
                let tags = MAKER.tags(made_for);
                assert_eq!(
                    execution_of(&tags, "wrasse", asked_for),
                    execution,
                    "{made_for} as {asked_for}"
                );
            }
            let lacking = [
                tags_but(made_for, STACK, "another"),
                tags_but(made_for, STACK, ""),
                tags_but(made_for, ROLE, ""),
                tags_but(made_for, EXECUTION, ""),
                Tags::default(),
            ];
            for tags in lacking {
                assert_eq!(execution_of(&tags, "wrasse", made_for), None, "{made_for} {tags:?}");
            }
        }
        let tags = MAKER.final_tags("sha");
        assert_eq!(
            execution_of(&tags, "wrasse", Role::FinalSnapshot),
            Some("arn:execution")
        );
    }

    #[test]
    fn retention_sees_only_the_released_finals_of_its_stack_and_source() {
        let role = Role::FinalSnapshot;
        let released = |tags: Tags| -> Tags { tags.iter().chain([(RELEASED, "true")]).collect() };
        let counts = |tags: Tags| is_released_final_of(&tags, "wrasse", "shop");
        assert!(counts(released(MAKER.final_tags("sha"))));
        assert!(counts(released(tags_but(role, RUN, "another"))));
        assert!(!counts(MAKER.final_tags("sha")));
        assert!(!counts(released(tags_but(role, SOURCE, "another"))));
        assert!(!counts(released(tags_but(role, STACK, ""))));
        assert!(!counts(released(MAKER.tags(Role::TemporarySnapshot))));
    }

    #[test]
    fn a_released_final_snapshot_belongs_to_no_execution_any_more() {
        let made = MAKER.final_tags("sha");
        assert_eq!(
            execution_of(&made, "wrasse", Role::FinalSnapshot),
            Some("arn:execution")
        );
        let added = MAKER.release_tags();
        let released: Tags = made.iter().chain(added.iter()).collect();
        assert_eq!(execution_of(&released, "wrasse", Role::FinalSnapshot), None);
    }
}
