//! Compares the record with the Health API, where this account may ask it: an event may have been missed.

use std::collections::{BTreeMap, BTreeSet};

use health_status::{CATEGORIES, Filter, HealthError, HealthEvent, Region, Status};
use jiff::{SignedDuration, Timestamp};
use lambda_edge::with_causes;

use crate::watch::Watch;

/// What Health's API does not know so long after the last word of it is over. The API lags behind EventBridge by minutes at
/// most, and keeps what is over for 90 days (<https://docs.aws.amazon.com/health/latest/APIReference/API_DescribeEvents.html>).
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(1);

impl Watch {
    /// What could not be done is a text each.
    pub(crate) async fn compare(&self, clock: Timestamp) -> Vec<String> {
        let recorded = match self.table.open_events().await {
            Ok(recorded) => recorded,
            Err(error) => {
                return vec![format!(
                    "the recorded events could not be read: {}",
                    with_causes(&error)
                )];
            }
        };
        for problem in &recorded.unreadable {
            tracing::error!(outcome = "EventUnreadable", %problem);
        }
        let recorded = recorded.found;
        let regions = match self.regions(&recorded).await {
            Ok(regions) => regions,
            Err(problem) => return vec![problem],
        };
        let open = match self.health.events(&open(regions)).await {
            Ok(open) => open,
            Err(HealthError::NoSupportPlan) => return Vec::new(),
            Err(error) => return vec![format!("AWS Health could not be asked: {}", with_causes(&error))],
        };
        let missing = missing(&recorded, &open);
        let changed = match self.health.by_arns(&missing).await {
            Ok(changed) => changed,
            Err(error) => {
                return vec![format!(
                    "AWS Health could not be asked about recorded events: {}",
                    with_causes(&error)
                )];
            }
        };
        let mut problems = Vec::new();
        for event in news(&recorded, open, changed, self.time.now(clock)) {
            match self.table.record(&event).await {
                Ok(recorded) => {
                    tracing::info!(outcome = ?recorded, event = event.arn, status = ?event.status, missed = true);
                }
                Err(error) => problems.push(format!("an event could not be recorded: {}", with_causes(&error))),
            }
        }
        problems
    }

    /// Every region that anybody asked for or that was heard of.
    async fn regions(&self, recorded: &[HealthEvent]) -> Result<BTreeSet<String>, String> {
        let blocks = self
            .table
            .blocks()
            .await
            .map_err(|error| format!("the blocks could not be read: {}", with_causes(&error)))?;
        let forwarders = self.table.forwarders().await;
        let forwarders =
            forwarders.map_err(|error| format!("the forwarders could not be read: {}", with_causes(&error)))?;
        let named = |event: &HealthEvent| match &event.region {
            Region::In(region) => Some(region.clone()),
            Region::Global | Region::Unknown => None,
        };
        let mut regions: BTreeSet<String> = recorded.iter().filter_map(named).collect();
        regions.extend(forwarders.found.into_keys());
        regions.extend(blocks.found.into_iter().flat_map(|block| block.filter.regions));
        regions.insert(self.home.clone());
        Ok(regions)
    }
}

fn open(regions: BTreeSet<String>) -> Filter {
    Filter {
        regions: regions.into_iter().collect(),
        services: Vec::new(),
        categories: CATEGORIES.iter().map(|&category| category.to_owned()).collect(),
        statuses: vec![Status::Open, Status::Upcoming],
        account_specific: true,
    }
}

/// Those that were recorded as open and that Health does not list as open.
fn missing(recorded: &[HealthEvent], open: &[HealthEvent]) -> Vec<String> {
    let open: BTreeSet<&str> = open.iter().map(|event| event.arn.as_str()).collect();
    let arns = recorded.iter().map(|event| &event.arn);
    arns.filter(|arn| !open.contains(arn.as_str())).cloned().collect()
}

/// What is to be recorded: what Health says otherwise than the record, and the end of what it has forgotten. `changed` is
/// what it says of those that are missing.
fn news(
    recorded: &[HealthEvent],
    open: Vec<HealthEvent>,
    changed: Vec<HealthEvent>,
    now: Timestamp,
) -> Vec<HealthEvent> {
    let known: BTreeMap<&str, &HealthEvent> = recorded.iter().map(|event| (event.arn.as_str(), event)).collect();
    let mut told: Vec<HealthEvent> = open;
    told.extend(changed);
    let arns: BTreeSet<String> = told.iter().map(|event| event.arn.clone()).collect();
    // The record has whole seconds.
    let version = |event: &HealthEvent| (event.status, event.updated.as_second());
    told.retain(|event| {
        known
            .get(event.arn.as_str())
            .is_none_or(|known| version(known) != version(event))
    });
    let forgotten = recorded
        .iter()
        .filter(|event| !arns.contains(&event.arn) && now.duration_since(event.updated) > FORGOTTEN_AFTER)
        .map(|event| HealthEvent {
            status: Status::Closed,
            updated: now,
            ..event.clone()
        });
    told.extend(forgotten);
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{event, noon};

    fn named(id: &str) -> HealthEvent {
        HealthEvent {
            arn: format!("arn:aws:health:us-east-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/{id}"),
            ..event()
        }
    }

    fn closed(event: HealthEvent, updated: Timestamp) -> HealthEvent {
        HealthEvent {
            status: Status::Closed,
            updated,
            ..event
        }
    }

    fn updated(event: HealthEvent, updated: Timestamp) -> HealthEvent {
        HealthEvent { updated, ..event }
    }

    #[test]
    fn what_is_recorded_as_open_and_not_listed_is_asked_about() {
        let recorded = [named("1"), named("2")];
        assert_eq!(missing(&recorded, &[named("2"), named("3")]), [named("1").arn]);
    }

    #[test]
    fn what_health_says_otherwise_is_recorded_and_what_it_forgot_is_over() {
        let later = noon() + SignedDuration::from_secs(1);
        let ago = |age: SignedDuration| updated(named("1"), noon() - age);
        let in_the_record = |event: HealthEvent| vec![event];
        let minute = SignedDuration::from_mins(1);
        let none = Vec::new;
        let cases = [
            ("a missed opening", none(), vec![named("1")], none(), vec![named("1")]),
            (
                "a missed closing",
                in_the_record(named("1")),
                none(),
                vec![closed(named("1"), later)],
                vec![closed(named("1"), later)],
            ),
            (
                "a missed update",
                in_the_record(named("1")),
                vec![updated(named("1"), later)],
                none(),
                vec![updated(named("1"), later)],
            ),
            (
                "nothing new",
                in_the_record(named("1")),
                vec![named("1")],
                none(),
                none(),
            ),
            (
                "the same to the second",
                in_the_record(named("1")),
                vec![updated(named("1"), noon() + SignedDuration::from_millis(999))],
                none(),
                none(),
            ),
            (
                "forgotten",
                in_the_record(ago(minute * 61)),
                none(),
                none(),
                vec![closed(named("1"), noon())],
            ),
            ("not known yet", in_the_record(ago(minute * 59)), none(), none(), none()),
            (
                "by a clock that was ahead",
                in_the_record(updated(named("1"), later)),
                none(),
                none(),
                none(),
            ),
        ];
        for (case, recorded, open, changed, expected) in cases {
            assert_eq!(news(&recorded, open, changed, noon()), expected, "{case}");
        }
    }
}
