//! The action's `UserParameters`, read strictly.

mod problem;
mod strict;

use std::fmt;

use serde::de::{DeserializeOwned, Deserializer as _, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::event::Job;
use crate::parameters::problem::{Problem, quoted};
use crate::parameters::strict::{Strict, kind};

/// What is wrong with the `UserParameters`, for the author of the pipeline. Quotes keys, never what they hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParametersError {
    /// There are none.
    #[error("the action has no UserParameters: give it a JSON object, {{}} where nothing is to be set")]
    Missing,
    /// Not JSON at all.
    #[error("the action's UserParameters are not JSON: see line {line}, column {column}")]
    NotJson {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// JSON, but no object.
    #[error("the action's UserParameters are {0}, they must be a JSON object such as {{\"key\": \"value\"}}")]
    NotAnObject(&'static str),
    /// One key stands there twice.
    #[error("the action's UserParameters have the key {} more than once", quoted(.0))]
    DuplicateKey(String),
    /// A key that the function does not know, and those that it knows.
    #[error("the action's UserParameters have the key {}, which is not known: {}", quoted(.key), known_keys(.known))]
    UnknownKey {
        /// With the keys around it: `outer.inner`.
        key: String,
        /// In the order of their definition.
        known: &'static [&'static str],
    },
    /// A key that has to be there is not.
    #[error("the action's UserParameters lack the key {}", quoted(.0))]
    MissingKey(String),
    /// A key holds what it cannot.
    #[error("the action's UserParameters are wrong at the key {}: {problem}", quoted(.key))]
    WrongValue {
        /// With the keys around it: `outer.inner`.
        key: String,
        /// What was found, by its kind, and what is needed.
        problem: String,
    },
}

impl Job {
    /// The action's `UserParameters` as a `T`, strictly: a key that `T` does not have is an error, also without
    /// `deny_unknown_fields`, and so is one that stands there twice at the top. A byte-order mark and white space around
    /// the object do not matter. `{}` is fine where `T` has defaults. `T` is no struct with a flattened field: serde does not
    /// say which keys such a one knows.
    ///
    /// The texts of errors are ours, save those that `T` makes itself (by `try_from` or a `Deserialize` of its own): it must
    /// not quote values.
    ///
    /// # Errors
    /// There are none, or `T` cannot be made of them.
    pub fn parameters<T: DeserializeOwned>(&self) -> Result<T, ParametersError> {
        parse(self.user_parameters.as_deref().unwrap_or_default())
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, ParametersError> {
    let text = text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}');
    if text.is_empty() {
        return Err(ParametersError::Missing);
    }
    let value: Value = serde_json::from_str(text).map_err(|error| ParametersError::NotJson {
        line: error.line(),
        column: error.column(),
    })?;
    if !value.is_object() {
        return Err(ParametersError::NotAnObject(kind(&value)));
    }
    if let Some(key) = repeated_key(text) {
        return Err(ParametersError::DuplicateKey(key));
    }
    T::deserialize(Strict(value)).map_err(Problem::into_error)
}

/// `serde_json`'s own objects keep the last of two: which one the author meant is not to be guessed.
fn repeated_key(text: &str) -> Option<String> {
    struct Keys(Option<String>);

    impl<'de> Visitor<'de> for &mut Keys {
        type Value = ();

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            let mut seen = std::collections::BTreeSet::new();
            while let Some((key, IgnoredAny)) = map.next_entry::<String, _>()? {
                if let Some(key) = seen.replace(key) {
                    self.0 = Some(key);
                    return Err(A::Error::custom("a key that is there twice"));
                }
            }
            Ok(())
        }
    }

    let mut keys = Keys(None);
    let _ = serde_json::Deserializer::from_str(text).deserialize_map(&mut keys);
    keys.0
}

fn known_keys(known: &[&str]) -> String {
    match known {
        [] => "there are none".to_owned(),
        _ => format!("the known ones are {}", problem::list(known)),
    }
}

#[cfg(test)]
mod tests;
