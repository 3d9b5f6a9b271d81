//! Decides what holds for all turns of a run, before anything is changed.

use std::collections::BTreeSet;
use std::fmt::Display;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Context;
use crate::count;
use crate::destination;
use crate::error::SubscriberError;
use crate::run::{Mode, Position, Run, Tally};

/// The first word of the name of an execution that CloudFormation waits for, and of those that go on with it.
pub(crate) const DELETE_SERIES: &str = "delete";
const OTHER_SERIES: &str = "continued";

/// An execution's input. A key that is not known is an error: a `dryrun` must not become a run.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct Input {
    mode: Mode,
    dry_run: bool,
    position: Position,
    tally: Tally,
    #[serde(rename = "scheduled_time")]
    _scheduled_time: Option<String>,
    #[serde(rename = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID")]
    _started_by: Option<String>,
}

/// The answer: all that the turns need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// What holds for all turns.
    pub run: Run,
    /// Where to begin.
    pub position: Position,
    /// What an execution before this one has counted, else zeros.
    pub tally: Tally,
}

pub(crate) async fn check(context: &Context, execution: &str, input: Value) -> Result<Checked, SubscriberError> {
    let input = parse(input)?;
    let guard = match input.mode {
        Mode::Subscribe => destination::guard(context).await?,
        Mode::Remove => BTreeSet::new(),
    };
    if input.mode == Mode::Subscribe {
        count::check_maximum(context, &guard, None).await?;
    }
    tracing::info!(mode = ?input.mode, dry_run = input.dry_run, guard = ?guard, "checked");
    Ok(Checked {
        run: Run {
            mode: input.mode,
            dry_run: input.dry_run,
            series: series(execution).to_owned(),
            guard,
        },
        position: Position {
            turns: 0,
            ..input.position
        },
        tally: input.tally,
    })
}

fn parse(input: Value) -> Result<Input, SubscriberError> {
    if !input.is_object() {
        return Err(not_understood("it is no object"));
    }
    serde_json::from_value(input).map_err(not_understood)
}

fn not_understood(problem: impl Display) -> SubscriberError {
    SubscriberError::InvalidRequest(format!(
        "the execution's input: {problem}; give {{}}, {{\"dryRun\": true}}, {{\"mode\": \"remove\"}}, or, to go on where \
         an execution was stopped, {{\"position\": ...}} from the output of its last Subscribe"
    ))
}

fn series(execution: &str) -> &'static str {
    match execution.split_once('-') {
        Some((DELETE_SERIES, _)) => DELETE_SERIES,
        _ => OTHER_SERIES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn inputs_of_people_schedules_and_earlier_executions_are_understood() {
        let position = Position {
            token: Some("t".into()),
            after: Some("/a".into()),
            turns: 9,
        };
        let cases = [
            (json!({}), Input::default()),
            (
                json!({"scheduled_time": "2026-11-20T12:00:00Z"}),
                Input {
                    _scheduled_time: Some("2026-11-20T12:00:00Z".into()),
                    ..Input::default()
                },
            ),
            (
                json!({"dryRun": true}),
                Input {
                    dry_run: true,
                    ..Input::default()
                },
            ),
            (
                json!({"mode": "remove"}),
                Input {
                    mode: Mode::Remove,
                    ..Input::default()
                },
            ),
            (
                json!({"position": {"token": "t", "after": "/a", "turns": 9}}),
                Input {
                    position,
                    ..Input::default()
                },
            ),
            (
                json!({"position": {"after": "/a"}, "tally": {"groups": 3}}),
                Input {
                    position: Position {
                        after: Some("/a".into()),
                        ..Position::default()
                    },
                    tally: Tally {
                        groups: 3,
                        ..Tally::default()
                    },
                    ..Input::default()
                },
            ),
        ];
        for (input, expected) in cases {
            assert_eq!(parse(input.clone()).unwrap(), expected, "{input}");
        }
    }

    #[test]
    fn an_input_that_is_not_understood_starts_nothing_and_says_what_to_give() {
        let cases = [
            json!({"dryrun": true}),
            json!({"dryRun": "yes"}),
            json!({"mode": "delete"}),
            json!({"position": "/a"}),
            json!({"position": {"turns": -1}}),
            json!({"position": {"behind": "/a"}}),
            json!([]),
            json!("{}"),
        ];
        for input in cases {
            let error = parse(input.clone()).unwrap_err();
            assert_eq!(error.name(), "InvalidRequest", "{input}");
            assert!(error.to_string().contains("give {}, {\"dryRun\": true}"), "{error}");
        }
    }

    #[test]
    fn executions_that_go_on_with_a_deletion_can_be_told_by_their_names() {
        let cases = [
            ("delete-5f0c", DELETE_SERIES),
            ("delete", OTHER_SERIES),
            ("deleted-5f0c", OTHER_SERIES),
            ("5f0c-delete", OTHER_SERIES),
        ];
        for (name, expected) in cases {
            assert_eq!(series(name), expected, "{name}");
        }
    }
}
