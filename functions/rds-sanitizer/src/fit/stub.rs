//! The rules to paste for columns that have none, with a guess at each.

use std::fmt::Write as _;

use sanitizer_contract::TableName;

use super::Unclassified;
use crate::schema::{Column, Kind};

/// Lists all columns without a word, as the part of the rules that is missing.
pub(super) fn of(path: &str, unclassified: &[Unclassified], usual_schema: &str) -> String {
    let mut stub = format!(
        "{path}.tables says nothing of {} columns. Paste this, and look at each guess:\n",
        unclassified.len()
    );
    let mut table = None;
    for found in unclassified {
        if table != Some(&found.table) {
            let _ = writeln!(stub, "      {}:", key(&found.table, usual_schema));
            table = Some(&found.table);
        }
        let _ = writeln!(
            stub,
            "        {}: {}  # {}",
            yaml(&found.column.name),
            guess(&found.column),
            found.column.type_name
        );
    }
    stub
}

fn key(table: &TableName, usual_schema: &str) -> String {
    let mut table = table.clone();
    table.schema = table.schema.filter(|schema| schema != usual_schema);
    yaml(&table.to_string())
}

/// A YAML key: as it stands where it is a plain word.
fn yaml(text: &str) -> String {
    let mut characters = text.chars();
    let plain = characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
        && !["null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(&text.to_lowercase().as_str());
    if plain { text.to_owned() } else { format!("{text:?}") }
}

/// What a column of that name and type probably holds. A wrong guess that masks too much breaks a test; one that keeps
/// too much shares a person's data: so free text is never guessed to be harmless.
fn guess(column: &Column) -> &'static str {
    let name = column.name.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match &column.kind {
        Kind::Text { .. } => {
            if has(&["mail"]) {
                "fake.email"
            } else if has(&["phone", "mobile", "fax"]) {
                "fake.phone"
            } else if has(&["password", "secret", "token", "api_key"]) {
                "constant(\"x\")"
            } else if has(&["iban"]) {
                "fake.iban"
            } else if has(&["card"]) {
                "fake.card"
            } else if has(&["ssn", "passport", "tax", "national_id", "social"]) {
                "hash"
            } else if has(&["first_name", "firstname", "given"]) {
                "fake.first"
            } else if has(&["last_name", "lastname", "surname", "family"]) {
                "fake.last"
            } else if has(&["user_name", "username", "login", "nick"]) {
                "fake.username"
            } else if has(&["company", "employer"]) {
                "fake.company"
            } else if has(&["street", "address"]) {
                "fake.address"
            } else if has(&["city", "town"]) {
                "fake.city"
            } else if has(&["url", "website", "link"]) {
                "fake.url"
            } else if name == "ip" || has(&["_ip", "ip_"]) {
                "fake.ipv4"
            } else if has(&["name"]) {
                "fake.name"
            } else if has(&[
                "status", "state", "type", "kind", "currency", "country", "locale", "lang", "code",
            ]) {
                "keep"
            } else {
                "redact"
            }
        }
        Kind::Date | Kind::Time if has(&["birth", "dob"]) => "date.shift(30d)",
        Kind::Address => "fake.ipv4",
        Kind::Number if has(&["salary", "income"]) => "number.noise(10%)",
        Kind::Other if column.nullable => "null",
        Kind::Integer | Kind::Number | Kind::Date | Kind::Time | Kind::Uuid | Kind::Enum(_) | Kind::Other => "keep",
    }
}
