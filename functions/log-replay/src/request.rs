//! The event of an invocation: what to replay.

use serde::Deserialize;
use serde_json::Value;

use crate::error::ReplayError;
use crate::places::Places;

/// What to replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    /// Of the objects' keys. Begins with the error prefix.
    pub(crate) prefix: String,
    /// Count, and change nothing.
    pub(crate) dry_run: bool,
}

/// An unknown field is refused: a misspelt `dryRun` that is passed over changes what it should not.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Event {
    prefix: Option<String>,
    #[serde(default)]
    dry_run: bool,
    /// The schedule fills it in. What is replayed does not depend on it.
    #[serde(rename = "scheduled_time")]
    _scheduled_time: Option<String>,
}

pub(crate) fn read(event: &Value, places: &Places) -> Result<Request, ReplayError> {
    let event = Event::deserialize(event).map_err(|error| ReplayError::InvalidRequest(error.to_string()))?;
    let prefix = event.prefix.unwrap_or_else(|| places.errors().to_owned());
    if prefix.starts_with(places.errors()) {
        Ok(Request {
            prefix,
            dry_run: event.dry_run,
        })
    } else {
        Err(ReplayError::InvalidRequest(format!(
            "prefix is `{prefix}`; it must begin with the error prefix `{}`, or be left out",
            places.errors()
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_is_under_the_error_prefix_is_asked_for_and_nothing_is_guessed_at() {
        let places = Places::new("errors/");
        let cases = [
            (json!({}), Some(("errors/", false))),
            (
                json!({"scheduled_time": "2026-11-20T03:00:00Z"}),
                Some(("errors/", false)),
            ),
            (json!({"dryRun": true}), Some(("errors/", true))),
            (
                json!({"prefix": "errors/processing-failed/2026/"}),
                Some(("errors/processing-failed/2026/", false)),
            ),
            (json!({"prefix": "errors/"}), Some(("errors/", false))),
            (json!({"prefix": "errors"}), None),
            (json!({"prefix": "errors-replayed/"}), None),
            (json!({"prefix": "logs/"}), None),
            (json!({"prefix": ""}), None),
            (json!({"prefix": 3}), None),
            (json!({"dry_run": true}), None),
            (json!({"dryRun": "yes"}), None),
            (json!([]), None),
            (json!("errors/"), None),
        ];
        for (event, expected) in cases {
            let found = read(&event, &places).ok();
            let found = found.as_ref().map(|found| (found.prefix.as_str(), found.dry_run));
            assert_eq!(found, expected, "{event}");
        }
    }
}
