//! Names, all chosen before the first effect.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};

/// The final snapshot's name where nothing else was asked for.
pub const DEFAULT_FINAL_SNAPSHOT: &str = "{source}-sanitized-{date}-{time}-{run}";

/// The longest name of a DB snapshot, in characters
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html>).
pub const LONGEST_SNAPSHOT: usize = 255;
/// The longest name of a DB instance, in characters
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>).
pub const LONGEST_INSTANCE: usize = 63;

/// The placeholders of a final snapshot's format.
const PLACEHOLDERS: &str = "{source}, {date}, {time} and {run}";

/// The run's id: the first 16 hex digits of the SHA-256 of the execution's ARN. The same for every step and every
/// repetition, and short enough for every name.
#[must_use]
pub fn run_id(execution_arn: &str) -> String {
    let digest = Sha256::digest(execution_arn.as_bytes());
    digest.iter().take(8).fold(String::with_capacity(16), |mut id, byte| {
        let _ = write!(id, "{byte:02x}");
        id
    })
}

/// The name of the run's temporary instance and, in a namespace of its own, of its temporary snapshot.
#[must_use]
pub fn temporary(run_id: &str) -> String {
    format!("wrasse-tmp-{run_id}")
}

/// What is wrong with a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameProblem {
    /// Nothing is left of it.
    #[error("it is empty")]
    Empty,
    /// Longer than AWS allows.
    #[error("it has {length} characters, at most {longest} are allowed")]
    TooLong {
        /// Of the name.
        length: usize,
        /// Allowed.
        longest: usize,
    },
    /// A digit or a hyphen in front.
    #[error("it must start with a letter")]
    FirstNotLetter,
    /// Anything but ASCII letters, digits and hyphens.
    #[error("it has `{0}`; only ASCII letters, digits and hyphens are allowed")]
    Character(char),
    /// `--`
    #[error("it has two hyphens in a row")]
    DoubleHyphen,
    /// A hyphen at the end.
    #[error("it must not end with a hyphen")]
    TrailingHyphen,
    /// A placeholder that does not exist.
    #[error("`{{{0}}}` is no placeholder; there are {PLACEHOLDERS}")]
    UnknownPlaceholder(String),
    /// `{` without `}`.
    #[error("a `{{` has no `}}`")]
    OpenPlaceholder,
}

/// The final snapshot's name: `format` with `{source}`, `{date}` (`YYYYMMDD`), `{time}` (`HHMMSS`, both UTC) and `{run}`
/// replaced. In lower case, as RDS stores every identifier.
///
/// # Errors
/// Everything that is wrong with the format, or with the name that it makes.
pub fn final_snapshot(
    format: &str,
    source: &str,
    started_at: Timestamp,
    run_id: &str,
) -> Result<String, Vec<NameProblem>> {
    let start = started_at.to_zoned(TimeZone::UTC);
    let mut name = String::new();
    let mut problems = Vec::new();
    let mut rest = format;
    while let Some((literal, after)) = rest.split_once('{') {
        name.push_str(literal);
        let Some((placeholder, after)) = after.split_once('}') else {
            return Err(vec![NameProblem::OpenPlaceholder]);
        };
        match placeholder {
            "source" => name.push_str(source),
            "date" => {
                let _ = write!(name, "{:04}{:02}{:02}", start.year(), start.month(), start.day());
            }
            "time" => {
                let _ = write!(name, "{:02}{:02}{:02}", start.hour(), start.minute(), start.second());
            }
            "run" => name.push_str(run_id),
            unknown => problems.push(NameProblem::UnknownPlaceholder(unknown.to_owned())),
        }
        rest = after;
    }
    name.push_str(rest);
    if !problems.is_empty() {
        return Err(problems);
    }
    check(&name, LONGEST_SNAPSHOT)?;
    Ok(name.to_ascii_lowercase())
}

/// RDS's rules for identifiers: 1 to `longest` ASCII letters, digits and hyphens, a letter first, no two hyphens in a
/// row and none at the end.
///
/// # Errors
/// Everything that is wrong with the name.
pub fn check(name: &str, longest: usize) -> Result<(), Vec<NameProblem>> {
    if name.is_empty() {
        return Err(vec![NameProblem::Empty]);
    }
    let mut problems = Vec::new();
    let length = name.chars().count();
    if length > longest {
        problems.push(NameProblem::TooLong { length, longest });
    }
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        problems.push(NameProblem::FirstNotLetter);
    }
    if let Some(illegal) = name
        .chars()
        .find(|character| !character.is_ascii_alphanumeric() && *character != '-')
    {
        problems.push(NameProblem::Character(illegal));
    }
    if name.contains("--") {
        problems.push(NameProblem::DoubleHyphen);
    }
    if name.ends_with('-') {
        problems.push(NameProblem::TrailingHyphen);
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:states:us-east-1:123456789012:execution:rds-snapshots:night";

    fn name_of(format: &str) -> Result<String, Vec<NameProblem>> {
        final_snapshot(
            format,
            "shop-production",
            "2026-11-20T03:05:09Z".parse().unwrap(),
            "0123456789abcdef",
        )
    }

    #[test]
    fn the_run_id_is_the_start_of_the_executions_hash() {
        // printf %s "$ARN" | sha256sum
        assert_eq!(run_id(ARN), "b6c8137b9b90a66b");
        assert_ne!(run_id(ARN), run_id(&format!("{ARN}2")));
    }

    #[test]
    fn temporary_names_are_legal_for_instances_and_snapshots() {
        let name = temporary(&run_id(ARN));
        assert_eq!(check(&name, LONGEST_INSTANCE), Ok(()));
        assert_eq!(check(&name, LONGEST_SNAPSHOT), Ok(()));
    }

    #[test]
    fn placeholders_are_replaced_in_utc_and_lower_case() {
        assert_eq!(
            name_of(DEFAULT_FINAL_SNAPSHOT).unwrap(),
            "shop-production-sanitized-20261120-030509-0123456789abcdef"
        );
        assert_eq!(name_of("Nightly").unwrap(), "nightly");
    }

    #[test]
    fn a_placeholder_that_does_not_exist_is_an_error_that_lists_those_that_do() {
        let problems = name_of("{source}-{day}-{hour}").unwrap_err();
        assert_eq!(
            problems,
            [
                NameProblem::UnknownPlaceholder("day".to_owned()),
                NameProblem::UnknownPlaceholder("hour".to_owned())
            ]
        );
        assert_eq!(
            problems[0].to_string(),
            "`{day}` is no placeholder; there are {source}, {date}, {time} and {run}"
        );
        assert_eq!(name_of("{source").unwrap_err(), [NameProblem::OpenPlaceholder]);
    }

    #[test]
    fn an_illegal_name_tells_all_its_problems() {
        let too_long = "a".repeat(256);
        let cases: [(&str, &[NameProblem]); 9] = [
            ("a", &[]),
            ("", &[NameProblem::Empty]),
            ("9lives", &[NameProblem::FirstNotLetter]),
            ("a b", &[NameProblem::Character(' ')]),
            ("ä-b", &[NameProblem::FirstNotLetter, NameProblem::Character('ä')]),
            ("a--b", &[NameProblem::DoubleHyphen]),
            ("a-", &[NameProblem::TrailingHyphen]),
            (
                "_a--",
                &[
                    NameProblem::FirstNotLetter,
                    NameProblem::Character('_'),
                    NameProblem::DoubleHyphen,
                    NameProblem::TrailingHyphen,
                ],
            ),
            (
                &too_long,
                &[NameProblem::TooLong {
                    length: 256,
                    longest: 255,
                }],
            ),
        ];
        for (name, problems) in cases {
            let found = check(name, LONGEST_SNAPSHOT).err().unwrap_or_default();
            assert_eq!(found, problems, "{name}");
        }
        assert_eq!(check(&too_long[..255], LONGEST_SNAPSHOT), Ok(()));
        assert!(check(&too_long[..64], LONGEST_INSTANCE).is_err());
    }
}
