//! What of a filter the API is asked for. What it cannot be asked for is filtered here afterwards.

use std::collections::BTreeSet;

use crate::event::Status;
use crate::filter::{CATEGORIES, Filter, is_service};
use crate::region::has_shape;

/// How many values each list of a request may have
/// (<https://docs.aws.amazon.com/health/latest/APIReference/API_EventFilter.html>).
pub(crate) const LIST_LIMIT: usize = 10;

/// The lists of a request. An empty one is not sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Query {
    pub(crate) arns: Vec<String>,
    pub(crate) regions: Vec<String>,
    pub(crate) services: Vec<String>,
    pub(crate) categories: Vec<String>,
    pub(crate) statuses: Vec<Status>,
}

impl Query {
    pub(crate) fn by_arns(arns: &[String]) -> Self {
        Self {
            arns: arns.to_vec(),
            ..Self::default()
        }
    }

    /// Narrower where the API's words for it are sure, wider elsewhere: what is wanted is always among the answers.
    pub(crate) fn by_filter(filter: &Filter) -> Self {
        let global = (!filter.regions.is_empty()).then(|| "global".to_owned());
        let regions = filter.regions.iter().map(|region| region.to_ascii_lowercase());
        // Health writes them in capitals; whether it compares them so, it does not say.
        let services = filter.services.iter();
        let services = services.flat_map(|service| [service.clone(), service.to_ascii_uppercase()]);
        let categories = filter.categories.iter().map(|category| {
            let known = CATEGORIES.iter().find(|known| known.eq_ignore_ascii_case(category));
            known.map_or_else(|| category.clone(), |known| (*known).to_owned())
        });
        Self {
            arns: Vec::new(),
            regions: list(regions.chain(global), |region| region == "global" || has_shape(region)),
            services: list(services, is_service),
            categories: list(categories, |category| CATEGORIES.contains(&category)),
            // An event whose end has passed is closed to us, and may still be open to the API.
            statuses: [Status::Open, Status::Upcoming, Status::Closed]
                .into_iter()
                .filter(|status| !filter.statuses.contains(&Status::Closed) && filter.statuses.contains(status))
                .collect(),
        }
    }
}

/// The values, each once; none at all where there are too many, or one that the API would refuse the request for.
fn list(values: impl Iterator<Item = String>, taken: impl Fn(&str) -> bool) -> Vec<String> {
    let values: BTreeSet<String> = values.collect();
    if values.len() <= LIST_LIMIT && values.iter().all(|value| taken(value)) {
        values.into_iter().collect()
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;
    use proptest::sample::{select, subsequence};

    use super::*;
    use crate::event::{HealthEvent, Scope};
    use crate::region::Region;

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

    fn numbered(prefix: &str, suffix: &str, count: usize) -> Vec<String> {
        (0..count).map(|number| format!("{prefix}{number}{suffix}")).collect()
    }

    #[test]
    fn regions_are_asked_for_with_global_unless_they_are_too_many() {
        let asked = |regions| Query::by_filter(&Filter { regions, ..filter() }).regions;
        assert_eq!(asked(list(&["us-east-1"])), ["global", "us-east-1"]);
        assert_eq!(
            asked(list(&["US-EAST-1", "us-east-1", "global"])),
            ["global", "us-east-1"]
        );
        assert_eq!(asked(numbered("us-east-", "", 9)).len(), 10);
        assert_eq!(asked(numbered("us-east-", "", 10)), [""; 0]);
        assert_eq!(asked(list(&["us-east-1", "the moon"])), [""; 0]);
        assert_eq!(asked(Vec::new()), [""; 0]);
    }

    #[test]
    fn services_are_asked_for_as_written_and_in_capitals() {
        let asked = |services| Query::by_filter(&Filter { services, ..filter() }).services;
        assert_eq!(asked(list(&["EC2", "LAMBDA"])), ["EC2", "LAMBDA"]);
        assert_eq!(asked(list(&["ec2"])), ["EC2", "ec2"]);
        assert_eq!(asked(numbered("S", "X", 10)).len(), 10);
        assert_eq!(asked(numbered("S", "X", 11)), [""; 0]);
        assert_eq!(asked(numbered("s", "x", 6)), [""; 0]);
        assert_eq!(asked(list(&["EC2", "a/b"])), [""; 0]);
    }

    #[test]
    fn closed_events_are_not_asked_for_by_status() {
        let asked = |statuses: &[Status]| {
            let statuses = statuses.to_vec();
            Query::by_filter(&Filter { statuses, ..filter() }).statuses
        };
        assert_eq!(asked(&[Status::Open]), [Status::Open]);
        assert_eq!(
            asked(&[Status::Open, Status::Upcoming]),
            [Status::Open, Status::Upcoming]
        );
        assert_eq!(asked(&[Status::Open; 7]), [Status::Open]);
        assert_eq!(asked(&[Status::Closed, Status::Open]), []);
        assert_eq!(asked(&[]), []);
    }

    #[test]
    fn categories_are_asked_for_in_healths_own_words() {
        let asked = |categories| Query::by_filter(&Filter { categories, ..filter() }).categories;
        assert_eq!(asked(list(&["ISSUE", "scheduledchange"])), ["issue", "scheduledChange"]);
        assert_eq!(asked(list(&["issue", "catastrophe"])), [""; 0]);
    }

    /// The API's own filtering, of an event whose words are all known.
    fn api_finds(query: &Query, event: &HealthEvent) -> bool {
        let in_list = |list: &[String], value: &str| list.is_empty() || list.iter().any(|asked| asked == value);
        in_list(&query.regions, &event.region.to_string())
            && in_list(&query.services, &event.service)
            && in_list(&query.categories, &event.category)
            && (query.statuses.is_empty() || query.statuses.contains(&event.status))
    }

    fn events() -> impl Strategy<Value = HealthEvent> {
        let regions = select(vec!["us-east-1", "us-east-2", "eu-west-1", "global"]);
        let services = select(vec!["EC2", "LAMBDA", "IAM"]);
        let statuses = select(vec![Status::Open, Status::Upcoming, Status::Closed]);
        let scopes = select(vec![Scope::Public, Scope::AccountSpecific]);
        let ended = proptest::option::of(-5_i64..5);
        (regions, services, select(CATEGORIES.to_vec()), statuses, scopes, ended).prop_map(
            |(region, service, category, status, scope, ended)| HealthEvent {
                arn: String::new(),
                region: Region::from(region),
                service: service.to_owned(),
                type_code: String::new(),
                category: category.to_owned(),
                scope,
                status,
                started: None,
                ended: ended.map(|second| Timestamp::from_second(second).unwrap()),
                updated: Timestamp::UNIX_EPOCH,
            },
        )
    }

    fn filters() -> impl Strategy<Value = Filter> {
        let some = |values: Vec<&'static str>| {
            let count = values.len();
            subsequence(values, 0..=count).prop_map(|values| list(&values))
        };
        let regions = vec![
            "us-east-1",
            "US-EAST-2",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "eu-north-1",
            "sa-east-1",
            "me-south-1",
            "af-south-1",
            "ap-east-1",
            "ap-east-2",
            "mars",
        ];
        let services = vec!["EC2", "ec2", "Lambda", "IAM", "S3", "a/b"];
        let categories = vec!["issue", "ISSUE", "investigation", "scheduledChange", "catastrophe"];
        let statuses = subsequence(vec![Status::Open, Status::Upcoming, Status::Closed], 0..=3);
        (some(regions), some(services), some(categories), statuses, any::<bool>()).prop_map(
            |(regions, services, categories, statuses, account_specific)| Filter {
                regions,
                services,
                categories,
                statuses,
                account_specific,
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]
        #[test]
        fn what_is_wanted_is_among_what_is_asked_for(event in events(), filter in filters()) {
            let query = Query::by_filter(&filter);
            prop_assert!(!filter.matches(&event, Timestamp::UNIX_EPOCH) || api_finds(&query, &event));
            for list in [&query.regions, &query.services, &query.categories] {
                prop_assert!(list.len() <= LIST_LIMIT);
            }
        }
    }
}
