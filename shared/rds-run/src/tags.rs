//! The tags on everything that a run makes.

use std::collections::BTreeMap;
use std::fmt;

/// The name of the stack that made it.
pub const STACK: &str = "wrasse:stack";
/// The run's id.
pub const RUN: &str = "wrasse:run";
/// The ARN of the state machine's execution.
pub const EXECUTION: &str = "wrasse:execution";
/// The identifier of the source DB instance.
pub const SOURCE: &str = "wrasse:source";
/// What it is for: a [`Role`].
pub const ROLE: &str = "wrasse:role";
/// SHA-256 of the rules document, on the final snapshot.
pub const RULES_SHA256: &str = "wrasse:rules-sha256";

/// `true` on a final snapshot that its run checked, shared and left for good.
pub const RELEASED: &str = "wrasse:released";

/// What something is for in its run: the value of [`ROLE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The snapshot of the source, deleted when the run ends.
    TemporarySnapshot,
    /// The instance that is sanitized, deleted when the run ends.
    TemporaryInstance,
    /// What the run is for.
    FinalSnapshot,
}

impl Role {
    /// The tag's value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TemporarySnapshot => "temporary-snapshot",
            Self::TemporaryInstance => "temporary-instance",
            Self::FinalSnapshot => "final-snapshot",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The tags found on a resource.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags(BTreeMap<String, String>);

impl Tags {
    /// The value of a tag.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Whether a tag has this value.
    #[must_use]
    pub fn has(&self, key: &str, value: &str) -> bool {
        self.get(key) == Some(value)
    }

    /// Keys and values, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Tags {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(tags: I) -> Self {
        Self(
            tags.into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }
}

/// Who makes something: the tags' values that all of a run's resources share.
#[derive(Debug, Clone, Copy)]
pub struct Maker<'a> {
    /// Stack name.
    pub stack: &'a str,
    /// Run id.
    pub run: &'a str,
    /// Execution ARN.
    pub execution: &'a str,
    /// Source DB instance.
    pub source: &'a str,
}

impl Maker<'_> {
    /// The tags to make a temporary resource with.
    #[must_use]
    pub fn tags(&self, role: Role) -> Tags {
        [
            (STACK, self.stack),
            (RUN, self.run),
            (EXECUTION, self.execution),
            (SOURCE, self.source),
            (ROLE, role.as_str()),
        ]
        .into_iter()
        .collect()
    }

    /// The tags to add to the final snapshot when the run is done with it. The stack is among them because the role may
    /// only add tags that name it.
    #[must_use]
    pub fn release_tags(&self) -> Tags {
        [(STACK, self.stack), (RELEASED, "true")].into_iter().collect()
    }

    /// The tags to make the final snapshot with: it also names the rules that it was sanitized by.
    #[must_use]
    pub fn final_tags(&self, rules_sha256: &str) -> Tags {
        let mut tags = self.tags(Role::FinalSnapshot);
        tags.0.insert(RULES_SHA256.to_owned(), rules_sha256.to_owned());
        tags
    }
}
