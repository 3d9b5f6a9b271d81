//! From YAML to [`Rules`], collecting every problem on the way.
//!
//! serde's derived types stop at the first problem and cannot name its place, so the document is read into a plain tree
//! first and the tree is walked with its path.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy};

use super::{Coverage, Database, Rules, Seed, Sql, Verification, tables};
use crate::VERSION;

pub(super) type Map = serde_json::Map<String, Value>;

/// The document as a tree. The error is in our words: of the library's only the parser's fixed texts are used, which
/// quote at most one character.
pub(super) fn tree(document: &[u8]) -> Result<Value, String> {
    let options = serde_saphyr::options! {
        with_snippet: false,
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        reject_unsupported_tags: true,
        // Aliases that repeat one another grow exponentially; this is ample for shared scripts.
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 1_000 },
    };
    serde_saphyr::from_slice_with_options(document, options).map_err(|error| {
        let place = error.location().map_or_else(String::new, |location| {
            format!(" at line {}, column {}", location.line(), location.column())
        });
        format!("{}{place}", description(error.without_snippet()))
    })
}

fn description(error: &serde_saphyr::Error) -> String {
    use serde_saphyr::Error as E;
    match error {
        E::ExternalMessage { msg, .. } => format!("not YAML: {msg}"),
        E::InvalidUtf8Input => "not UTF-8 text".into(),
        E::Eof { .. } => "it is empty".into(),
        E::MultipleDocuments { .. } => "more than one YAML document".into(),
        E::DuplicateMappingKey { key: Some(key), .. } => format!("{} is given twice", shown_key(key)),
        E::DuplicateMappingKey { .. } => "a key is given twice".into(),
        E::MergeKeyNotAllowed { .. } => "merge keys (<<) are not supported".into(),
        E::UnknownAnchor { .. } => "an alias without an anchor".into(),
        E::AliasReplayLimitExceeded { .. }
        | E::AliasExpansionLimitExceeded { .. }
        | E::AliasReplayStackDepthExceeded { .. }
        | E::Budget { .. } => "too many or too deeply nested parts".into(),
        E::AliasError { error, .. } => description(error),
        _ => "not a document of mappings, lists, texts and numbers".into(),
    }
}

/// Checks the tree.
pub(super) fn rules(tree: &Value) -> Result<Rules, Vec<String>> {
    let mut problems = Problems(Vec::new());
    let rules = problems.rules(tree);
    if problems.0.is_empty() {
        Ok(rules)
    } else {
        Err(problems.0)
    }
}

pub(super) struct Problems(Vec<String>);

impl Problems {
    pub(super) fn add(&mut self, problem: String) {
        self.0.push(problem);
    }

    fn rules(&mut self, tree: &Value) -> Rules {
        let mut rules = Rules {
            seed: Seed::Run,
            coverage: Coverage::Require,
            databases: Vec::new(),
        };
        let Some(map) = self.mapping(tree, "", &["version", "seed", "coverage", "databases"]) else {
            return rules;
        };
        if let Some(version) = self.required(map, "", "version")
            && version.as_u64() != Some(u64::from(VERSION))
        {
            self.add(format!("version must be {VERSION}, the only one known"));
        }
        rules.databases = self.list(map, "", "databases", Self::database);
        self.no_name_twice(&rules.databases);
        rules.coverage = self
            .word(
                map,
                "coverage",
                [("require", Coverage::Require), ("report", Coverage::Report)],
            )
            .unwrap_or(Coverage::Require);
        let masks = has_tables(map);
        let seed = self.word(map, "seed", [("secret", Seed::Secret), ("run", Seed::Run)]);
        if masks && !map.contains_key("seed") {
            self.add(
                "seed is missing: secret gives every run the same replacements (the key is a secret of yours), run gives \
                 each run its own"
                    .into(),
            );
        }
        rules.seed = seed.unwrap_or(Seed::Run);
        for key in ["seed", "coverage"] {
            if !masks && map.contains_key(key) && !rules.databases.is_empty() {
                self.add(format!("{key} is about masks, and no database has tables"));
            }
        }
        rules
    }

    /// One of two words.
    fn word<T: Copy>(&mut self, map: &Map, key: &str, words: [(&str, T); 2]) -> Option<T> {
        let value = map.get(key)?;
        let found = words
            .iter()
            .find(|(word, _)| value == word)
            .map(|(_, meaning)| *meaning);
        if found.is_none() {
            self.add(format!("{key} must be {} or {}", words[0].0, words[1].0));
        }
        found
    }

    fn no_name_twice(&mut self, databases: &[Database]) {
        let mut first = BTreeMap::new();
        for (index, database) in databases
            .iter()
            .enumerate()
            .filter(|(_, database)| !database.name.is_empty())
        {
            if let Some(earlier) = first.insert(&database.name, index) {
                self.add(format!(
                    "databases[{index}].name is the name of databases[{earlier}], too: put both into one entry"
                ));
            }
        }
    }

    /// A database, possibly incomplete: then a problem was added, and nobody gets to see it.
    fn database(&mut self, value: &Value, path: &str) -> Option<Database> {
        let map = self.mapping(value, path, &["name", "sql", "before", "tables", "after", "verify"])?;
        let name = self
            .required(map, path, "name")
            .and_then(|name| self.text(name, &join(path, "name")));
        let tables = map
            .get("tables")
            .map(|value| tables::tables(self, value, &join(path, "tables")));
        // What is left out here is a copy that is shared unchanged or unproven. Masks prove themselves.
        match &tables {
            None => {
                for key in ["before", "after"] {
                    if map.contains_key(key) {
                        self.add(format!("{} goes with tables; scripts alone are sql", join(path, key)));
                    }
                }
                for key in ["sql", "verify"] {
                    if !map.contains_key(key) {
                        self.add(format!("{} is missing", join(path, key)));
                    }
                }
            }
            Some(_) if map.contains_key("sql") => {
                self.add(format!(
                    "{} goes without tables; beside them use before and after",
                    join(path, "sql")
                ));
            }
            Some(_) => {}
        }
        let mut list = |key| self.optional_list(map, path, key, Self::sql);
        let (sql, before, after) = (list("sql"), list("before"), list("after"));
        let verify = self.optional_list(map, path, "verify", Self::verification);
        Some(Database {
            name: name.unwrap_or_default(),
            sql,
            before,
            tables: tables.unwrap_or_default(),
            after,
            verify,
        })
    }

    fn verification(&mut self, value: &Value, path: &str) -> Option<Verification> {
        let map = self.mapping(value, path, &["expect_no_rows"])?;
        let query = self.required(map, path, "expect_no_rows")?;
        self.sql(query, &join(path, "expect_no_rows"))
            .map(|expect_no_rows| Verification { expect_no_rows })
    }

    fn sql(&mut self, value: &Value, path: &str) -> Option<Sql> {
        let text = self.text(value, path)?;
        if text.chars().all(|c| c.is_whitespace() || c == ';') {
            self.add(format!("{path} has no statement"));
            return None;
        }
        Some(Sql(text))
    }

    pub(super) fn text(&mut self, value: &Value, path: &str) -> Option<String> {
        match value {
            Value::String(text) if text.trim().is_empty() => self.add(format!("{path} is blank")),
            Value::String(text) if text.contains('\0') => self.add(format!("{path} has a NUL character")),
            Value::String(text) => return Some(text.clone()),
            Value::Object(_) => self.add(format!(
                "{path} must be a text, found a mapping: text that has a colon and a space needs quotes or a block (|)"
            )),
            Value::Bool(_) | Value::Number(_) => {
                self.add(format!(
                    "{path} must be a text, found {}: put it in quotes",
                    kind(value)
                ));
            }
            Value::Null | Value::Array(_) => self.add(format!("{path} must be a text, found {}", kind(value))),
        }
        None
    }

    pub(super) fn mapping<'v>(&mut self, value: &'v Value, path: &str, known: &[&str]) -> Option<&'v Map> {
        let Value::Object(map) = value else {
            let place = if path.is_empty() { "the document" } else { path };
            self.add(format!(
                "{place} must be a mapping with {}, found {}",
                known.join(", "),
                kind(value)
            ));
            return None;
        };
        for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
            let place = if path.is_empty() {
                String::new()
            } else {
                format!(" in {path}")
            };
            self.add(format!(
                "unknown key {}{place}; known keys: {}",
                shown_key(key),
                known.join(", ")
            ));
        }
        Some(map)
    }

    pub(super) fn required<'v>(&mut self, map: &'v Map, path: &str, key: &str) -> Option<&'v Value> {
        let value = map.get(key);
        if value.is_none() {
            self.add(format!("{} is missing", join(path, key)));
        }
        value
    }

    /// A list that may be left out, but not be empty.
    fn optional_list<T>(
        &mut self,
        map: &Map,
        path: &str,
        key: &str,
        read: impl Fn(&mut Self, &Value, &str) -> Option<T>,
    ) -> Vec<T> {
        if map.contains_key(key) {
            self.list(map, path, key, read)
        } else {
            Vec::new()
        }
    }

    /// A list that must not be empty: nobody means one that is.
    pub(super) fn list<T>(
        &mut self,
        map: &Map,
        path: &str,
        key: &str,
        read: impl Fn(&mut Self, &Value, &str) -> Option<T>,
    ) -> Vec<T> {
        let path = join(path, key);
        match map.get(key) {
            None => self.add(format!("{path} is missing")),
            Some(Value::Array(items)) if items.is_empty() => self.add(format!("{path} is empty")),
            Some(Value::Array(items)) => {
                return items
                    .iter()
                    .enumerate()
                    .filter_map(|(index, item)| read(self, item, &format!("{path}[{index}]")))
                    .collect();
            }
            Some(other) => self.add(format!("{path} must be a list, found {}", kind(other))),
        }
        Vec::new()
    }
}

/// Whether any database has tables, be they right or not.
fn has_tables(map: &Map) -> bool {
    let databases = map.get("databases").and_then(Value::as_array);
    databases.is_some_and(|databases| databases.iter().any(|database| database.get("tables").is_some()))
}

pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.into()
    } else {
        format!("{path}.{key}")
    }
}

/// A key as it may be shown: what is no plain word could be SQL that slipped into a key's place.
pub(super) fn shown_key(key: &str) -> String {
    let plain = (1..=64).contains(&key.len())
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if plain {
        format!("\"{key}\"")
    } else {
        "(not shown: no plain word)".into()
    }
}

pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}
