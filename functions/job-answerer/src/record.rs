//! What Lambda tells a failure destination of an asynchronous invocation
//! (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>).

use serde_json::Value;

use crate::error::AnswererError;

/// Lambda's word for an invocation that went well: its record goes to another destination.
const SUCCESS: &str = "Success";

/// What may be told of a failure record: none of its payloads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// The job's id.
    pub(crate) job: String,
    /// The function's name, where the record has one.
    pub(crate) function: Option<String>,
    /// How the last try ended, such as `Runtime.ExitError`. Lambda gives none for a function that was not run.
    error_type: Option<String>,
    /// Why Lambda gave up: `RetriesExhausted` or `EventAgeExceeded`.
    condition: Option<String>,
}

impl Record {
    pub(crate) fn read(record: &Value) -> Result<Self, AnswererError> {
        let condition = name(&record["requestContext"]["condition"]);
        if condition.as_deref() == Some(SUCCESS) {
            return Err(AnswererError::InvalidEvent(
                "it is the record of an invocation that went well; this function is for failures only",
            ));
        }
        let payload = record.get("requestPayload").ok_or(AnswererError::InvalidEvent(
            "it has no requestPayload; this function is the failure destination of functions that are pipeline actions",
        ))?;
        let job = codepipeline_job::job_id(payload).ok_or(AnswererError::InvalidEvent(
            "its requestPayload has no CodePipeline job id; this function is for pipeline actions only",
        ))?;
        Ok(Self {
            job: job.to_owned(),
            function: record["requestContext"]["functionArn"].as_str().and_then(function),
            error_type: name(&record["responsePayload"]["errorType"]),
            condition,
        })
    }

    /// For the people who look at the pipeline.
    pub(crate) fn sentence(&self) -> String {
        let function = match &self.function {
            Some(name) => format!("the function {name}"),
            None => "the action's function".to_owned(),
        };
        let end = match (self.why(), &self.error_type) {
            ("EventAgeExceeded", None) => "was not run in time".to_owned(),
            (why, _) => format!("ended without an answer ({why})"),
        };
        format!("{function} {end}: look into its log group, then retry the stage")
    }

    /// How the last try ended, else why Lambda gave up.
    pub(crate) fn why(&self) -> &str {
        self.error_type
            .as_deref()
            .or(self.condition.as_deref())
            .unwrap_or("Lambda gave no reason")
    }
}

/// A word of Lambda's, or of a function's: one that is more than a name could hold anything.
fn name(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || ['.', '_'].contains(&letter);
    let named = (1..=100).contains(&text.len()) && text.chars().all(allowed);
    named.then(|| text.to_owned())
}

/// `arn:aws:lambda:REGION:ACCOUNT:function:NAME:QUALIFIER` -> `NAME`.
fn function(arn: &str) -> Option<String> {
    let mut parts = arn.split(':').skip(5);
    let name = (parts.next() == Some("function")).then(|| parts.next()).flatten()?;
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || ['-', '_'].contains(&letter);
    let named = (1..=140).contains(&name.len()) && name.chars().all(allowed);
    named.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:shop-gate:$LATEST";

    fn sentence(context: &Value, response: &Value) -> String {
        let record = json!({
            "requestContext": context,
            "requestPayload": {"CodePipeline.job": {"id": "job-1"}},
            "responsePayload": response,
        });
        Record::read(&record).unwrap().sentence()
    }

    #[test]
    fn the_sentence_names_the_function_and_the_kind_of_its_end_and_nothing_that_could_hold_more() {
        let exhausted = json!({"functionArn": ARN, "condition": "RetriesExhausted"});
        let too_old = json!({"functionArn": ARN, "condition": "EventAgeExceeded", "approximateInvokeCount": 0});
        let cases = [
            (
                &exhausted,
                json!({"errorType": "Runtime.ExitError", "errorMessage": "signal: killed"}),
                "the function shop-gate ended without an answer (Runtime.ExitError)",
            ),
            (
                &exhausted,
                json!({"errorMessage": "2026-11-20T12:00:00.000Z Task timed out after 3.00 seconds"}),
                "the function shop-gate ended without an answer (RetriesExhausted)",
            ),
            (
                &exhausted,
                json!({"errorType": "a secret", "errorMessage": "a secret"}),
                "the function shop-gate ended without an answer (RetriesExhausted)",
            ),
            (
                &exhausted,
                json!({"errorType": "x".repeat(101)}),
                "the function shop-gate ended without an answer (RetriesExhausted)",
            ),
            (
                &exhausted,
                json!("text"),
                "the function shop-gate ended without an answer (RetriesExhausted)",
            ),
            (&too_old, Value::Null, "the function shop-gate was not run in time"),
            (
                &too_old,
                json!({"errorType": "ServiceUnavailable"}),
                "the function shop-gate ended without an answer (ServiceUnavailable)",
            ),
            (
                &json!({}),
                Value::Null,
                "the action's function ended without an answer (Lambda gave no reason)",
            ),
            (
                &json!({"functionArn": "a secret", "condition": ["a secret"]}),
                Value::Null,
                "the action's function ended without an answer (Lambda gave no reason)",
            ),
        ];
        for (context, response, expected) in cases {
            let expected = format!("{expected}: look into its log group, then retry the stage");
            assert_eq!(sentence(context, &response), expected, "{context} {response}");
        }
    }

    #[test]
    fn the_function_is_named_by_its_arn_with_and_without_a_qualifier() {
        let cases = [
            (ARN, Some("shop-gate")),
            (
                "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:gate",
                Some("gate"),
            ),
            ("arn:aws:lambda:us-east-1:123456789012:function:gate:live", Some("gate")),
            ("arn:aws:lambda:us-east-1:123456789012:function:", None),
            ("arn:aws:lambda:us-east-1:123456789012:function:a secret", None),
            ("arn:aws:lambda:us-east-1:123456789012:layer:gate", None),
            ("arn:aws:lambda:us-east-1:123456789012:function", None),
            ("gate", None),
            ("", None),
        ];
        for (arn, name) in cases {
            assert_eq!(function(arn).as_deref(), name, "{arn}");
        }
    }

    #[test]
    fn what_is_no_failure_of_a_job_is_refused() {
        let job = json!({"CodePipeline.job": {"id": "job-1"}});
        let cases = [
            (json!({}), "no requestPayload"),
            (json!([]), "no requestPayload"),
            (Value::Null, "no requestPayload"),
            (job.clone(), "no requestPayload"),
            (json!({"requestPayload": {"Records": []}}), "no CodePipeline job id"),
            (
                json!({"requestPayload": {"CodePipeline.job": {"id": ""}}}),
                "no CodePipeline job id",
            ),
            (
                json!({"requestPayload": {"CodePipeline.job": {"id": 7}}}),
                "no CodePipeline job id",
            ),
            (json!({"requestPayload": null}), "no CodePipeline job id"),
            (
                json!({"requestContext": {"condition": "Success"}, "requestPayload": job}),
                "an invocation that went well",
            ),
        ];
        for (record, expected) in cases {
            let error = Record::read(&record).unwrap_err();
            assert_eq!(error.name(), "InvalidEvent");
            assert!(error.to_string().contains(expected), "{record}: {error}");
        }
    }
}
