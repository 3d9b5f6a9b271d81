//! Whatever happens to an invocation, every line is in the source, under the error prefix or given up.

use std::collections::BTreeSet;

use serde_json::json;

use crate::world::{World, line, lines};

const PUT: [&str; 3] = ["a", "b", "c"];
const FLAKY: [&str; 2] = ["throttled", "also throttled"];
const USED_UP: &str = "used-up";
const NOT_UNDERSTOOD: &str = "no JSON\n";

fn world() -> World {
    let ledger = format!("errors-ledger/{}", log_source::digest(USED_UP.as_bytes()));
    let first = [lines(&["a", FLAKY[0], FLAKY[1], USED_UP]), NOT_UNDERSTOOD.into()].concat();
    let world = World::new(&[
        ("errors/x/1", &first),
        ("errors/x/2", &lines(&["b", "c"])),
        (&ledger, b"2"),
    ]);
    world.state().page = 1;
    world.state().throttled = Some(FLAKY[0]);
    world
}

/// The lines that can be found, each in one of the three places where nothing is lost.
fn found(world: &World) -> BTreeSet<String> {
    let state = world.state();
    let mut found: BTreeSet<String> = state.source.iter().map(|record| line(record)).collect();
    for (key, content) in &state.objects {
        if key.starts_with("errors/") || key.starts_with("errors-given-up/") {
            let text = String::from_utf8(content.clone()).unwrap();
            found.extend(text.split_inclusive('\n').map(ToOwned::to_owned));
        }
    }
    found
}

fn all() -> BTreeSet<String> {
    let records = PUT.iter().chain(&FLAKY).chain([&USED_UP]);
    records
        .map(|record| line(record))
        .chain([NOT_UNDERSTOOD.to_owned()])
        .collect()
}

/// Nothing is lost so far, and what comes to rest once all works again is what has to.
async fn check(world: &World, context: &str) {
    assert_eq!(found(world), all(), "{context}");
    {
        let mut state = world.state();
        state.dies_after = None;
        state.seed = None;
        state.throttled = None;
    }
    let answer = world.invoke(json!({})).await.0;
    assert!(answer.is_ok(), "{context}: {answer:?}");
    assert_eq!(found(world), all(), "{context}");
    let keys = world.keys();
    assert!(
        keys.iter().all(|key| !key.starts_with("errors/")),
        "{context}: {keys:?}"
    );
    assert!(keys.contains(&"errors-replayed/x/1".to_owned()), "{context}: {keys:?}");
    assert!(keys.contains(&"errors-replayed/x/2".to_owned()), "{context}: {keys:?}");
}

#[tokio::test(start_paused = true)]
async fn a_crash_after_any_call_loses_nothing_and_the_next_invocation_finishes() {
    let whole = world();
    let _ = whole.invoke(json!({})).await;
    let calls = whole.calls().len();
    assert!(calls > 25, "{calls}");
    check(&whole, "no crash").await;
    for after in 0..calls {
        let world = world();
        world.state().dies_after = Some(after);
        let _ = world.invoke(json!({})).await;
        check(&world, &format!("dead after {after} calls")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn crashes_of_several_invocations_in_a_row_lose_nothing_and_attempts_stay_bounded() {
    for after in 0..36 {
        let world = world();
        for _ in 0..6 {
            world.calls();
            world.state().dies_after = Some(after);
            let _ = world.invoke(json!({})).await;
            assert_eq!(found(&world), all(), "dead after {after} calls");
        }
        for record in PUT {
            let puts = world.state().source.iter().filter(|put| *put == record).count();
            assert!(puts <= 2, "dead after {after} calls: `{record}` was put {puts} times");
        }
        check(&world, &format!("dead after {after} calls, six times")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn two_invocations_at_once_lose_nothing_however_their_calls_meet() {
    for seed in 0..100 {
        let world = world();
        world.state().seed = Some(seed);
        // One invocation gives up what the other counts an attempt for, and then leaves.
        for record in FLAKY {
            let ledger = format!("errors-ledger/{}", log_source::digest(record.as_bytes()));
            world.state().objects.insert(ledger, b"1".to_vec());
        }
        let _ = tokio::join!(world.invoke(json!({})), world.invoke(json!({})));
        check(&world, &format!("seed {seed}")).await;
    }
}
