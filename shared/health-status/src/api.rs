//! The API of Health. The only file that names its SDK.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_client::{CallError, Outlook};
use aws_sdk_health::Client;
use aws_sdk_health::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_health::operation::describe_events::DescribeEventsError;
use aws_sdk_health::primitives::DateTime;
use aws_sdk_health::types::{Event, EventFilter, EventStatusCode, EventTypeCategory};
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use jiff::Timestamp;

use crate::event::{HealthEvent, Scope, Status};
use crate::eventbridge::{is_event_arn, is_word, updated_or};
use crate::health::HealthError;
use crate::query::Query;
use crate::region;

/// The most that one page holds (<https://docs.aws.amazon.com/health/latest/APIReference/API_DescribeEvents.html>).
const PAGE_SIZE: i32 = 100;
/// More events than any account has, and a list that does not end otherwise.
const MAX_PAGES: usize = 1000;
/// Shorter than the house's: a second endpoint is there to be asked, and somebody waits.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);
/// One page with all its attempts.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// The API at each of its endpoints. A client is made by the first call there.
pub(crate) struct Api {
    config: SdkConfig,
    clients: Mutex<BTreeMap<String, Client>>,
}

impl Api {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(CALL_TIMEOUT);
        Self {
            config: config.to_builder().timeout_config(timeouts.build()).build(),
            clients: Mutex::default(),
        }
    }

    /// The SDK's rules make `health.REGION.amazonaws.com`, in the partition's domain, of a client's region, and sign for it.
    fn client(&self, region: &str) -> Client {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let client = clients.entry(region.to_owned()).or_insert_with(|| {
            let region = Region::new(region.to_owned());
            Client::new(&self.config.to_builder().region(region).build())
        });
        client.clone()
    }

    /// Every event that the query finds and `wanted` wants, over all pages
    /// (`DescribeEvents`, <https://docs.aws.amazon.com/health/latest/APIReference/API_DescribeEvents.html>).
    pub(crate) async fn list(
        &self,
        region: &str,
        query: &Query,
        wanted: impl Fn(&HealthEvent) -> bool,
    ) -> Result<Vec<HealthEvent>, HealthError> {
        let client = self.client(region);
        let mut events = Vec::new();
        let mut tokens = BTreeSet::new();
        let mut token = None;
        for _ in 0..MAX_PAGES {
            let request = client.describe_events().filter(filter(query)).max_results(PAGE_SIZE);
            let page = request.set_next_token(token).send().await.map_err(failure)?;
            for event in page.events.unwrap_or_default() {
                let event = read(event)?;
                if wanted(&event) {
                    events.push(event);
                }
            }
            let Some(next) = page.next_token.filter(|next| !next.is_empty()) else {
                return Ok(events);
            };
            if !tokens.insert(next.clone()) {
                return Err(HealthError::Malformed("a page's token came a second time".to_owned()));
            }
            token = Some(next);
        }
        Err(HealthError::Malformed(format!("more than {MAX_PAGES} pages")))
    }
}

fn filter(query: &Query) -> EventFilter {
    let list = |values: &[String]| (!values.is_empty()).then(|| values.to_vec());
    let categories = query
        .categories
        .iter()
        .map(|category| EventTypeCategory::from(category.as_str()));
    let statuses = query
        .statuses
        .iter()
        .map(|status| EventStatusCode::from(status.as_str()));
    EventFilter::builder()
        .set_event_arns(list(&query.arns))
        .set_regions(list(&query.regions))
        .set_services(list(&query.services))
        .set_event_type_categories((!query.categories.is_empty()).then(|| categories.collect()))
        .set_event_status_codes((!query.statuses.is_empty()).then(|| statuses.collect()))
        .build()
}

/// An event without an ARN, which no event of AWS's is, cannot be told from others. All else may be missing.
fn read(event: Event) -> Result<HealthEvent, HealthError> {
    let arn = event.arn.filter(|arn| is_event_arn(arn));
    let arn = arn.ok_or_else(|| HealthError::Malformed("an event without the ARN of one".to_owned()))?;
    let time = |time: Option<DateTime>| time.and_then(|time| Timestamp::from_nanosecond(time.as_nanos()).ok());
    let (started, ended) = (time(event.start_time), time(event.end_time));
    Ok(HealthEvent {
        arn,
        region: region::Region::from(event.region.unwrap_or_default()),
        service: word(event.service),
        type_code: word(event.event_type_code),
        category: word(event.event_type_category.map(|category| category.as_str().to_owned())),
        scope: event
            .event_scope_code
            .map_or(Scope::Unknown, |scope| Scope::from(scope.as_str())),
        status: event
            .status_code
            .map_or(Status::Open, |status| Status::from(status.as_str())),
        started,
        ended,
        updated: updated_or(time(event.last_updated_time), ended, started),
    })
}

/// What people could not be shown in one line counts as not said.
fn word(text: Option<String>) -> String {
    text.filter(|text| is_word(text)).unwrap_or_default()
}

fn failure(error: SdkError<DescribeEventsError>) -> HealthError {
    if error.code() == Some("SubscriptionRequiredException") {
        return HealthError::NoSupportPlan;
    }
    let answered_well = error
        .raw_response()
        .is_some_and(|response| response.status().is_success());
    match (error, answered_well) {
        (SdkError::ServiceError(_), true) => HealthError::Malformed("an answer that cannot be read".to_owned()),
        // It broke off while it was read. One that was read whole and is not understood is the case before.
        (error @ SdkError::ResponseError(_), true) => HealthError::Unavailable(error.into()),
        (error, _) => {
            let error = CallError::from(error);
            match error.outlook() {
                Outlook::Temporary => HealthError::Unavailable(error),
                Outlook::Refused => HealthError::Refused(error),
            }
        }
    }
}
