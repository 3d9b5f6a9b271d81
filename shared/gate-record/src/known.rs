//! What is known of AWS Health: what it says itself, or where this account may not ask, what was recorded.

use std::collections::BTreeMap;

use health_status::{Filter, Health, HealthError, HealthEvent};
use jiff::{SignedDuration, Timestamp};

use crate::{Read, Table};

/// A forwarder sends a sign of life every ten minutes: two may be lost.
const FORWARDER_LASTS: SignedDuration = SignedDuration::from_mins(30);

/// Where global events appear, the second one as a backup, by what a partition's regions begin with
/// (<https://docs.aws.amazon.com/health/latest/ug/choosing-a-region.html>).
const GLOBAL: [(&str, [&str; 2]); 3] = [
    ("cn-", ["cn-northwest-1", "cn-north-1"]),
    ("us-gov-", ["us-gov-west-1", "us-gov-east-1"]),
    ("", ["us-east-1", "us-west-2"]),
];

/// Where what is known comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The Health API.
    Api,
    /// The events that were recorded.
    Events,
}

/// What is known.
#[derive(Debug, Clone, PartialEq)]
pub enum Known {
    /// These match, and no others.
    Events {
        /// None, perhaps.
        events: Vec<HealthEvent>,
        /// Where from.
        source: Source,
    },
    /// Nobody can say whether there are events, for this reason.
    Unknown(String),
}

/// What is known of the events that match. `now` is asked when the answers are there.
///
/// The Health API has an endpoint that may lag behind, and a new event may be at EventBridge first
/// (<https://docs.aws.amazon.com/health/latest/ug/health-api.html>): so what is recorded as open blocks, whatever the API
/// says. If only the record is wrong, health-watch's comparison mends it within minutes.
pub async fn known(health: &Health, table: &Table, filter: &Filter, now: impl Fn() -> Timestamp) -> Known {
    match health.events(filter).await {
        Ok(asked) => {
            let asked = matching(asked, filter, now());
            let events = if asked.is_empty() {
                also_recorded(table, filter, now).await
            } else {
                asked
            };
            Known::Events {
                events,
                source: Source::Api,
            }
        }
        Err(HealthError::NoSupportPlan) => recorded(table, filter, now).await,
        Err(error) => Known::Unknown(format!("AWS Health could not be asked ({error})")),
    }
}

/// Health has answered: a record that cannot be read takes nothing from that.
async fn also_recorded(table: &Table, filter: &Filter, now: impl Fn() -> Timestamp) -> Vec<HealthEvent> {
    let recorded = table.open_events().await;
    matching(
        recorded.map(|recorded| recorded.found).unwrap_or_default(),
        filter,
        now(),
    )
}

async fn recorded(table: &Table, filter: &Filter, now: impl Fn() -> Timestamp) -> Known {
    let (events, forwarders) = match (table.open_events().await, table.forwarders().await) {
        (Ok(events), Ok(forwarders)) => (events, forwarders),
        (Err(error), _) | (_, Err(error)) => {
            return Known::Unknown(format!("the recorded events could not be read ({error})"));
        }
    };
    judge(events, &forwarders.found, filter, now())
}

/// An event that matches is enough to know; that there is none takes everything to be readable, and every region to be heard.
fn judge(
    recorded: Read<Vec<HealthEvent>>,
    forwarders: &BTreeMap<String, Timestamp>,
    filter: &Filter,
    now: Timestamp,
) -> Known {
    let events = matching(recorded.found, filter, now);
    if events.is_empty() {
        let silent = silent(forwarders, filter, now);
        if !silent.is_empty() {
            return Known::Unknown(format!(
                "this account has no support plan for the Health API, and nothing was heard of AWS Health in {} for {} \
                 minutes: deploy stacks/health-events.yaml there",
                silent.join(", "),
                FORWARDER_LASTS.as_mins()
            ));
        }
        if let Some(problem) = recorded.unreadable.first() {
            return Known::Unknown(format!("of the recorded events {problem}"));
        }
    }
    Known::Events {
        events,
        source: Source::Events,
    }
}

fn matching(events: Vec<HealthEvent>, filter: &Filter, now: Timestamp) -> Vec<HealthEvent> {
    events.into_iter().filter(|event| filter.matches(event, now)).collect()
}

/// The regions of which nothing was heard lately. Of those with global events one is enough.
fn silent<'f>(forwarders: &BTreeMap<String, Timestamp>, filter: &'f Filter, now: Timestamp) -> Vec<&'f str> {
    let heard = |region: &str| {
        let seen = forwarders.get(region);
        seen.is_some_and(|seen| now.duration_since(*seen) <= FORWARDER_LASTS)
    };
    let mut silent: Vec<&str> = filter
        .regions
        .iter()
        .map(String::as_str)
        .filter(|region| !heard(region))
        .collect();
    let partition = filter.regions.first().map_or("", String::as_str);
    if let Some((_, global)) = GLOBAL.iter().find(|(start, _)| partition.starts_with(start))
        && !global.iter().any(|region| heard(region))
        && !silent.iter().any(|region| global.contains(region))
    {
        silent.push(global[0]);
    }
    silent
}

#[cfg(test)]
mod tests {
    use health_status::{Region, Scope, Status};

    use super::*;

    fn now() -> Timestamp {
        "2026-11-20T12:00:00Z".parse().unwrap()
    }

    fn filter(regions: &[&str]) -> Filter {
        Filter {
            regions: regions.iter().map(|region| (*region).to_owned()).collect(),
            services: Vec::new(),
            categories: vec!["issue".to_owned()],
            statuses: vec![Status::Open],
            account_specific: true,
        }
    }

    fn forwarders(seen: &[(&str, i64)]) -> BTreeMap<String, Timestamp> {
        let at = |minutes| now() - SignedDuration::from_mins(minutes);
        seen.iter()
            .map(|(region, minutes)| ((*region).to_owned(), at(*minutes)))
            .collect()
    }

    fn event(region: &str) -> HealthEvent {
        HealthEvent {
            arn: format!("arn:aws:health:{region}::event/EC2/AWS_EC2_ISSUE/1"),
            region: Region::In(region.to_owned()),
            service: "EC2".to_owned(),
            type_code: "AWS_EC2_ISSUE".to_owned(),
            category: "issue".to_owned(),
            scope: Scope::Public,
            status: Status::Open,
            started: None,
            ended: None,
            updated: now(),
        }
    }

    #[test]
    fn a_region_counts_as_clear_only_while_its_forwarder_is_heard() {
        type Case<'c> = (&'c [&'c str], &'c [(&'c str, i64)], &'c [&'c str]);
        let cases: &[Case<'_>] = &[
            (&["us-east-1"], &[("us-east-1", 0)], &[]),
            (&["us-east-1"], &[("us-east-1", 30)], &[]),
            (&["us-east-1"], &[("us-east-1", 31)], &["us-east-1"]),
            // A clock of theirs that is ahead.
            (&["us-east-1"], &[("us-east-1", -5)], &[]),
            (&["us-east-1"], &[("us-west-2", 0)], &["us-east-1"]),
            (&["eu-west-1"], &[("eu-west-1", 0)], &["us-east-1"]),
            (&["eu-west-1"], &[("eu-west-1", 0), ("us-west-2", 9)], &[]),
            (&["eu-west-1", "us-west-2"], &[], &["eu-west-1", "us-west-2"]),
            (&["cn-north-1"], &[("cn-north-1", 0)], &[]),
            (&["us-gov-east-1"], &[], &["us-gov-east-1"]),
        ];
        for (regions, seen, expected) in cases {
            let filter = filter(regions);
            assert_eq!(
                &silent(&forwarders(seen), &filter, now()),
                expected,
                "{regions:?} {seen:?}"
            );
        }
    }

    #[test]
    fn an_event_that_is_known_blocks_whatever_is_not_known() {
        let read = |found: Vec<HealthEvent>, unreadable: &[&str]| Read {
            found,
            unreadable: unreadable.iter().map(|problem| (*problem).to_owned()).collect(),
        };
        let filter = filter(&["us-east-1"]);
        let blocking = Known::Events {
            events: vec![event("us-east-1")],
            source: Source::Events,
        };
        let clear = Known::Events {
            events: vec![],
            source: Source::Events,
        };
        let heard = forwarders(&[("us-east-1", 1)]);
        let found = judge(
            read(vec![event("us-east-1")], &["odd"]),
            &BTreeMap::new(),
            &filter,
            now(),
        );
        assert_eq!(found, blocking);
        assert_eq!(
            judge(read(vec![event("eu-west-1")], &[]), &heard, &filter, now()),
            clear
        );
        for (unreadable, forwarders) in [(&["odd"][..], &heard), (&[], &BTreeMap::new())] {
            let found = judge(read(vec![], unreadable), forwarders, &filter, now());
            assert!(matches!(found, Known::Unknown(_)), "{found:?}");
        }
    }
}
