use std::time::Duration;

use branch_build::Purpose::{Create, Destroy};
use tokio::time::Instant;

use crate::world::{Aws, Call, World};
use crate::{FIFTEEN_MINUTES, config, counts, run};

/// The most calls that a service got in any second, and at once.
fn busiest(calls: &[Call], service: &str) -> (usize, usize) {
    let calls: Vec<&Call> = calls.iter().filter(|call| call.service == service).collect();
    let second = Duration::from_secs(1);
    let most = |of: &dyn Fn(&Call, &Call) -> bool| {
        let counts = calls
            .iter()
            .map(|one| calls.iter().filter(|other| of(one, other)).count());
        counts.max().unwrap_or_default()
    };
    (
        most(&|one, other| (one.begun..one.begun + second).contains(&other.begun)),
        most(&|one, other| (other.begun..other.ended).contains(&one.begun)),
    )
}

#[tokio::test(start_paused = true)]
async fn five_hundred_branches_are_reconciled_in_one_run_within_the_rates() {
    let mut world = World {
        latency: Duration::from_millis(200),
        ..World::default()
    };
    for number in 0..500 {
        let branch = format!("feature/{number}");
        world.branch(&branch);
        // All that may be looked at of an environment, and something to do.
        world.project(&branch, Create, "SUCCEEDED", 1);
        world.project(&branch, Destroy, "FAILED", 2);
    }
    let aws = Aws::of(world);
    let begin = Instant::now();
    let config = crate::Config {
        maximum: 1_000,
        ..config()
    };
    let summary = run(&aws, config).await.unwrap();
    assert!(begin.elapsed() < FIFTEEN_MINUTES * 2 / 3, "{:?}", begin.elapsed());
    let summary = counts(&summary);
    assert_eq!((&summary["branches"], &summary["finished"]), (&500.into(), &500.into()));

    // A page of a list or of descriptions has 100 projects, one of branches 1,000: these are read one after another.
    let calls = aws.calls();
    let lists = ["ListProjects", "GetRepository", "ListBranches"];
    let is_list = |call: &Call| {
        let names = call.body["names"].as_array();
        lists.contains(&&*call.operation) || names.is_some_and(|names| names.len() == 100)
    };
    let (lists, paced): (Vec<Call>, Vec<Call>) = calls.into_iter().partition(is_list);
    assert_eq!(lists.len(), 1 + 10 + 2);
    let of_builds = paced.iter().filter(|call| call.service == "codebuild");
    assert_eq!(of_builds.count(), 2_500);
    for (service, a_second) in [("codecommit", 10), ("codebuild", 11), ("lambda", 2)] {
        let (most, at_once) = busiest(&paced, service);
        assert!(most <= a_second, "{service}: {most} in a second");
        assert!(at_once <= 5, "{service}: {at_once} at once");
    }
}
