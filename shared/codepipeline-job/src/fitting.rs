//! Cuts an answer to what AWS takes.
//!
//! The limits are AWS's lengths of `Message`, `ExecutionSummary` and `ContinuationToken`
//! (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_FailureDetails.html>,
//! <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ExecutionDetails.html>,
//! <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobSuccessResult.html>). AWS does not say whether it
//! counts bytes or characters: what fits in bytes fits either way.

use std::collections::BTreeMap;

use crate::answer::{Answer, FailureKind};

const MESSAGE: usize = 5_000;
const SUMMARY: usize = 2_048;
const TOKEN: usize = 2_048;
/// A value is for the configuration of a later action, of which a field takes 1,000 characters
/// (<https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html>).
const VALUE: usize = 1_000;
/// As the name of a pipeline's own variable
/// (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineVariable.html>).
const NAME: usize = 128;

const CUT: &str = "…";

/// The answer as AWS takes it.
pub(crate) fn fitted(answer: Answer) -> Answer {
    match answer {
        Answer::Succeed { summary, variables } => Answer::Succeed {
            summary: cut(summary, SUMMARY),
            variables: variables.into_iter().filter_map(variable).collect::<BTreeMap<_, _>>(),
        },
        Answer::Continue { token, .. } if token.is_empty() || token.len() > TOKEN => Answer::Fail {
            message: format!(
                "the action's function gave a continuation token of {} bytes, CodePipeline takes 1 to {TOKEN}: a fault \
                 of the function, please report it",
                token.len()
            ),
            kind: FailureKind::JobFailed,
        },
        Answer::Continue {
            token,
            summary,
            percent,
        } => Answer::Continue {
            token,
            summary: cut(summary, SUMMARY),
            percent: percent.map(|percent| percent.min(100)),
        },
        Answer::Fail { message, kind } => Answer::Fail {
            message: match message.trim() {
                "" => "the action's function gave no reason".to_owned(),
                _ => cut(message, MESSAGE),
            },
            kind,
        },
    }
}

/// A name without any character is no name.
fn variable((name, value): (String, String)) -> Option<(String, String)> {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || ['@', '-', '_'].contains(&letter);
    let name: String = name
        .chars()
        .map(|letter| if allowed(letter) { letter } else { '_' })
        .take(NAME)
        .collect();
    (!name.is_empty()).then(|| (name, cut(value, VALUE)))
}

/// At most `bytes` of the text, whole characters, with a sign where it was cut.
fn cut(mut text: String, bytes: usize) -> String {
    if text.len() > bytes {
        text.truncate(text.floor_char_boundary(bytes - CUT.len()));
        text.push_str(CUT);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn succeed(summary: &str, variables: &[(&str, &str)]) -> Answer {
        Answer::Succeed {
            summary: summary.to_owned(),
            variables: variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    fn proceed(token: &str, summary: &str, percent: Option<u8>) -> Answer {
        Answer::Continue {
            token: token.to_owned(),
            summary: summary.to_owned(),
            percent,
        }
    }

    fn fail(message: &str) -> Answer {
        Answer::Fail {
            message: message.to_owned(),
            kind: FailureKind::ConfigurationError,
        }
    }

    #[test]
    fn a_text_is_cut_between_characters_to_at_most_its_bytes() {
        let cases = [
            ("", 10, ""),
            ("0123456789", 10, "0123456789"),
            ("0123456789a", 10, "0123456…"),
            // Two, three and four bytes a character.
            ("éééééé", 10, "ééé…"),
            ("€€€€", 10, "€€…"),
            ("𝄞𝄞𝄞", 10, "𝄞…"),
            ("abcdef", 3, "…"),
        ];
        for (text, bytes, expected) in cases {
            assert_eq!(cut(text.to_owned(), bytes), expected, "{text}");
            assert!(expected.len() <= bytes);
        }
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        let longest = "x".repeat(5_000);
        for answer in [
            succeed("clear", &[("Decision", "clear"), ("a@b-c_9", "")]),
            succeed("", &[]),
            succeed(&longest[..2_048], &[("Long", &longest[..1_000])]),
            proceed(&longest[..2_048], &longest[..2_048], Some(100)),
            proceed("t", "", None),
            fail(&longest),
        ] {
            assert_eq!(fitted(answer.clone()), answer);
        }
    }

    #[test]
    fn what_is_more_than_aws_takes_is_cut() {
        let long = "x".repeat(6_000);
        let shortened = |bytes: usize| format!("{}…", &long[..bytes - 3]);
        let cases = [
            (
                succeed(&long, &[("Name", &long)]),
                succeed(&shortened(2_048), &[("Name", &shortened(1_000))]),
            ),
            (
                proceed("t", &long, Some(255)),
                proceed("t", &shortened(2_048), Some(100)),
            ),
            (fail(&long), fail(&shortened(5_000))),
            (fail(" \n"), fail("the action's function gave no reason")),
            (
                succeed("", &[("", "nameless"), ("a b.é", "renamed"), (&long, "long")]),
                succeed("", &[("a_b__", "renamed"), (&long[..128], "long")]),
            ),
        ];
        for (answer, expected) in cases {
            assert_eq!(fitted(answer), expected);
        }
    }

    #[test]
    fn a_token_is_never_cut_but_fails_the_job() {
        for token in [String::new(), "x".repeat(2_049)] {
            let Answer::Fail { message, kind } = fitted(proceed(&token, "", None)) else {
                panic!("{} bytes", token.len());
            };
            assert_eq!(kind, FailureKind::JobFailed);
            assert!(message.contains(&format!("{} bytes", token.len())), "{message}");
        }
    }
}
