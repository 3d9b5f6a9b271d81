//! Reads a function's environment.

use std::str::FromStr;

use crate::ConfigError;

/// The environment, and what is wrong with it. An empty variable counts as missing: a template has no other way to leave one
/// out.
#[derive(Debug)]
pub struct Variables<L> {
    lookup: L,
    problems: Vec<String>,
}

impl<L: Fn(&str) -> Option<String>> Variables<L> {
    /// Over any environment.
    pub fn new(lookup: L) -> Self {
        Self {
            lookup,
            problems: Vec::new(),
        }
    }

    /// Its value. Where it is missing that is a problem, and the value is empty.
    pub fn required(&mut self, name: &str) -> String {
        self.optional(name).unwrap_or_else(|| {
            self.problems.push(format!("{name} is missing"));
            String::new()
        })
    }

    /// Its value, where it has one.
    pub fn optional(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.is_empty())
    }

    /// Its value, where it has one, as something else: `kind` says as what, `a whole number`. Anything that is not of that kind is
    /// a problem.
    pub fn optional_as<T: FromStr>(&mut self, name: &str, kind: &str) -> Option<T> {
        let value = self.optional(name)?;
        let parsed = value.parse().ok();
        if parsed.is_none() {
            self.problems.push(format!("{name} is `{value}`, it must be {kind}"));
        }
        parsed
    }

    /// Its value as something else. Where it is missing or of another kind that is a problem, and the value is the default.
    pub fn required_as<T: FromStr + Default>(&mut self, name: &str, kind: &str) -> T {
        if self.required(name).is_empty() {
            return T::default();
        }
        self.optional_as(name, kind).unwrap_or_default()
    }

    /// The configuration made of all this, if there was no problem.
    pub fn finish<C>(self, config: C) -> Result<C, ConfigError> {
        match self.problems {
            problems if problems.is_empty() => Ok(config),
            problems => Err(ConfigError { problems }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_missing_or_bad_is_reported_together() {
        let mut variables = Variables::new(|name| match name {
            "THERE" => Some("here".to_owned()),
            "EMPTY" => Some(String::new()),
            "NUMBER" => Some("17".to_owned()),
            "WORD" => Some("soon".to_owned()),
            _ => None,
        });
        assert_eq!(variables.required("THERE"), "here");
        assert_eq!(variables.optional("EMPTY"), None);
        assert_eq!(variables.optional_as::<u8>("NUMBER", "a number"), Some(17));
        assert_eq!(variables.optional_as::<u8>("NOWHERE", "a number"), None);
        assert_eq!(variables.required("EMPTY"), "");
        assert_eq!(variables.required("NOWHERE"), "");
        assert_eq!(variables.optional_as::<u8>("WORD", "a number"), None);
        assert_eq!(variables.required_as::<u8>("NUMBER", "a number"), 17);
        assert_eq!(variables.required_as::<u8>("ABSENT", "a number"), 0);
        let error = variables.finish(()).unwrap_err();
        assert_eq!(
            error.problems,
            [
                "EMPTY is missing",
                "NOWHERE is missing",
                "WORD is `soon`, it must be a number",
                "ABSENT is missing"
            ]
        );
    }

    #[test]
    fn without_a_problem_there_is_a_configuration() {
        assert!(Variables::new(|_| None).finish(()).is_ok());
    }
}
