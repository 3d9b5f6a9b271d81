//! A function as its source and its stack state it. One file has one room (`config.rs` the environment, `error.rs` the
//! names of errors, `steps/` a file a step), so what a function needs is found without a list of functions.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use regex::Regex;

use crate::repository;
use crate::template::logical_id;

/// One folder below `functions/`.
pub struct Function {
    /// The folder, the crate and the binary have this name.
    pub name: String,
}

impl Function {
    /// Every function and task.
    pub fn all() -> Result<Vec<Self>> {
        let folders = repository::files("functions", "")?;
        let names = folders.iter().filter_map(|f| f.file_name()?.to_str());
        Ok(names.map(|name| Self { name: name.to_owned() }).collect())
    }

    /// The function that a logical id, or a substitution such as `${RdsSnapshotStepFunctionArn}`, stands for.
    pub fn of(reference: &str) -> Result<Self> {
        let id = reference
            .trim_start_matches("${")
            .trim_end_matches('}')
            .trim_end_matches("Arn");
        let found = Self::all()?.into_iter().find(|f| f.logical_id() == id);
        found.with_context(|| format!("{reference} is no function of a folder below functions/"))
    }

    /// `rds-snapshot-step` -> `RdsSnapshotStepFunction`.
    #[must_use]
    pub fn logical_id(&self) -> String {
        logical_id(&self.name)
    }

    /// The environment variables that its `config.rs` names; none where it has no such file.
    pub fn variables(&self) -> Result<BTreeSet<String>> {
        if repository::files(&format!("functions/{}/src", self.name), "/config.rs")?.is_empty() {
            return Ok(BTreeSet::new());
        }
        Ok(quoted_variables(&self.code("config.rs")?))
    }

    /// The names of the errors that it can end with.
    pub fn errors(&self) -> Result<BTreeSet<String>> {
        Ok(variants(&self.code("error.rs")?))
    }

    /// Those of them after which the same request may succeed later.
    pub fn temporary(&self) -> Result<BTreeSet<String>> {
        Ok(listed_as_temporary(&self.code("error.rs")?))
    }

    /// Its steps by the names that requests have: `take-snapshot`.
    pub fn steps(&self) -> Result<BTreeSet<String>> {
        let files = repository::files(&format!("functions/{}/src/steps", self.name), ".rs")?;
        let names = files.iter().filter_map(|f| f.file_stem()?.to_str());
        Ok(names.filter(|n| *n != "mod").map(|n| n.replace('_', "-")).collect())
    }

    /// A step's source without its tests.
    pub fn step(&self, name: &str) -> Result<String> {
        self.code(&format!("steps/{}.rs", name.replace('-', "_")))
    }

    fn code(&self, file: &str) -> Result<String> {
        let source = repository::read(format!("functions/{}/src/{file}", self.name))?;
        Ok(source.split("#[cfg(test)]").next().unwrap_or_default().to_owned())
    }
}

/// Without those that Lambda itself sets, and lets no template set:
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>.
fn quoted_variables(source: &str) -> BTreeSet<String> {
    let mut names = found(r#""([A-Z][A-Z0-9]*_[A-Z0-9_]+|[A-Z]{3,})""#, source);
    names.retain(|name| !name.starts_with("AWS_"));
    names
}

/// The variants of the one enum whose names are the contract.
fn variants(source: &str) -> BTreeSet<String> {
    let body = source
        .split_once("VariantNames)]")
        .and_then(|(_, rest)| rest.split_once('{'))
        .and_then(|(_, rest)| rest.split_once("\n}"))
        .map_or("", |(body, _)| body);
    found(r"(?m)^    ([A-Z][A-Za-z]+)(?: \{|\(|,)", body)
}

fn listed_as_temporary(source: &str) -> BTreeSet<String> {
    let list = source
        .split_once("TEMPORARY: ")
        .and_then(|(_, rest)| rest.split_once(';'))
        .and_then(|(_, rest)| rest.split_once(';'))
        .map_or("", |(list, _)| list);
    found(r#""([A-Za-z]+)""#, list)
}

fn found(pattern: &str, text: &str) -> BTreeSet<String> {
    let pattern = Regex::new(pattern).unwrap_or_else(|e| unreachable!("a pattern of ours: {e}"));
    pattern.captures_iter(text).map(|c| c[1].to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
        names.map(ToOwned::to_owned).into()
    }

    #[test]
    fn variables_are_the_quoted_capitals() {
        let source =
            r#"let a = required("STACK_NAME"); lookup("FORMAT") "Not One" "s3://BUCKET/KEY" A_CONST "AWS_REGION""#;
        assert_eq!(quoted_variables(source), set(["FORMAT", "STACK_NAME"]));
    }

    #[test]
    fn errors_are_the_variants_and_the_temporary_ones_a_list() {
        let source = "pub const TEMPORARY: [&str; 2] = [\"NotReady\", \"ServiceUnavailable\"];\n\
                      #[derive(Debug, IntoStaticStr, VariantNames)]\npub enum E {\n    /// Says.\n    NotReady(String),\n    \
                      Refused {\n        attempt: String,\n    },\n    Gone,\n}\nenum Other {\n    No,\n}\n";
        assert_eq!(variants(source), set(["Gone", "NotReady", "Refused"]));
        assert_eq!(listed_as_temporary(source), set(["NotReady", "ServiceUnavailable"]));
        assert_eq!(listed_as_temporary("enum E {}"), set([]));
    }
}
