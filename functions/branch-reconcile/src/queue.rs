//! The failure queue. The only file that names the SDK of SQS.

use aws_client::{CallError, OnDemand};
use aws_sdk_sqs::Client;
use aws_types::SdkConfig;

/// As many as one call takes (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html>).
const MOST: i32 = 10;
/// Seconds that are waited for a message: then all servers are asked, and none is missed.
const WAIT: i32 = 5;
/// Seconds for which a message is not received again, so that one that is left is not seen twice in a run: a run's longest.
const HIDDEN: i32 = 900;
/// What EventBridge says of an event beside it.
const TARGET: &str = "TARGET_ARN";

/// The failure queue. The SDK's client is made by the first call.
pub(crate) struct Queue {
    url: String,
    client: OnDemand<Client>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) body: String,
    /// The ARN of the target that an event was for.
    pub(crate) target: Option<String>,
    receipt: String,
}

impl Queue {
    pub(crate) fn new(url: &str, config: &SdkConfig) -> Self {
        Self {
            url: url.to_owned(),
            client: OnDemand::new(config, Client::new),
        }
    }

    /// Some messages. None: there are no more.
    pub(crate) async fn receive(&self) -> Result<Vec<Message>, CallError> {
        let receive = self.client.receive_message().queue_url(&self.url);
        let received = receive
            .max_number_of_messages(MOST)
            .wait_time_seconds(WAIT)
            .visibility_timeout(HIDDEN)
            .message_attribute_names(TARGET)
            .send()
            .await?;
        Ok(received.messages.unwrap_or_default().into_iter().map(message).collect())
    }

    /// Removes a message.
    pub(crate) async fn delete(&self, message: &Message) -> Result<(), CallError> {
        let delete = self.client.delete_message().queue_url(&self.url);
        delete.receipt_handle(&message.receipt).send().await?;
        Ok(())
    }
}

fn message(received: aws_sdk_sqs::types::Message) -> Message {
    let mut attributes = received.message_attributes.unwrap_or_default();
    Message {
        id: received.message_id.unwrap_or_default(),
        body: received.body.unwrap_or_default(),
        target: attributes.remove(TARGET).and_then(|attribute| attribute.string_value),
        receipt: received.receipt_handle.unwrap_or_default(),
    }
}
