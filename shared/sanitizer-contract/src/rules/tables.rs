//! What becomes of each table: the `tables` part of a rules document.

use std::fmt;

use serde_json::Value;

use super::masks::{Kept, Mask};
use super::reader::{Map, Problems, join, kind, shown_key};

/// What becomes of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRules {
    /// The table.
    pub table: TableName,
    /// What becomes of it.
    pub rule: TableRule,
}

/// A table's name in the rules; exact, as it stands in the database's catalog.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TableName {
    /// `None` is the engine's usual schema: `public` in PostgreSQL.
    pub schema: Option<String>,
    /// Without its schema.
    pub name: String,
}

/// What becomes of a table's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableRule {
    /// They are deleted, all of them.
    Truncate,
    /// They stay as they are.
    KeepAll,
    /// Each column's values become what its mask says.
    Columns(Vec<(String, Mask)>),
}

impl TableName {
    /// `table` or `schema.table`; names with other characters than letters, digits, `_` and `$` in double quotes.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (first, rest) = identifier(text.trim())?;
        let Some(rest) = rest.strip_prefix('.') else {
            return rest.is_empty().then_some(Self {
                schema: None,
                name: first,
            });
        };
        let (second, rest) = identifier(rest)?;
        rest.is_empty().then_some(Self {
            schema: Some(first),
            name: second,
        })
    }
}

/// As it is written in the rules.
impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{}.", written(schema))?;
        }
        f.write_str(&written(&self.name))
    }
}

fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

fn written(name: &str) -> String {
    if !name.is_empty() && name.chars().all(is_plain) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// The first identifier of a text, and the rest.
fn identifier(text: &str) -> Option<(String, &str)> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find(|c| !is_plain(c)).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        return (!name.is_empty()).then(|| (name.to_owned(), rest));
    };
    let mut name = String::new();
    loop {
        let (before, after) = rest.split_once('"')?;
        name.push_str(before);
        match after.strip_prefix('"') {
            Some(after) => {
                name.push('"');
                rest = after;
            }
            None => return (!name.is_empty()).then_some((name, after)),
        }
    }
}

/// Reads the mapping from tables to their rules.
pub(super) fn tables(problems: &mut Problems, value: &Value, path: &str) -> Vec<TableRules> {
    let Value::Object(map) = value else {
        problems.add(format!(
            "{path} must be a mapping from tables to their rules, found {}",
            kind(value)
        ));
        return Vec::new();
    };
    if map.is_empty() {
        problems.add(format!("{path} is empty"));
    }
    let mut tables: Vec<TableRules> = Vec::new();
    for (key, value) in map {
        let Some(table) = TableName::parse(key) else {
            problems.add(format!(
                "{path} has a key that names no table: {}; write table, schema.table or \"any name\" in double quotes",
                shown_key(key)
            ));
            continue;
        };
        if tables.iter().any(|earlier| earlier.table == table) {
            problems.add(format!("{} is given twice", join(path, &table.to_string())));
        }
        let rule = rule(problems, value, &join(path, &table.to_string()));
        tables.extend(rule.map(|rule| TableRules { table, rule }));
    }
    // Whether a mapping keeps its order is a matter of how serde_json was built.
    tables.sort_by(|one, other| one.table.cmp(&other.table));
    tables
}

fn rule(problems: &mut Problems, value: &Value, path: &str) -> Option<TableRule> {
    match value {
        Value::String(word) if word == "truncate" => Some(TableRule::Truncate),
        Value::Object(map) if map.len() == 1 && map.get("keep").is_some_and(|kept| kept == "all") => {
            Some(TableRule::KeepAll)
        }
        Value::Object(map) if map.is_empty() => {
            problems.add(format!("{path} is empty: name its columns, or write {{ keep: all }}"));
            None
        }
        Value::Object(map) => Some(TableRule::Columns(columns(problems, map, path))),
        _ => {
            problems.add(format!(
                "{path} must be truncate, {{ keep: all }} or a mapping from columns to masks, found {}",
                kind(value)
            ));
            None
        }
    }
}

fn columns(problems: &mut Problems, map: &Map, path: &str) -> Vec<(String, Mask)> {
    let mut columns = Vec::new();
    for (column, value) in map {
        let path = join(path, &written(column));
        columns.extend(mask(problems, value, &path).map(|mask| (column.clone(), mask)));
    }
    columns.sort_by(|(one, _), (other, _)| one.cmp(other));
    columns
}

fn mask(problems: &mut Problems, value: &Value, path: &str) -> Option<Mask> {
    let parsed = match value {
        Value::Null => Ok(Mask::Null),
        Value::String(text) => Mask::parse(text),
        Value::Object(map) if map.len() == 1 && map.contains_key("keep") => {
            return kept(problems, map.get("keep")?, &join(path, "keep")).map(Mask::Keep);
        }
        Value::Object(_) => Err("must be a mask, or { keep: { reason: ... } }".into()),
        _ => Err(format!("must be a mask, found {}", kind(value))),
    };
    parsed.map_err(|problem| problems.add(format!("{path} {problem}"))).ok()
}

fn kept(problems: &mut Problems, value: &Value, path: &str) -> Option<Kept> {
    let map = problems.mapping(value, path, &["reason"])?;
    let reason = problems
        .required(map, path, "reason")
        .and_then(|reason| problems.text(reason, &join(path, "reason")));
    Some(Kept { reason })
}
