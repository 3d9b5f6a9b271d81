//! The rules document: what to change in which database, and what must hold afterwards.
//!
//! ```yaml
//! version: 1
//! seed: secret
//! databases:
//!   - name: shop
//!     tables:
//!       users: { id: keep, email: fake.email, notes: redact }
//!       sessions: truncate
//!   - name: archive
//!     sql: ["UPDATE users SET email = 'user' || id || '@example.invalid'"]
//!     verify:
//!       - expect_no_rows: "SELECT 1 FROM users WHERE email NOT LIKE '%@example.invalid'"
//! ```

mod masks;
mod reader;
mod tables;

use std::fmt;

pub use masks::{Constant, Fake, Kept, Mask, Part};
pub use tables::{TableName, TableRule, TableRules};

/// A rules document's largest size, in bytes.
pub const MAX_RULES_BYTES: usize = 1024 * 1024;

/// A rules document that was found to be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Where the key of the masks comes from.
    pub seed: Seed,
    /// What becomes of a copy that has columns without a word in the rules.
    pub coverage: Coverage,
    /// At least one; names are unique.
    pub databases: Vec<Database>,
}

/// Where the key of the masks comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seed {
    /// A secret of the user's: the same replacements in every run.
    Secret,
    /// Made for the run and forgotten with it.
    Run,
}

/// What becomes of a copy that has columns without a word in the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// The run stops before it changes anything.
    Require,
    /// They are kept, and the report lists them.
    Report,
}

/// What to do in one database: scripts alone (`sql`), or masks with scripts before and after them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// The database's name on the server.
    pub name: String,
    /// Scripts in the order to run, none blank; at least one where there are no tables.
    pub sql: Vec<Sql>,
    /// Scripts to run before the masks.
    pub before: Vec<Sql>,
    /// What becomes of each table; empty where scripts do it all.
    pub tables: Vec<TableRules>,
    /// Scripts to run after the masks.
    pub after: Vec<Sql>,
    /// What must hold afterwards; at least one where there are no tables.
    pub verify: Vec<Verification>,
}

/// Something that must hold after the scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// A read-only query that must find nothing.
    pub expect_no_rows: Sql,
}

/// SQL out of the rules. It may quote personal data or secrets, so its `Debug` shows its length alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Sql(String);

impl Sql {
    /// The text, for the database alone.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sql({} bytes)", self.0.len())
    }
}

/// Everything that is wrong with a rules document, each problem with its place. Never quotes the document, except for
/// keys that are plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesError {
    problems: Vec<String>,
}

impl RulesError {
    /// At least one. A place such as `databases[0].sql[2]` counts from 0, as yq and jq do.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    fn one(problem: impl Into<String>) -> Self {
        Self {
            problems: vec![problem.into()],
        }
    }
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the rules document is not right: {}", self.problems.join("; "))
    }
}

impl std::error::Error for RulesError {}

impl Rules {
    /// Reads and checks a rules document in YAML (JSON is YAML, too).
    ///
    /// # Errors
    /// Where the document is YAML, all problems together; else the first place where it is not.
    pub fn parse(document: &[u8]) -> Result<Self, RulesError> {
        if document.len() > MAX_RULES_BYTES {
            return Err(RulesError::one(format!(
                "it has {} bytes, at most {MAX_RULES_BYTES} are accepted",
                document.len()
            )));
        }
        let tree = reader::tree(document).map_err(RulesError::one)?;
        reader::rules(&tree).map_err(|problems| RulesError { problems })
    }
}

#[cfg(test)]
mod tests;
