//! The event bus. The only file that names EventBridge's SDK.

use aws_client::{CallError, OnDemand};
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_types::SdkConfig;
use serde::Serialize;
use serde_json::json;

use crate::error::WebhookError;
use crate::hosts::{Change, Event, News};

/// Who puts the events, and their kind. `branch-create` and `branch-destroy` read them.
const SOURCE: &str = "wrasse.branches";
const DETAIL_TYPE: &str = "Branch State Change";
/// As many as one call takes (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>).
const PER_CALL: usize = 10;

/// One event bus. The SDK's client is made by the first call.
pub(crate) struct Bus {
    name: String,
    client: OnDemand<Client>,
}

#[derive(Serialize)]
struct Detail<'a> {
    event: Event,
    repository: &'a str,
    branch: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'a str>,
}

impl Bus {
    pub(crate) fn new(name: &str, config: &SdkConfig) -> Self {
        Self {
            name: name.to_owned(),
            client: OnDemand::new(config, Client::new),
        }
    }

    /// Puts one event a change, of this repository. Where a call fails the rest is left to the next delivery, which puts all of them again.
    pub(crate) async fn put(&self, news: &News, repository: &str) -> Result<(), WebhookError> {
        let entries: Vec<_> = news
            .changes
            .iter()
            .map(|change| self.entry(detail(news, change, repository)))
            .collect();
        for some in entries.chunks(PER_CALL) {
            let put = self.client.put_events().set_entries(Some(some.to_vec())).send().await;
            let putting = || WebhookError::of(format!("putting events on the event bus {}", self.name));
            let answer = put.map_err(|error| putting()(CallError::from(error)))?;
            // Such an answer is a success to HTTP.
            let failed = usize::try_from(answer.failed_entry_count()).unwrap_or_default();
            if failed > 0 {
                let code = answer.entries().iter().find_map(|entry| entry.error_code());
                return Err(WebhookError::NotTaken {
                    bus: self.name.clone(),
                    failed,
                    code: code.unwrap_or("EventBridge does not say why").to_owned(),
                });
            }
        }
        Ok(())
    }

    fn entry(&self, detail: String) -> PutEventsRequestEntry {
        PutEventsRequestEntry::builder()
            .event_bus_name(&self.name)
            .source(SOURCE)
            .detail_type(DETAIL_TYPE)
            .detail(detail)
            .build()
    }
}

fn detail(news: &News, change: &Change, repository: &str) -> String {
    let detail = Detail {
        event: change.event,
        repository,
        branch: &change.branch,
        commit: change.commit.as_deref(),
        owner: news.owner.as_deref(),
    };
    json!(detail).to_string()
}
