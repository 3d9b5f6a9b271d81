//! The event of an invocation: a step of the state machine, a new log group, or a request of CloudFormation's.
//!
//! Events are taken as plain JSON and parsed here: Lambda's own parsing would report a bad one under a Rust type path
//! instead of [`SubscriberError::InvalidRequest`].

use serde::Deserialize;
use serde_json::Value;

use crate::error::SubscriberError;
use crate::run::{Position, Run, Tally};
use crate::wanted::Tags;

/// What an invocation is about.
pub(crate) enum Event {
    Step(Box<Step>),
    Created(Created),
    CustomResource(CustomResource),
    /// An event of the same rule that says of no new log group, and why.
    Ignored(&'static str),
}

/// A step of the state machine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Step {
    Check {
        /// The execution's name.
        execution: String,
        /// The execution's input; no key is known yet.
        input: Value,
    },
    Subscribe {
        run: Run,
        position: Position,
        tally: Tally,
    },
    Report {
        run: Run,
        tally: Tally,
    },
}

/// A log group was created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Created {
    pub(crate) group: String,
    /// That it was created with.
    pub(crate) tags: Tags,
}

/// A request of CloudFormation's
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html>). It has no `Debug`: whoever
/// knows the URL may answer.
pub(crate) struct CustomResource {
    pub(crate) kind: RequestType,
    pub(crate) response_url: String,
    pub(crate) stack: String,
    pub(crate) request: String,
    pub(crate) logical_id: String,
    /// Of an update or deletion.
    pub(crate) physical_id: Option<String>,
}

/// What CloudFormation asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RequestType {
    Create,
    Update,
    Delete,
    Unknown(String),
}

impl Event {
    pub(crate) fn parse(event: Value) -> Result<Self, SubscriberError> {
        if event.get("ResponseURL").is_some_and(Value::is_string) {
            return Ok(Self::CustomResource(CustomResource::of(&event)));
        }
        if event.get("step").is_some() {
            let step = serde_json::from_value(event);
            return step
                .map(|step| Self::Step(Box::new(step)))
                .map_err(|error| SubscriberError::InvalidRequest(format!("{error} in a step of the state machine")));
        }
        match event.get("detail") {
            Some(detail) => of_trail(detail),
            None => Err(SubscriberError::InvalidRequest(
                "it is no step of the state machine, no CloudTrail event and no request of CloudFormation's; to look \
                 through the log groups, start the state machine with {}"
                    .to_owned(),
            )),
        }
    }
}

/// A `CreateLogGroup` as CloudTrail tells of it
/// (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>). A call
/// that failed made no group.
fn of_trail(detail: &Value) -> Result<Event, SubscriberError> {
    if detail["eventSource"] != "logs.amazonaws.com" || detail["eventName"] != "CreateLogGroup" {
        return Ok(Event::Ignored("it tells of another call than CreateLogGroup"));
    }
    if detail.get("errorCode").is_some_and(|code| !code.is_null()) {
        return Ok(Event::Ignored("the call failed"));
    }
    let parameters = &detail["requestParameters"];
    let group = parameters["logGroupName"].as_str().filter(|name| !name.is_empty());
    let group = group.ok_or_else(|| {
        SubscriberError::InvalidRequest("detail.requestParameters.logGroupName of CreateLogGroup is missing".to_owned())
    })?;
    let tags = match &parameters["tags"] {
        Value::Null => Ok(Tags::new()),
        tags => serde_json::from_value(tags.clone()),
    };
    let tags = tags.map_err(|error| {
        SubscriberError::InvalidRequest(format!("detail.requestParameters.tags of CreateLogGroup: {error}"))
    })?;
    Ok(Event::Created(Created {
        group: group.to_owned(),
        tags,
    }))
}

impl CustomResource {
    /// Nothing is refused here: also a request that is not understood has to be answered.
    fn of(event: &Value) -> Self {
        let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
        let kind = match event["RequestType"].as_str() {
            Some("Create") => RequestType::Create,
            Some("Update") => RequestType::Update,
            Some("Delete") => RequestType::Delete,
            other => RequestType::Unknown(other.unwrap_or_default().to_owned()),
        };
        Self {
            kind,
            response_url: text("ResponseURL"),
            stack: text("StackId"),
            request: text("RequestId"),
            logical_id: text("LogicalResourceId"),
            physical_id: Some(text("PhysicalResourceId")).filter(|id| !id.is_empty()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn trail(detail: &Value) -> Value {
        json!({"source": "aws.logs", "detail-type": "AWS API Call via CloudTrail", "detail": detail})
    }

    fn create(parameters: &Value) -> Value {
        let detail = json!({
            "eventSource": "logs.amazonaws.com",
            "eventName": "CreateLogGroup",
            "requestParameters": parameters,
        });
        trail(&detail)
    }

    #[test]
    fn a_new_log_group_is_told_with_its_tags() {
        let cases = [
            (json!({"logGroupName": "/a"}), Tags::new()),
            (json!({"logGroupName": "/a", "tags": null}), Tags::new()),
            (
                json!({"logGroupName": "/a", "tags": {"team": "shop"}}),
                Tags::from([("team".to_owned(), "shop".to_owned())]),
            ),
        ];
        for (parameters, tags) in cases {
            let Event::Created(found) = Event::parse(create(&parameters)).unwrap() else {
                panic!("{parameters}");
            };
            assert_eq!((found.group.as_str(), found.tags), ("/a", tags), "{parameters}");
        }
    }

    #[test]
    fn calls_that_failed_and_other_calls_are_ignored() {
        let failed = json!({
            "eventSource": "logs.amazonaws.com",
            "eventName": "CreateLogGroup",
            "errorCode": "ResourceAlreadyExistsException",
            "requestParameters": {"logGroupName": "/a"},
        });
        let cases = [
            failed,
            json!({"eventSource": "logs.amazonaws.com", "eventName": "DeleteLogGroup"}),
            json!({"eventSource": "sqs.amazonaws.com", "eventName": "CreateLogGroup"}),
            json!({}),
        ];
        for detail in cases {
            assert!(
                matches!(Event::parse(trail(&detail)), Ok(Event::Ignored(_))),
                "{detail}"
            );
        }
    }

    #[test]
    fn a_malformed_event_is_refused_and_says_where() {
        let cases = [
            (json!({}), "start the state machine with {}"),
            (json!([]), "start the state machine with {}"),
            (json!({"detail": null, "ResponseURL": 7}), ""),
            (create(&json!({})), "logGroupName"),
            (create(&json!({"logGroupName": 7})), "logGroupName"),
            (create(&Value::Null), "logGroupName"),
            (create(&json!({"logGroupName": "/a", "tags": ["x"]})), "tags"),
            (json!({"step": "destroy"}), "unknown variant `destroy`"),
            (json!({"step": "subscribe"}), "missing field `run`"),
            (
                json!({"step": "check", "execution": "x", "input": {}, "extra": 1}),
                "extra",
            ),
        ];
        for (event, expected) in cases {
            match Event::parse(event.clone()) {
                Err(error) => {
                    assert_eq!(error.name(), "InvalidRequest");
                    assert!(error.to_string().contains(expected), "{error}");
                }
                Ok(other) => assert!(matches!(other, Event::Ignored(_)) && expected.is_empty(), "{event}"),
            }
        }
    }

    #[test]
    fn a_request_of_cloudformations_is_always_one_however_incomplete() {
        for (kind, expected) in [
            (json!("Create"), RequestType::Create),
            (json!("Update"), RequestType::Update),
            (json!("Delete"), RequestType::Delete),
            (json!("Replace"), RequestType::Unknown("Replace".into())),
            (json!(null), RequestType::Unknown(String::new())),
        ] {
            let event = json!({"RequestType": kind, "ResponseURL": "https://s3/x", "PhysicalResourceId": ""});
            let Event::CustomResource(request) = Event::parse(event).unwrap() else {
                panic!("{kind}");
            };
            assert_eq!((request.kind, request.physical_id), (expected, None));
        }
    }
}
