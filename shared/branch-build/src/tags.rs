//! The tags that everything of an environment carries.

use std::collections::HashMap;
use std::fmt::Write as _;

use jiff::Timestamp;

use crate::Environment;

/// The key of the environment's name: what a policy asks for before anything is deleted.
pub const ENVIRONMENT: &str = "wrasse:environment";
/// The key of the repository's name.
pub const REPOSITORY: &str = "wrasse:repository";
/// The key of the branch's name, encoded and perhaps cut.
pub const BRANCH_TAG: &str = "wrasse:branch";
const OWNER: &str = "wrasse:owner";
const CREATED: &str = "wrasse:created";
/// The longest value that CodeBuild takes (<https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Tag.html>);
/// CloudFormation takes one more.
const LONGEST: usize = 255;

/// What the tags of an environment say. They never change, so that a push changes no resource's tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Whose they are.
    pub environment: &'a Environment,
    /// The repository's name.
    pub repository: &'a str,
    /// The branch's name, as git has it.
    pub branch: &'a str,
    /// The tag of who pushed first.
    pub owner: String,
    /// The tag of when it was made.
    pub created: String,
}

impl<'a> Facts<'a> {
    /// Those of an environment that `owner` makes `now`, or, if its project has tags already, the ones that it has.
    #[must_use]
    pub fn of(
        environment: &'a Environment,
        repository: &'a str,
        branch: &'a str,
        known: &HashMap<String, String>,
        owner: &str,
        now: Timestamp,
    ) -> Self {
        let kept = |key: &str| known.get(key).cloned();
        Self {
            environment,
            repository,
            branch,
            owner: kept(OWNER).unwrap_or_else(|| encoded(owner)),
            created: kept(CREATED).unwrap_or_else(|| seconds(now)),
        }
    }

    /// Keys and values.
    #[must_use]
    pub fn tags(&self) -> Vec<(String, String)> {
        [
            (ENVIRONMENT, self.environment.name().to_owned()),
            (REPOSITORY, encoded(self.repository)),
            (BRANCH_TAG, encoded(self.branch)),
            (OWNER, self.owner.clone()),
            (CREATED, self.created.clone()),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .to_vec()
    }
}

/// The tag of when an environment is destroyed if nobody pushes, for its project alone: every push moves it.
#[must_use]
pub fn expiry(at: Option<Timestamp>) -> (String, String) {
    let at = at.map_or_else(|| "never".to_owned(), seconds);
    ("wrasse:expires".to_owned(), at)
}

fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A text as a tag's value: what a tag may not have, and `=` itself, becomes `=` and two hexadecimal digits for each byte, as
/// in quoted-printable. What is longer than a value may be is cut.
#[must_use]
pub fn encoded(text: &str) -> String {
    let mut value = String::new();
    for letter in text.chars() {
        let before = value.len();
        if letter.is_ascii_alphanumeric() || "_.:/+-@".contains(letter) {
            value.push(letter);
        } else {
            let mut bytes = [0; 4];
            for byte in letter.encode_utf8(&mut bytes).bytes() {
                // A String takes everything.
                let _ = write!(value, "={byte:02X}");
            }
        }
        if value.len() > LONGEST {
            value.truncate(before);
            break;
        }
    }
    value
}

/// What [`encoded`] made a value of; `None` for what it cannot have made. A text that was cut stays cut.
#[must_use]
pub fn decoded(value: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let Some((&first, others)) = rest.split_first() {
        if first == b'=' {
            let digits = std::str::from_utf8(others.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &others[2..];
        } else {
            bytes.push(first);
            rest = others;
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    // Only what it makes comes back: `=+1` is a number to the standard library, too.
    (encoded(&text) == value).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_only_what_a_tag_may_have() {
        let cases = [
            ("feature/login", "feature/login"),
            ("a=b", "a=3Db"),
            (";$(touch pwned)", "=3B=24=28touch=20pwned=29"),
            ("é", "=C3=A9"),
            (
                "arn:aws:sts::123456789012:assumed-role/x/y@z",
                "arn:aws:sts::123456789012:assumed-role/x/y@z",
            ),
        ];
        for (text, value) in cases {
            assert_eq!(encoded(text), value);
        }
    }

    #[test]
    fn a_long_value_is_cut_between_characters() {
        let value = encoded(&"é".repeat(255));
        assert_eq!(value.len(), 252);
        assert!(value.ends_with("=C3=A9"));
        assert_eq!(encoded(&"a".repeat(300)).len(), 255);
    }

    #[test]
    fn a_value_tells_its_text_again() {
        for text in [
            "",
            "feature/login",
            "a=b",
            ";$(touch pwned)",
            "é",
            "=41",
            "🐠/ветка",
            "\u{7f}",
        ] {
            assert_eq!(decoded(&encoded(text)).as_deref(), Some(text));
        }
        let cut = decoded(&encoded(&"é".repeat(255))).unwrap();
        assert_eq!(cut, "é".repeat(42));
    }

    #[test]
    fn what_was_never_made_tells_nothing() {
        for value in ["=", "=4", "=C3", "=zz", "=+1", "=41", "=c3=a9", "a b", "é", "=C3=28"] {
            assert_eq!(decoded(value), None, "{value}");
        }
        assert_eq!(decoded(&"a".repeat(256)), None);
    }

    #[test]
    fn every_fact_is_a_tag_and_stays_what_it_was() {
        let environment = Environment::of("app", "shop", "x");
        let facts = |known: &HashMap<String, String>, owner: &str, now: &str| -> HashMap<String, String> {
            let facts = Facts::of(&environment, "shop", "x", known, owner, now.parse().unwrap());
            facts.tags().into_iter().collect()
        };
        let first = facts(&HashMap::new(), "mira", "2026-11-20T12:00:00.5Z");
        assert_eq!(first[ENVIRONMENT], environment.name());
        assert_eq!(first[CREATED], "2026-11-20T12:00:00Z");
        assert_eq!(first[OWNER], "mira");
        assert_eq!(first.len(), 5);
        assert_eq!(facts(&first, "jo", "2026-11-21T12:00:00Z"), first);
    }

    #[test]
    fn an_expiry_is_a_time_or_never() {
        let at = "2026-11-20T12:00:00Z".parse().unwrap();
        assert_eq!(expiry(Some(at)).1, "2026-11-20T12:00:00Z");
        assert_eq!(expiry(None).1, "never");
    }
}
