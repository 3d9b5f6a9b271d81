//! Which events concern somebody.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::{HealthEvent, Scope, Status};

/// What kinds of event Health has
/// (<https://docs.aws.amazon.com/health/latest/APIReference/API_Event.html>, `eventTypeCategory`).
pub const CATEGORIES: [&str; 4] = ["issue", "accountNotification", "scheduledChange", "investigation"];

/// Which events concern somebody. An empty list is no restriction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Events of `global`, or of no region, count for each.
    pub regions: Vec<String>,
    /// Such as `EC2`, in any case.
    pub services: Vec<String>,
    /// Of [`CATEGORIES`].
    pub categories: Vec<String>,
    /// At the time that is asked about.
    pub statuses: Vec<Status>,
    /// Whether events of this account's own resources count.
    pub account_specific: bool,
}

impl Filter {
    /// Whether the event concerns them at this time. What the event does not say, or says in words that are not known,
    /// counts as what was asked for.
    #[must_use]
    pub fn matches(&self, event: &HealthEvent, now: Timestamp) -> bool {
        self.may_match(event) && (self.statuses.is_empty() || self.statuses.contains(&event.status_at(now)))
    }

    /// Whether it concerns them in some status.
    #[must_use]
    pub fn may_match(&self, event: &HealthEvent) -> bool {
        let is_known_category = CATEGORIES.iter().any(|known| same(known, &event.category));
        let any = |wanted: &[String], matches: &dyn Fn(&str) -> bool| {
            wanted.is_empty() || wanted.iter().any(|wanted| matches(wanted))
        };
        any(&self.regions, &|region| event.region.concerns(region))
            && any(&self.services, &|service| {
                event.service.is_empty() || same(service, &event.service)
            })
            && any(&self.categories, &|category| {
                !is_known_category || same(category, &event.category)
            })
            && (self.account_specific || event.scope != Scope::AccountSpecific)
    }
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Whether the API takes it as a service's name: 2 to 30 characters, no `:` and no `/`
/// (<https://docs.aws.amazon.com/health/latest/APIReference/API_EventFilter.html>). Which services there are, AWS changes
/// every week.
#[must_use]
pub fn is_service(name: &str) -> bool {
    (2..=30).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b':' && byte != b'/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::Region;

    fn now() -> Timestamp {
        "2026-11-20T12:00:00Z".parse().unwrap()
    }

    fn event() -> HealthEvent {
        HealthEvent {
            arn: "arn:aws:health:us-east-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/1".into(),
            region: Region::from("us-east-1"),
            service: "EC2".into(),
            type_code: "AWS_EC2_OPERATIONAL_ISSUE".into(),
            category: "issue".into(),
            scope: Scope::Public,
            status: Status::Open,
            started: None,
            ended: None,
            updated: now(),
        }
    }

    fn list(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    fn filter() -> Filter {
        Filter {
            regions: list(&["us-east-1"]),
            services: Vec::new(),
            categories: list(&["issue"]),
            statuses: vec![Status::Open],
            account_specific: true,
        }
    }

    #[test]
    fn an_event_counts_where_it_happens() {
        let cases = [
            ("us-east-1", &["us-east-1"][..], true),
            ("us-east-1", &["eu-west-1", "us-east-1"], true),
            ("us-east-1", &["eu-west-1", "us-east-2"], false),
            ("us-east-1", &[], true),
            ("global", &["eu-west-1"], true),
            ("", &["eu-west-1"], true),
            ("moon", &["eu-west-1"], true),
            ("us-east-1a", &["eu-west-1"], true),
        ];
        for (region, regions, expected) in cases {
            let event = HealthEvent {
                region: Region::from(region),
                ..event()
            };
            let filter = Filter {
                regions: list(regions),
                ..filter()
            };
            assert_eq!(filter.matches(&event, now()), expected, "{region:?} {regions:?}");
        }
    }

    #[test]
    fn an_event_counts_for_its_service_and_category() {
        let cases = [
            ("EC2", "issue", &[][..], &["issue"][..], true),
            ("EC2", "issue", &["ec2", "LAMBDA"], &["issue"], true),
            ("ec2", "ISSUE", &["EC2"], &["Issue"], true),
            ("EC2", "issue", &["LAMBDA"], &["issue"], false),
            ("", "issue", &["LAMBDA"], &["issue"], true),
            ("EC2", "investigation", &[], &["issue"], false),
            ("EC2", "investigation", &[], &["issue", "investigation"], true),
            ("EC2", "scheduledChange", &[], &["issue"], false),
            ("EC2", "accountNotification", &[], &[], true),
            ("EC2", "", &[], &["issue"], true),
            ("EC2", "catastrophe", &[], &["issue"], true),
        ];
        for (service, category, services, categories, expected) in cases {
            let event = HealthEvent {
                service: service.into(),
                category: category.into(),
                ..event()
            };
            let filter = Filter {
                services: list(services),
                categories: list(categories),
                ..filter()
            };
            assert_eq!(
                filter.matches(&event, now()),
                expected,
                "{service:?} {category:?} {services:?} {categories:?}"
            );
        }
    }

    #[test]
    fn an_event_counts_in_its_status_at_the_time() {
        let (past, future) = (
            now() - jiff::Span::new().seconds(1),
            now() + jiff::Span::new().seconds(1),
        );
        let cases = [
            (Status::Open, None, &[Status::Open][..], true),
            (Status::Open, Some(future), &[Status::Open], true),
            (Status::Open, Some(past), &[Status::Open], false),
            (Status::Open, Some(past), &[Status::Closed], true),
            (Status::Upcoming, None, &[Status::Open], false),
            (Status::Upcoming, None, &[Status::Open, Status::Upcoming], true),
            (Status::Closed, None, &[Status::Open, Status::Upcoming], false),
            (Status::Closed, None, &[], true),
        ];
        for (status, ended, statuses, expected) in cases {
            let event = HealthEvent {
                status,
                ended,
                ..event()
            };
            let filter = Filter {
                statuses: statuses.to_vec(),
                ..filter()
            };
            assert_eq!(
                filter.matches(&event, now()),
                expected,
                "{status} {ended:?} {statuses:?}"
            );
            assert!(filter.may_match(&event));
        }
    }

    #[test]
    fn only_events_known_to_be_the_accounts_own_are_left_out() {
        for (scope, without) in [
            (Scope::Public, true),
            (Scope::AccountSpecific, false),
            (Scope::Unknown, true),
        ] {
            let event = HealthEvent { scope, ..event() };
            assert!(filter().matches(&event, now()));
            let filter = Filter {
                account_specific: false,
                ..filter()
            };
            assert_eq!(filter.matches(&event, now()), without, "{scope:?}");
        }
    }

    #[test]
    fn a_services_name_is_what_the_api_takes() {
        for (name, expected) in [
            ("EC2", true),
            ("ec2", true),
            ("ELASTIC-LOADBALANCING_V2", true),
            ("E", false),
            ("", false),
            ("EC2/VPC", false),
            ("a:b", false),
            ("E C", false),
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDE", false),
        ] {
            assert_eq!(is_service(name), expected, "{name}");
        }
    }

    #[test]
    fn a_filter_is_kept_as_json() {
        let text = serde_json::to_string(&filter()).unwrap();
        assert_eq!(
            text,
            r#"{"regions":["us-east-1"],"services":[],"categories":["issue"],"statuses":["open"],"account_specific":true}"#
        );
        assert_eq!(serde_json::from_str::<Filter>(&text).unwrap(), filter());
        assert!(serde_json::from_str::<Filter>(&text.replace("open", "ajar")).is_err());
    }
}
