//! An error of deserializing, on its way to a sentence.

use std::fmt;

use serde::de::{self, Expected, Unexpected};

use crate::parameters::ParametersError;

/// A key is the author's own text, and may be of any length.
const QUOTED: usize = 64;

/// What is wrong, and under which keys, the outermost first.
#[derive(Debug)]
pub(super) struct Problem {
    path: Vec<String>,
    what: What,
}

#[derive(Debug)]
enum What {
    UnknownKey {
        key: String,
        known: &'static [&'static str],
    },
    MissingKey(&'static str),
    DuplicateKey(&'static str),
    Wrong(String),
}

impl Problem {
    fn of(what: What) -> Self {
        Self { path: Vec::new(), what }
    }

    /// The value found is of another kind than the one needed.
    pub(super) fn kind(found: &str, needed: &str) -> Self {
        Self::of(What::Wrong(format!("it has {found} where {needed} is needed")))
    }

    pub(super) fn unknown_key(key: &str, known: &'static [&'static str]) -> Self {
        Self::of(What::UnknownKey {
            key: key.to_owned(),
            known,
        })
    }

    /// It was met below `key`.
    pub(super) fn below(mut self, key: &str) -> Self {
        self.path.insert(0, key.to_owned());
        self
    }

    pub(super) fn into_error(self) -> ParametersError {
        let path = |key: Option<&str>| {
            let keys: Vec<&str> = self.path.iter().map(String::as_str).chain(key).collect();
            keys.join(".")
        };
        match &self.what {
            What::UnknownKey { key, known } => ParametersError::UnknownKey {
                key: path(Some(key)),
                known,
            },
            What::MissingKey(key) => ParametersError::MissingKey(path(Some(key))),
            What::DuplicateKey(key) => ParametersError::DuplicateKey(path(Some(key))),
            What::Wrong(problem) => ParametersError::WrongValue {
                key: path(None),
                problem: problem.clone(),
            },
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("UserParameters that are not as they should be")
    }
}

impl std::error::Error for Problem {}

impl de::Error for Problem {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self::of(What::Wrong(text.to_string()))
    }

    fn invalid_type(found: Unexpected<'_>, needed: &dyn Expected) -> Self {
        Self::kind(found_kind(found), &needed_kind(&needed.to_string()))
    }

    fn invalid_value(found: Unexpected<'_>, needed: &dyn Expected) -> Self {
        Self::invalid_type(found, needed)
    }

    fn invalid_length(_: usize, needed: &dyn Expected) -> Self {
        Self::kind("a list of another length", &needed_kind(&needed.to_string()))
    }

    fn unknown_variant(_: &str, known: &'static [&'static str]) -> Self {
        Self::kind("another text", &one_of(known))
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        Self::unknown_key(key, known)
    }

    fn missing_field(key: &'static str) -> Self {
        Self::of(What::MissingKey(key))
    }

    fn duplicate_field(key: &'static str) -> Self {
        Self::of(What::DuplicateKey(key))
    }
}

/// The kind alone: serde's own words quote the value.
fn found_kind(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "true or false",
        Unexpected::Unsigned(_) => "a number",
        Unexpected::Signed(_) => "a negative number",
        Unexpected::Float(_) => "a number with a fraction",
        Unexpected::Str(_) | Unexpected::Char(_) => "a text",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "a list",
        Unexpected::Map => "an object",
        _ => "something else",
    }
}

/// serde says what it needs in the words of Rust.
fn needed_kind(needed: &str) -> String {
    let text = match needed {
        "a string" | "str" | "a character" => "a text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        "unit" => "null",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65,535",
        "u32" => "a whole number from 0 to 4,294,967,295",
        "u64" | "u128" | "usize" => "a whole number from 0 on",
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        other if other.starts_with("struct ") => "an object",
        other => other,
    };
    text.to_owned()
}

pub(super) fn one_of(known: &[&str]) -> String {
    format!("one of {}", list(known))
}

pub(super) fn list(known: &[&str]) -> String {
    let known: Vec<String> = known.iter().map(|key| quoted(key)).collect();
    known.join(", ")
}

pub(super) fn quoted(key: &str) -> String {
    let shown: String = key.chars().filter(|letter| !letter.is_control()).take(QUOTED).collect();
    let cut = if shown.len() < key.len() { "…" } else { "" };
    format!("\"{shown}{cut}\"")
}
