//! The command line.

use crate::config::{OPTIONAL_VARIABLES, VARIABLES};

/// What a command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// `run`.
    Run,
    /// `--help`, `-h` or nothing.
    Help,
    /// `--version` or `-V`.
    Version,
    /// Anything else; says what.
    Unknown(String),
}

impl Command {
    /// The command of these arguments (without the program's name).
    #[must_use]
    pub fn parse(arguments: &[String]) -> Self {
        let words: Vec<_> = arguments.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["run"] => Self::Run,
            [] | ["--help" | "-h" | "help"] | ["run", "--help" | "-h"] => Self::Help,
            ["--version" | "-V"] => Self::Version,
            ["run", unknown, ..] | [unknown, ..] => Self::Unknown((*unknown).into()),
        }
    }
}

/// The text of `--help`.
#[must_use]
pub fn help() -> String {
    let all = || VARIABLES.iter().chain(&OPTIONAL_VARIABLES);
    let width = all().map(|(name, _)| name.len()).max().unwrap_or_default();
    let listed = |variables: &[(&str, &str)]| {
        let lines = variables
            .iter()
            .map(|(name, meaning)| format!("  {name:<width$}  {meaning}"));
        lines.collect::<Vec<_>>().join("\n")
    };
    let (variables, optional) = (listed(&VARIABLES), listed(&OPTIONAL_VARIABLES));
    format!(
        "Removes personal data from a copy of a PostgreSQL database and proves it.

Usage: rds-sanitizer run

Reads the rules document, holds it against the database, masks its tables or runs its sql scripts, makes its
verifications and writes report.json and, only when everything passed, manifest.json. Everything it needs is in its
environment:

{variables}

and, where it is wanted:

{optional}

AWS's own variables say the region (AWS_REGION) and where credentials come from; Fargate sets them.

TLS is required, and verified, for every server that is not on a loopback address.

Exit codes: 0 everything passed; 1 the run failed (report.json says why); 2 bad arguments or environment.
"
    )
}

/// The text of `--version`.
#[must_use]
pub fn version() -> &'static str {
    concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"), "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines_are_understood() {
        let cases: [(&[&str], Command); 9] = [
            (&["run"], Command::Run),
            (&[], Command::Help),
            (&["-h"], Command::Help),
            (&["--help"], Command::Help),
            (&["run", "--help"], Command::Help),
            (&["--version"], Command::Version),
            (&["verify"], Command::Unknown("verify".into())),
            (&["run", "--fast"], Command::Unknown("--fast".into())),
            (&["--version", "x"], Command::Unknown("--version".into())),
        ];
        for (arguments, expected) in cases {
            let owned: Vec<_> = arguments.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(Command::parse(&owned), expected, "{arguments:?}");
        }
    }

    #[test]
    fn help_teaches_every_variable() {
        for (name, meaning) in VARIABLES.into_iter().chain(OPTIONAL_VARIABLES) {
            assert!(help().contains(name) && help().contains(meaning), "{name}");
        }
    }
}
