//! The event of an invocation: when it takes place.

use jiff::Timestamp;
use serde_json::Value;

use crate::error::SweepError;

/// The key that the schedule fills in with `<aws.scheduler.scheduled-time>`
/// (<https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html>).
const SCHEDULED_TIME: &str = "scheduled_time";

/// The scheduled time where the event has one, else the clock's: then somebody invoked the function by hand.
///
/// A late delivery makes things look younger than they are, so it never sweeps too early.
pub(crate) fn time(event: &Value, clock: Timestamp) -> Result<Timestamp, SweepError> {
    match event.get(SCHEDULED_TIME) {
        None => Ok(clock),
        Some(time) => time.as_str().and_then(|text| text.parse().ok()).ok_or_else(|| {
            SweepError::InvalidRequest(format!(
                "{SCHEDULED_TIME} is {time}; give an RFC 3339 time, or leave it out"
            ))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_scheduled_time_wins_and_a_wrong_one_is_not_guessed_at() {
        let clock = Timestamp::UNIX_EPOCH;
        let cases = [
            (json!({}), Some("1970-01-01T00:00:00Z")),
            (
                json!({"scheduled_time": "2026-01-04T03:00:00Z"}),
                Some("2026-01-04T03:00:00Z"),
            ),
            (json!({"scheduled_time": "soon"}), None),
            (json!({"scheduled_time": 3}), None),
            (json!({"scheduled_time": "<aws.scheduler.scheduled-time>"}), None),
        ];
        for (event, expected) in cases {
            assert_eq!(
                time(&event, clock).ok().map(|t| t.to_string()).as_deref(),
                expected,
                "{event}"
            );
        }
    }
}
