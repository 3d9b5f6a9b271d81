//! Answers CloudFormation.

use aws_client::CallError;
use aws_types::SdkConfig;
use serde_json::json;

use crate::error::SubscriberError;
use crate::event::CustomResource;
use crate::pauses::{Pauses, pause};

/// S3 refuses now and then, and an answer that is not given keeps the stack waiting for an hour.
const TRIES: u32 = 3;

/// An answer has 4,096 bytes
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html>), of which a character may
/// take six.
const LONGEST_REASON: usize = 400;

/// The way to the one who asked.
pub(crate) struct CloudFormation {
    config: SdkConfig,
    pauses: Pauses,
}

impl CloudFormation {
    pub(crate) fn new(config: &SdkConfig, pauses: Pauses) -> Self {
        Self {
            config: config.clone(),
            pauses,
        }
    }

    /// Answers SUCCESS, or FAILED with the reason.
    ///
    /// # Errors
    /// [`SubscriberError::AnswerNotDelivered`] after three tries.
    pub(crate) async fn answer(
        &self,
        request: &CustomResource,
        physical_id: &str,
        outcome: Result<(), &str>,
    ) -> Result<(), SubscriberError> {
        let body = body(request, physical_id, outcome);
        let mut tries = 1;
        loop {
            match aws_client::put(&self.config, &request.response_url, body.clone()).await {
                Ok(()) => return Ok(()),
                Err(source) if tries == TRIES => return Err(not_delivered(request, source)),
                Err(error) => tracing::warn!(request = request.request, tries, %error, "answer not delivered yet"),
            }
            tries += 1;
            pause(self.pauses.before_another_try).await;
        }
    }
}

fn not_delivered(request: &CustomResource, source: CallError) -> SubscriberError {
    SubscriberError::AnswerNotDelivered {
        request: request.request.clone(),
        source,
    }
}

fn body(request: &CustomResource, physical_id: &str, outcome: Result<(), &str>) -> String {
    let mut body = json!({
        "Status": if outcome.is_ok() { "SUCCESS" } else { "FAILED" },
        "PhysicalResourceId": physical_id,
        "StackId": request.stack,
        "RequestId": request.request,
        "LogicalResourceId": request.logical_id,
    });
    if let Err(reason) = outcome {
        body["Reason"] = reason.chars().take(LONGEST_REASON).collect::<String>().into();
    }
    body.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::RequestType;

    #[test]
    fn an_answer_is_never_too_long_for_cloudformation() {
        let request = CustomResource {
            kind: RequestType::Delete,
            response_url: String::new(),
            stack: "s".repeat(200),
            request: "r".repeat(36),
            logical_id: "l".repeat(255),
            physical_id: None,
        };
        let reason = "\u{1}".repeat(10_000);
        let body = body(&request, &"p".repeat(100), Err(&reason));
        assert!(body.len() < 4_096, "{}", body.len());
        assert!(!body.contains("ResponseURL"));
    }
}
