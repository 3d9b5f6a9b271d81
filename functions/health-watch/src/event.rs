//! What an invocation is about.

use health_status::HealthEvent;
use jiff::Timestamp;
use serde_json::Value;

/// What an invocation is about.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Input {
    /// An update of an event of AWS Health.
    Update(HealthEvent),
    /// A region's forwarder is alive.
    Heartbeat { region: String, at: Timestamp },
    /// The schedule: compare, and retry what an event missed.
    Compare,
}

/// The error says what is wrong and quotes nothing.
pub(crate) fn read(event: &Value) -> Result<Input, String> {
    if event.get("compare") == Some(&Value::Bool(true)) {
        return Ok(Input::Compare);
    }
    let text = |key: &str| event.get(key).and_then(Value::as_str);
    match (text("source"), text("detail-type")) {
        (Some("aws.health"), _) => HealthEvent::from_eventbridge(event)
            .map(Input::Update)
            .map_err(|error| error.to_string()),
        // A scheduled rule's event (https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-events.html).
        (Some("aws.events"), Some("Scheduled Event")) => heartbeat(text("region"), text("time")),
        _ => Err("it is none of AWS Health, of a forwarder's schedule, or of the comparison's".to_owned()),
    }
}

fn heartbeat(region: Option<&str>, time: Option<&str>) -> Result<Input, String> {
    let region = region.filter(|region| !region.is_empty());
    let at = time.and_then(|time| time.parse().ok());
    match (region, at) {
        (Some(region), Some(at)) => Ok(Input::Heartbeat {
            region: region.to_owned(),
            at,
        }),
        _ => Err("a scheduled event without a region or a time".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_forwarders_schedule_is_its_heartbeat() {
        let event = json!({
            "source": "aws.events", "detail-type": "Scheduled Event", "region": "us-west-2",
            "time": "2026-11-20T12:00:00Z", "detail": {}, "resources": [],
        });
        let expected = Input::Heartbeat {
            region: "us-west-2".to_owned(),
            at: "2026-11-20T12:00:00Z".parse().unwrap(),
        };
        assert_eq!(read(&event), Ok(expected));
    }

    #[test]
    fn the_comparison_says_so_itself() {
        assert_eq!(
            read(&json!({"compare": true, "scheduled_time": "x"})),
            Ok(Input::Compare)
        );
    }

    #[test]
    fn what_is_neither_is_refused() {
        for strange in [
            json!(null),
            json!([]),
            json!({}),
            json!({"compare": "yes"}),
            json!({"source": "aws.ec2", "detail-type": "EC2 Instance State-change Notification"}),
            json!({"source": "aws.health", "detail": {}}),
            json!({"source": "aws.events", "detail-type": "Scheduled Event", "region": "us-west-2"}),
            json!({"source": "aws.events", "detail-type": "Scheduled Event", "region": "", "time": "2026-11-20T12:00:00Z"}),
        ] {
            assert!(read(&strange).is_err(), "{strange}");
        }
    }
}
