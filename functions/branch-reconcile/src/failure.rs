//! What a message of the failure queue says: which function failed, and at what. Pure.

use serde_json::Value;

use crate::config::Functions;

/// What is to be done again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The function's name.
    pub(crate) function: String,
    /// What it was invoked with.
    pub(crate) payload: Value,
}

impl Failure {
    /// Reads a message. Lambda's own are records of invocations
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>); EventBridge's are the event that
    /// it could not deliver, beside the ARN of its target in an attribute
    /// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html>). Only our functions are invoked again.
    ///
    /// # Errors
    /// Why it is left, in words that tell nothing of the event.
    pub(crate) fn read(body: &str, target: Option<&str>, functions: &Functions) -> Result<Self, String> {
        let mut message: Value = serde_json::from_str(body).map_err(|_| "it is no JSON".to_owned())?;
        let (arn, payload) = match (target, message["requestContext"]["functionArn"].as_str()) {
            (Some(target), _) => (target.to_owned(), message),
            (None, Some(arn)) => (arn.to_owned(), message["requestPayload"].take()),
            (None, None) => return Err("it says no function that failed".to_owned()),
        };
        if payload.is_null() {
            return Err("it has nothing that the function was invoked with".to_owned());
        }
        let function = name(&arn);
        let ours = [&functions.create, &functions.destroy, &functions.finish];
        if !ours.into_iter().any(|ours| name(ours) == function) {
            return Err(format!("{arn} is no function that is asked again"));
        }
        Ok(Self {
            function: function.to_owned(),
            payload,
        })
    }
}

/// Of a name, or of `arn:aws:lambda:<region>:<account>:function:<name>[:<version or alias>]`.
fn name(function: &str) -> &str {
    let after_account = function.strip_prefix("arn:").and_then(|_| function.split(':').nth(6));
    after_account.unwrap_or(function)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn functions() -> Functions {
        Functions {
            create: "shop-create".to_owned(),
            destroy: "arn:aws:lambda:us-east-1:123456789012:function:shop-destroy".to_owned(),
            finish: "shop-finish".to_owned(),
        }
    }

    fn arn(name: &str) -> String {
        format!("arn:aws:lambda:us-east-1:123456789012:function:{name}")
    }

    fn record(arn: &str) -> Value {
        json!({
            "version": "1.0", "timestamp": "2026-11-20T11:59:00.000Z",
            "requestContext": {"requestId": "1", "functionArn": arn, "condition": "RetriesExhausted", "approximateInvokeCount": 3},
            "requestPayload": {"branch": "x"},
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "responsePayload": {"errorType": "CallFailed"},
        })
    }

    #[test]
    fn a_record_of_lambda_tells_function_and_payload() {
        for name in ["shop-create", "shop-destroy", "shop-finish"] {
            for arn in [arn(name), format!("{}:$LATEST", arn(name))] {
                let failure = Failure::read(&record(&arn).to_string(), None, &functions()).unwrap();
                assert_eq!(
                    (failure.function.as_str(), &failure.payload),
                    (name, &json!({"branch": "x"}))
                );
            }
        }
    }

    #[test]
    fn an_event_that_was_not_delivered_goes_to_its_target() {
        let event = json!({"detail-type": "CodeBuild Build State Change", "detail": {}});
        let failure = Failure::read(&event.to_string(), Some(&arn("shop-finish")), &functions()).unwrap();
        assert_eq!((failure.function.as_str(), failure.payload), ("shop-finish", event));
    }

    #[test]
    fn anything_else_is_left() {
        let nothing = json!({"requestContext": {"functionArn": arn("shop-create")}});
        let cases = [
            ("x".to_owned(), None, "no JSON"),
            ("[]".to_owned(), None, "no function"),
            (json!({"detail": {}}).to_string(), None, "no function"),
            (
                record(&arn("shop-reconcile")).to_string(),
                None,
                "is no function that is asked again",
            ),
            (
                record(&arn("other")).to_string(),
                Some(arn("payroll")),
                "payroll is no function",
            ),
            (nothing.to_string(), None, "nothing that the function"),
            ("null".to_owned(), Some(arn("shop-create")), "nothing that the function"),
        ];
        for (body, target, says) in cases {
            let error = Failure::read(&body, target.as_deref(), &functions()).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
