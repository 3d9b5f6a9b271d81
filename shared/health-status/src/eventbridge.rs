//! Health's events as EventBridge delivers them.

use jiff::Timestamp;
use serde_json::Value;

use crate::date;
use crate::event::{HealthEvent, Scope, Status};
use crate::region::Region;

/// The longest ARN of an event (<https://docs.aws.amazon.com/health/latest/APIReference/API_Event.html>).
const ARN_LENGTH: usize = 1600;
/// Longer than any other word of the schema.
const WORD_LENGTH: usize = 256;

/// An event that cannot be understood. The text names keys, and never quotes what was there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an event of AWS Health: {0}")]
pub struct EventError(String);

impl HealthEvent {
    /// Reads `detail` by the schema
    /// (<https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html>).
    ///
    /// - The envelope's `region` is where the notice arrived. A copy in a backup region is the same event.
    /// - A large event comes in pages that differ only in the resources they list: each is the whole event here.
    /// - Older events have no `statusCode`, `eventRegion`, `eventScopeCode` and `lastUpdatedTime`.
    ///
    /// # Errors
    /// It is not from Health, lacks the ARN or any time of its report, or a key holds something of the wrong kind.
    pub fn from_eventbridge(event: &Value) -> Result<Self, EventError> {
        if event.get("source").and_then(Value::as_str) != Some("aws.health") {
            return Err(EventError("`source` is not `aws.health`".to_owned()));
        }
        let detail = event.get("detail").filter(|detail| detail.is_object());
        let detail = detail.ok_or_else(|| EventError("`detail` is missing or not an object".to_owned()))?;
        let arn = text(detail, "eventArn", ARN_LENGTH)?;
        if !is_event_arn(&arn) {
            return Err(EventError(
                "`detail.eventArn` is missing or not the ARN of a Health event".to_owned(),
            ));
        }
        let word = |key| text(detail, key, WORD_LENGTH);
        let time = |key| Ok(date::parse(&word(key)?));
        let sent = || event.get("time").and_then(Value::as_str).and_then(date::parse);
        let updated = time("lastUpdatedTime")?.or_else(sent);
        Ok(Self {
            arn,
            region: Region::from(word("eventRegion")?),
            service: word("service")?,
            type_code: word("eventTypeCode")?,
            category: word("eventTypeCategory")?,
            scope: Scope::from(word("eventScopeCode")?),
            status: Status::from(word("statusCode")?.as_str()),
            started: time("startTime")?,
            ended: time("endTime")?,
            updated: updated
                .ok_or_else(|| EventError("neither `detail.lastUpdatedTime` nor `time` is a date".to_owned()))?,
        })
    }
}

/// The text at a key of `detail`; empty where there is none or it is null.
fn text(detail: &Value, key: &str, longest: usize) -> Result<String, EventError> {
    match detail.get(key) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) if text.len() > longest => {
            Err(EventError(format!("`detail.{key}` is longer than {longest} bytes")))
        }
        // It would be shown to people in one line.
        Some(Value::String(text)) if text.contains(char::is_control) => {
            Err(EventError(format!("`detail.{key}` has control characters")))
        }
        Some(Value::String(text)) => Ok(text.trim().to_owned()),
        Some(_) => Err(EventError(format!("`detail.{key}` is not text"))),
    }
}

/// Whether it is short, and of one line.
pub(crate) fn is_word(text: &str) -> bool {
    text.len() <= WORD_LENGTH && !text.contains(char::is_control)
}

/// As <https://docs.aws.amazon.com/health/latest/APIReference/API_Event.html> has it, but with any number of parts after
/// `event/`: AWS's samples of older events have one.
pub(crate) fn is_event_arn(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", partition, "health", _, _, resource] = parts[..] else {
        return false;
    };
    let is_word = |word: &str| {
        let mut bytes = word.bytes();
        !word.is_empty() && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    };
    arn.len() <= ARN_LENGTH
        && arn.bytes().all(|byte| byte.is_ascii_graphic())
        && (partition == "aws" || partition.starts_with("aws-"))
        && resource
            .strip_prefix("event/")
            .is_some_and(|rest| rest.split('/').all(is_word))
}

/// Whether the API takes it: it refuses a whole request for one that its pattern does not match.
pub(crate) fn is_askable_arn(arn: &str) -> bool {
    is_event_arn(arn) && arn.matches('/').count() == 3
}

/// When the report was made, where only the event's own times are known: never later than it was.
pub(crate) fn updated_or(
    updated: Option<Timestamp>,
    ended: Option<Timestamp>,
    started: Option<Timestamp>,
) -> Timestamp {
    updated.or(ended).or(started).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// After AWS's sample of a public event (<https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html>),
    /// weekdays as wrong as there.
    fn public_event() -> Value {
        json!({
            "version": "0",
            "id": "7bf73129-1428-4cd3-a780-95db273d1602",
            "detail-type": "AWS Health Event",
            "source": "aws.health",
            "account": "123456789012",
            "time": "2023-01-27T09:01:22Z",
            "region": "af-south-1",
            "resources": [],
            "detail": {
                "eventArn": "arn:aws:health:af-south-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/AWS_EC2_OPERATIONAL_ISSUE_7f35c8ae-af1f-54e6-a526-d0179ed6d68f",
                "service": "EC2",
                "eventTypeCode": "AWS_EC2_OPERATIONAL_ISSUE",
                "eventTypeCategory": "issue",
                "eventScopeCode": "PUBLIC",
                "communicationId": "01b0993207d81a09dcd552ebd1e633e36cf1f09a-1",
                "startTime": "Thu, 27 Jan 2023 06:02:51 GMT",
                "lastUpdatedTime": "Thu, 27 Jan 2023 09:01:22 GMT",
                "statusCode": "open",
                "eventRegion": "af-south-1",
                "eventDescription": [{"language": "en_US", "latestDescription": "Current severity level: Operating normally"}],
                "affectedEntities": [],
                "page": "1",
                "totalPages": "1",
                "backupEvent": false,
                "affectedAccount": "123456789012"
            }
        })
    }

    fn with(key: &str, value: Value) -> Value {
        let mut event = public_event();
        event["detail"][key] = value;
        event
    }

    fn without(key: &str) -> Value {
        let mut event = public_event();
        event["detail"].as_object_mut().unwrap().remove(key);
        event
    }

    fn read(event: &Value) -> HealthEvent {
        HealthEvent::from_eventbridge(event).unwrap()
    }

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_public_event_is_read() {
        let expected = HealthEvent {
            arn: public_event()["detail"]["eventArn"].as_str().unwrap().to_owned(),
            region: Region::from("af-south-1"),
            service: "EC2".into(),
            type_code: "AWS_EC2_OPERATIONAL_ISSUE".into(),
            category: "issue".into(),
            scope: Scope::Public,
            status: Status::Open,
            started: Some(time("2023-01-27T06:02:51Z")),
            ended: None,
            updated: time("2023-01-27T09:01:22Z"),
        };
        assert_eq!(read(&public_event()), expected);
    }

    #[test]
    fn pages_and_copies_in_a_backup_region_are_the_same_event() {
        let mut copy = with("backupEvent", json!(true));
        copy["region"] = json!("us-west-2");
        copy["time"] = json!("2023-01-27T09:05:00Z");
        let mut page = with("page", json!("2"));
        page["detail"]["totalPages"] = json!("7");
        page["detail"]["communicationId"] = json!("01b0993207d81a09dcd552ebd1e633e36cf1f09a-2");
        page["detail"]["affectedEntities"] = json!([{"entityValue": "i-1"}]);
        page["resources"] = json!(["i-1"]);
        for other in [copy, page] {
            assert_eq!(read(&other), read(&public_event()));
        }
    }

    #[test]
    fn what_is_missing_counts_as_what_stops() {
        for missing in [Value::Null, json!(""), json!("of another world")] {
            assert_eq!(read(&with("eventRegion", missing.clone())).region, Region::Unknown);
            assert_eq!(read(&with("statusCode", missing.clone())).status, Status::Open);
            assert_eq!(read(&with("eventScopeCode", missing.clone())).scope, Scope::Unknown);
            assert_eq!(read(&with("endTime", missing)).ended, None);
        }
        for key in [
            "eventRegion",
            "statusCode",
            "eventScopeCode",
            "endTime",
            "startTime",
            "service",
            "eventTypeCode",
        ] {
            assert_eq!(read(&without(key)).status, Status::Open, "{key}");
        }
        assert_eq!(read(&without("service")).service, "");
        assert_eq!(read(&without("eventTypeCategory")).category, "");
        assert_eq!(read(&with("eventRegion", json!("global"))).region, Region::Global);
        assert_eq!(
            read(&with("eventScopeCode", json!("ACCOUNT_SPECIFIC"))).scope,
            Scope::AccountSpecific
        );
        assert_eq!(read(&with("statusCode", json!("closed"))).status, Status::Closed);
        assert_eq!(read(&with("statusCode", json!("upcoming"))).status, Status::Upcoming);
    }

    #[test]
    fn an_event_without_the_time_of_its_report_has_that_of_its_sending() {
        for event in [without("lastUpdatedTime"), with("lastUpdatedTime", json!("soon"))] {
            assert_eq!(read(&event).updated, time("2023-01-27T09:01:22Z"));
            let mut timeless = event;
            timeless["time"] = json!("soon");
            assert!(HealthEvent::from_eventbridge(&timeless).is_err());
        }
    }

    #[test]
    fn what_is_no_event_is_refused_in_a_sentence_that_quotes_nothing() {
        let secret = "SECRET";
        let mut of_other_source = public_event();
        of_other_source["source"] = json!(secret);
        let mut without_detail = public_event();
        without_detail["detail"] = json!(secret);
        let arn = |arn: String| with("eventArn", json!(arn));
        let cases = [
            (json!(secret), "`source`"),
            (json!({ "source": "aws.health" }), "`detail`"),
            (of_other_source, "`source`"),
            (without_detail, "`detail`"),
            (without("eventArn"), "`detail.eventArn`"),
            (with("eventArn", json!([secret])), "`detail.eventArn`"),
            (arn(secret.to_owned()), "`detail.eventArn`"),
            (
                arn(format!("arn:aws:ec2:us-east-1::event/{secret}")),
                "`detail.eventArn`",
            ),
            (
                arn(format!("arn:aws:health:us-east-1::event/{secret}/a b/c")),
                "`detail.eventArn`",
            ),
            (
                arn(format!("arn:aws:health:us-east-1::event/{}", secret.repeat(300))),
                "`detail.eventArn`",
            ),
            (with("service", json!({ secret: secret })), "`detail.service`"),
            (with("service", json!(format!("{secret}\nEC2"))), "`detail.service`"),
            (with("service", json!(secret.repeat(50))), "`detail.service`"),
            (with("statusCode", json!(17)), "`detail.statusCode`"),
            (with("eventRegion", json!(true)), "`detail.eventRegion`"),
            (with("endTime", json!(17)), "`detail.endTime`"),
            (with("lastUpdatedTime", json!([secret])), "`detail.lastUpdatedTime`"),
        ];
        for (event, key) in cases {
            let text = HealthEvent::from_eventbridge(&event).unwrap_err().to_string();
            assert!(
                text.starts_with("not an event of AWS Health: ") && text.contains(key),
                "{text}"
            );
            assert!(!text.contains(secret), "{text}");
        }
    }

    #[test]
    fn arns_of_older_events_are_known_and_not_asked_for() {
        let old = "arn:aws:health:us-east-1::event/AWS_EC2_INSTANCE_RETIREMENT_90a1";
        let new = "arn:aws-cn:health:cn-north-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/AWS_EC2_1-2_3";
        assert!(is_event_arn(old) && !is_askable_arn(old));
        assert!(is_event_arn(new) && is_askable_arn(new));
        for arn in [
            "",
            "arn:aws:health:::event/",
            "arn:aws:health:::event/a//b",
            "arn:x:health:::event/a/b/c",
        ] {
            assert!(!is_event_arn(arn) && !is_askable_arn(arn), "{arn}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_at_a_key_there_is_an_event_or_a_sentence(
            key in prop::sample::select(vec![
                "eventArn", "eventRegion", "service", "eventTypeCode", "eventTypeCategory", "eventScopeCode", "statusCode",
                "startTime", "endTime", "lastUpdatedTime",
            ]),
            text in any::<String>(),
        ) {
            match HealthEvent::from_eventbridge(&with(key, json!(text))) {
                Ok(event) => {
                    prop_assert!(!event.sentence().contains(char::is_control));
                    let stored = serde_json::to_string(&event).unwrap();
                    prop_assert_eq!(serde_json::from_str::<HealthEvent>(&stored).unwrap(), event);
                }
                Err(error) => prop_assert!(error.to_string().contains(key)),
            }
        }
    }
}
