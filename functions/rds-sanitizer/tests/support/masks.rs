//! Runs with rules of masks.

use super::Run;
use super::postgres::Server;

/// The key of the masks.
pub(crate) const KEY: &str = "a key of the tests that is long enough";

/// A run with the key.
pub(crate) fn against(server: &Server, rules: &str) -> Run {
    Run::new(rules, "localhost", server.port, &server.ca_bundle).with_key(KEY)
}

/// A document with masks for one database.
pub(crate) fn rules(database: &str, tables: &str) -> String {
    format!("version: 1\nseed: secret\ndatabases:\n  - name: {database}\n    tables: {tables}\n")
}
