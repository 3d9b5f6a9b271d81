//! Telling people. The only file that names the SDK of SNS.

use aws_client::{CallError, OnDemand};
use aws_sdk_sns::Client;
use aws_types::SdkConfig;

/// So many characters, of ASCII, may a subject have (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>).
const LONGEST_SUBJECT: usize = 99;

/// Those who read the stack's topic. The SDK's client is made by the first call.
#[derive(Debug)]
pub struct People {
    topic: String,
    client: OnDemand<Client>,
}

impl People {
    /// Makes no call.
    #[must_use]
    pub fn new(topic: &str, config: &SdkConfig) -> Self {
        Self {
            topic: topic.to_owned(),
            client: OnDemand::new(config, Client::new),
        }
    }

    /// Tells them.
    pub async fn tell(&self, subject: &str, text: &str) -> Result<(), CallError> {
        let publish = self.client.publish().topic_arn(&self.topic);
        publish.subject(printable(subject)).message(text).send().await?;
        Ok(())
    }
}

/// What a subject may have of a text.
fn printable(subject: &str) -> String {
    let letters = subject.chars().map(|letter| match letter {
        ' '..='~' => letter,
        _ => '?',
    });
    letters.take(LONGEST_SUBJECT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_has_what_it_may_have() {
        assert_eq!(printable("wrasse: ветка\n🐠 x"), "wrasse: ?????\u{3f}? x");
        assert_eq!(printable(&"a".repeat(200)).len(), 99);
    }
}
