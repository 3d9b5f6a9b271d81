//! Many writers at one table: whatever comes in whatever order, and whoever else is at it. Requests go through the real
//! SDK to a table in memory that reads the expressions that were sent.

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

mod memory;

use gate_record::{Block, CLAIM_LASTS, Outcome, Recorded, State};
use health_status::{Filter, HealthEvent, Region, Scope, Status};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::json;

use crate::memory::Memory;

const ARN: &str = "arn:aws:health:us-east-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/1";

fn noon() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn event(arn: &str, status: Status, updated: Timestamp) -> HealthEvent {
    HealthEvent {
        arn: arn.to_owned(),
        region: Region::In("us-east-1".to_owned()),
        service: "EC2".to_owned(),
        type_code: "AWS_EC2_OPERATIONAL_ISSUE".to_owned(),
        category: "issue".to_owned(),
        scope: Scope::Public,
        status,
        started: Some(noon()),
        ended: (status == Status::Closed).then_some(updated),
        updated,
    }
}

fn block(action_execution: &str) -> Block {
    Block {
        pipeline: "shop".to_owned(),
        execution: "0f8f6e4e".to_owned(),
        stage: "Deploy".to_owned(),
        action: "Gate".to_owned(),
        action_execution: action_execution.to_owned(),
        filter: Filter {
            regions: vec!["us-east-1".to_owned()],
            services: vec![],
            categories: vec!["issue".to_owned()],
            statuses: vec![Status::Open],
            account_specific: true,
        },
        events: vec![ARN.to_owned()],
        source: "api".to_owned(),
        blocked_at: noon(),
        until: noon() + SignedDuration::from_hours(4),
        state: State::Waiting,
        reason: "EC2 issue".to_owned(),
    }
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work)
}

/// Updates of one event, some of them more than once, in any order. The API tells milliseconds, EventBridge does not.
fn updates() -> impl Strategy<Value = Vec<HealthEvent>> {
    let status = prop_oneof![Just(Status::Open), Just(Status::Upcoming), Just(Status::Closed)];
    let update = (0..4_i64, prop_oneof![Just(0_i64), 0..1_000_i64], status, 1..4_usize);
    prop::collection::vec(update, 1..8)
        .prop_map(|updates| {
            updates
                .into_iter()
                .flat_map(|(second, millisecond, status, times)| {
                    let updated = noon() + SignedDuration::from_millis(second * 1_000 + millisecond);
                    let mut update = event(ARN, status, updated);
                    update.ended = None;
                    update.service = format!("as of {second} {status}");
                    vec![update; times]
                })
                .collect::<Vec<_>>()
        })
        .prop_shuffle()
}

/// The rule: the newer second, and in one second closed before open before upcoming.
fn newest(updates: &[HealthEvent]) -> &HealthEvent {
    let rank = |status| match status {
        Status::Upcoming => 0,
        Status::Open => 1,
        Status::Closed => 2,
    };
    updates
        .iter()
        .max_by_key(|update| (update.updated.as_second(), rank(update.status)))
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_and_number_of_updates_ends_in_the_newest(updates in updates()) {
        let memory = Memory::new(100);
        let table = memory.table();
        let open = wait(async {
            for update in &updates {
                table.record(update).await.unwrap();
            }
            table.open_events().await.unwrap().found
        });
        let expected = newest(&updates);
        let [item] = &memory.items()[..] else { panic!("one event, one item") };
        prop_assert_eq!(item["service"]["S"].as_str(), Some(expected.service.as_str()));
        prop_assert_eq!(item["status"]["S"].as_str(), Some(expected.status.as_str()));
        let second = Timestamp::from_second(expected.updated.as_second()).unwrap();
        prop_assert_eq!(&item["updated"]["N"], &json!(second.as_millisecond().to_string()));
        let is_open = open.iter().any(|event| event.service == expected.service);
        prop_assert_eq!(is_open, expected.status != Status::Closed);
        prop_assert_eq!(item.contains_key("expires"), expected.status == Status::Closed);
    }

    #[test]
    fn of_any_number_of_watchers_one_retries_each_time_that_a_claim_is_free(
        visits in prop::collection::vec((0..200_i64, 0..3_usize), 1..20),
    ) {
        let memory = Memory::new(100);
        let table = memory.table();
        let mut now = noon();
        let mut claimed = Vec::new();
        wait(async {
            table.put_block(&block("a")).await.unwrap();
            let mut reads = Vec::new();
            // At each time two come that have read the block just now, and one that read it some visits ago.
            for (later, ago) in visits {
                now += SignedDuration::from_secs(later);
                reads.insert(0, table.blocks().await.unwrap().found.remove(0));
                let mut won = 0;
                for read in [&reads[ago.min(reads.len() - 1)], &reads[0], &reads[0]] {
                    won += usize::from(table.claim(read, now).await.unwrap());
                }
                assert!(won <= 1, "{won} at once");
                claimed.extend((won == 1).then_some(now));
            }
        });
        prop_assert!(claimed.windows(2).all(|two| two[1].duration_since(two[0]) > CLAIM_LASTS), "{claimed:?}");
        prop_assert!(!claimed.is_empty());
    }
}

#[test]
fn a_thousand_events_that_come_twice_and_mixed_up_are_all_there_over_pages() {
    let arn = |number: usize| format!("{ARN}-{number:04}");
    let memory = Memory::new(170);
    let table = memory.table();
    let later = noon() + SignedDuration::from_secs(60);
    wait(async {
        // Every one twice, every third closed: its closing comes before its opening.
        for number in (0..1_000).rev() {
            let closed = number % 3 == 0;
            if closed {
                table.record(&event(&arn(number), Status::Closed, later)).await.unwrap();
            }
            let opened = event(&arn(number), Status::Open, noon());
            let first = if closed { Recorded::Stale } else { Recorded::Recorded };
            assert_eq!(table.record(&opened).await.unwrap(), first);
            assert_eq!(table.record(&opened).await.unwrap(), Recorded::Stale);
        }
        let open = table.open_events().await.unwrap();
        let expected: Vec<_> = (0..1_000)
            .filter(|number| number % 3 != 0)
            .map(|number| event(&arn(number), Status::Open, noon()))
            .collect();
        assert_eq!(open.found, expected);
        assert_eq!(open.unreadable, Vec::<String>::new());
    });
    assert_eq!(memory.items().len(), 1_000);
}

#[test]
fn an_event_that_came_without_a_region_is_closed_by_an_update_that_names_it() {
    let memory = Memory::new(100);
    let table = memory.table();
    let mut opened = event(ARN, Status::Open, noon());
    opened.region = Region::Unknown;
    wait(async {
        table.record(&opened).await.unwrap();
        assert_eq!(table.open_events().await.unwrap().found, [opened]);
        let closed = event(ARN, Status::Closed, noon());
        assert_eq!(table.record(&closed).await.unwrap(), Recorded::Recorded);
        assert_eq!(table.open_events().await.unwrap().found, []);
    });
}

#[test]
fn a_block_is_written_once_and_ends_once() {
    let memory = Memory::new(2);
    let table = memory.table();
    wait(async {
        for name in ["a", "b", "c", "d", "e"] {
            assert!(table.put_block(&block(name)).await.unwrap());
        }
        assert!(table.claim(&block("b"), noon()).await.unwrap());
        // A second writing of the same block must not free it.
        assert!(!table.put_block(&block("b")).await.unwrap());
        let blocks = table.blocks().await.unwrap();
        assert_eq!(blocks.found.len(), 5);
        assert_eq!(blocks.found[1].state, State::Resuming { claimed_at: noon() });

        assert!(
            table
                .settle(&blocks.found[1], Outcome::Resumed, "retried")
                .await
                .unwrap()
        );
        assert!(
            table
                .settle(&blocks.found[2], Outcome::GaveUp, "too late")
                .await
                .unwrap()
        );
        assert!(
            table
                .settle(&blocks.found[3], Outcome::Settled, "superseded")
                .await
                .unwrap()
        );
        for ended in &blocks.found[1..4] {
            assert!(!table.settle(ended, Outcome::GaveUp, "again").await.unwrap());
            assert!(
                !table
                    .claim(ended, noon() + SignedDuration::from_hours(1))
                    .await
                    .unwrap()
            );
            assert!(!table.put_block(ended).await.unwrap());
        }
        let left = table.blocks().await.unwrap().found;
        assert_eq!(left, [block("a"), block("e")]);
    });
    let reasons: Vec<_> = memory.items().iter().map(|item| item["reason"]["S"].clone()).collect();
    assert_eq!(reasons, ["EC2 issue", "retried", "too late", "superseded", "EC2 issue"]);
}

#[test]
fn what_is_gone_is_neither_claimed_nor_settled() {
    let memory = Memory::new(100);
    let table = memory.table();
    wait(async {
        assert!(!table.claim(&block("a"), noon()).await.unwrap());
        assert!(!table.settle(&block("a"), Outcome::Resumed, "retried").await.unwrap());
    });
    assert!(memory.items().is_empty());
}

#[test]
fn a_heartbeat_that_was_overtaken_changes_nothing() {
    let memory = Memory::new(1);
    let table = memory.table();
    let minute = SignedDuration::from_mins(1);
    memory.write(json!({"pk": {"S": "FORWARDER"}, "sk": {"S": "eu-west-1"}, "seen": {"S": "long ago"}}));
    memory.write(json!({"pk": {"S": "FORWARDER"}, "sk": {"S": "eu-west-2"}, "seen": {"BOOL": true}}));
    wait(async {
        for at in [noon(), noon() + minute, noon() - minute] {
            table.heartbeat("us-east-1", at).await.unwrap();
            table.heartbeat("eu-west-1", at).await.unwrap();
        }
        let forwarders = table.forwarders().await.unwrap();
        let expected = ["eu-west-1", "us-east-1"].map(|region| (region.to_owned(), noon() + minute));
        assert_eq!(forwarders.found, expected.into());
        assert_eq!(
            forwarders.unreadable,
            ["the forwarder `eu-west-2` cannot be read: `seen` is no time"]
        );
    });
}

#[test]
fn an_event_that_cannot_be_read_is_told_and_the_next_update_mends_it() {
    let memory = Memory::new(1);
    let table = memory.table();
    let odd = [
        json!({"pk": {"S": "EVENT"}, "sk": {"S": ARN}}),
        json!({"pk": {"S": "EVENT"}, "sk": {"S": ARN}, "arn": {"S": ARN}}),
        json!({"pk": {"S": "EVENT"}, "sk": {"S": ARN}, "arn": {"S": ARN}, "updated": {"S": "tomorrow"}}),
        json!({"pk": {"S": "EVENT"}, "sk": {"S": ARN}, "arn": {"S": ARN}, "updated": {"M": {}}, "status": {"S": "over"}}),
    ];
    for item in odd {
        memory.write(item);
        wait(async {
            let events = table.open_events().await.unwrap();
            assert_eq!(events.found, []);
            assert_eq!(events.unreadable.len(), 1);
            let update = event(ARN, Status::Open, noon());
            assert_eq!(table.record(&update).await.unwrap(), Recorded::Recorded);
            assert_eq!(table.open_events().await.unwrap().found, [update]);
        });
    }
}

#[test]
fn what_an_event_does_not_say_counts_for_everything() {
    let memory = Memory::new(1);
    memory.write(json!({
        "pk": {"S": "EVENT"}, "sk": {"S": ARN}, "arn": {"S": ARN}, "updated": {"N": "0"}, "status": {"S": "a new word"},
        "region": {"S": "Frankfurt"}, "seen_by": {"B": "AA=="},
    }));
    let found = wait(memory.table().open_events()).unwrap().found;
    assert_eq!(found[0].status, Status::Open);
    assert_eq!((&found[0].region, found[0].scope), (&Region::Unknown, Scope::Unknown));
    assert!(block("a").filter.matches(&found[0], noon()));
}
