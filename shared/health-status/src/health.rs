//! Asking Health: the active endpoint, once more at the other.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_client::CallError;
use aws_types::SdkConfig;
use tokio::time::Instant;

use crate::api::Api;
use crate::endpoint::Partition;
use crate::event::HealthEvent;
use crate::eventbridge::is_askable_arn;
use crate::filter::Filter;
use crate::lookup;
use crate::query::{LIST_LIMIT, Query};

/// How long an endpoint that answered is asked again without looking it up.
const MEMORY: Duration = Duration::from_mins(1);

/// Why Health did not say.
#[derive(Debug, thiserror::Error)]
pub enum HealthError {
    /// The API is for accounts with one of AWS's paid support plans
    /// (<https://docs.aws.amazon.com/health/latest/ug/health-api.html>).
    #[error("this account has no support plan that includes the AWS Health API (SubscriptionRequiredException)")]
    NoSupportPlan,
    /// Throttled, no answer, or a fault on AWS's side, at both endpoints. It may answer later.
    #[error("AWS Health cannot be asked at the moment")]
    Unavailable(#[source] CallError),
    /// AWS said no: the role lacks `health:DescribeEvents`, say.
    #[error("AWS Health refused the request")]
    Refused(#[source] CallError),
    /// It answered something that makes no sense. The text quotes nothing of it.
    #[error("AWS Health's answer makes no sense: {0}")]
    Malformed(String),
}

/// AWS Health. One for a process: it remembers which endpoint answered.
pub struct Health {
    api: Api,
    partition: Partition,
    own_region: String,
    dns_server: Option<SocketAddr>,
    answered: Mutex<Option<(String, Instant)>>,
}

impl Health {
    /// The active endpoint is looked up at `dns_server`, or with the system's resolver. Opens no connection.
    ///
    /// With an endpoint URL in `config` every request goes there; only the region that it is signed for follows the
    /// look-up.
    #[must_use]
    pub fn new(config: &SdkConfig, dns_server: Option<SocketAddr>) -> Self {
        let own_region = config.region().map_or("us-east-1", |region| region.as_ref()).to_owned();
        Self {
            api: Api::new(config),
            partition: Partition::of(&own_region),
            own_region,
            dns_server,
            answered: Mutex::default(),
        }
    }

    /// All events that may match the filter, in any status that it wants, over all pages. Not all that come back match
    /// at a given time: [`Filter::matches`] has the last word.
    pub async fn events(&self, filter: &Filter) -> Result<Vec<HealthEvent>, HealthError> {
        self.ask(&Query::by_filter(filter), |event| filter.may_match(event))
            .await
    }

    /// The events with these ARNs, whatever their status. One that Health does not know, or that is no event's ARN, is
    /// left out.
    pub async fn by_arns(&self, arns: &[String]) -> Result<Vec<HealthEvent>, HealthError> {
        let mut events = Vec::new();
        let askable: Vec<String> = arns.iter().filter(|arn| is_askable_arn(arn)).cloned().collect();
        for arns in askable.chunks(LIST_LIMIT) {
            let query = Query::by_arns(arns);
            events.append(&mut self.ask(&query, |event| arns.contains(&event.arn)).await?);
        }
        Ok(events)
    }

    /// A list is begun anew at the other endpoint: its pages' tokens are those of the first.
    async fn ask(&self, query: &Query, wanted: impl Fn(&HealthEvent) -> bool) -> Result<Vec<HealthEvent>, HealthError> {
        let region = self.active_region().await;
        let answer = self.api.list(&region, query, &wanted).await;
        let Err(HealthError::Unavailable(error)) = answer else {
            self.remember(&region, &answer);
            return answer;
        };
        self.forget();
        let Some(other) = self.partition.other(&region) else {
            return Err(HealthError::Unavailable(error));
        };
        tracing::warn!(region, other, %error, "the active endpoint of AWS Health does not answer");
        let answer = self.api.list(other, query, &wanted).await;
        self.remember(other, &answer);
        match answer {
            Ok(_) | Err(HealthError::NoSupportPlan) => answer,
            // The passive endpoint's objections do not say why the active one failed.
            Err(at_other) => {
                tracing::warn!(region = other, error = %at_other, "nor does the other");
                Err(HealthError::Unavailable(error))
            }
        }
    }

    async fn active_region(&self) -> String {
        if let Some(region) = self.remembered() {
            return region;
        }
        let usual = || self.partition.usual(&self.own_region);
        let Some(name) = self.partition.global_name() else {
            return usual();
        };
        match lookup::alias(name, self.dns_server).await {
            Ok(target) => self.partition.region_of(&target).unwrap_or_else(|| {
                tracing::warn!(
                    name,
                    "the name is an alias of something else than an endpoint of AWS Health"
                );
                usual()
            }),
            Err(problem) => {
                tracing::warn!(name, problem, "the active endpoint of AWS Health was not found");
                usual()
            }
        }
    }

    fn remembered(&self) -> Option<String> {
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        *answered = answered.take().filter(|(_, at)| at.elapsed() < MEMORY);
        answered.as_ref().map(|(region, _)| region.clone())
    }

    /// That an account has no support plan is an answer too. An answer does not prolong the memory of an earlier one: who
    /// asks more than once a minute looks up as well where to ask.
    fn remember(&self, region: &str, answer: &Result<Vec<HealthEvent>, HealthError>) {
        if matches!(answer, Ok(_) | Err(HealthError::NoSupportPlan)) {
            let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
            answered.get_or_insert_with(|| (region.to_owned(), Instant::now()));
        }
    }

    fn forget(&self) {
        *self.answered.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
