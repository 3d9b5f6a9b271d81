use branch_build::Gone;
use branch_build::Purpose::{Create, Destroy};
use serde_json::json;

use crate::world::{Aws, World, environment};
use crate::{Config, config, counts, run};

const NASTY: &str = ";$(touch pwned) é\"'";

#[tokio::test(start_paused = true)]
async fn every_difference_is_mended() {
    let mut world = World::default();
    for branch in [
        "main",
        "release/1",
        "new",
        "settled",
        "old",
        "failed",
        "building",
        NASTY,
    ] {
        world.branch(branch);
    }
    world.project("settled", Create, "SUCCEEDED", 2);
    world.project("old", Create, "SUCCEEDED", 48);
    world.project("failed", Create, "FAILED", 0);
    world.project("building", Create, "IN_PROGRESS", 0);
    world.project("gone", Create, "SUCCEEDED", 48);
    world.project("destroyed", Destroy, "SUCCEEDED", 1);
    world.project("still there", Destroy, "TIMED_OUT", 48);
    world.project("release/2", Create, "SUCCEEDED", 48);
    world.stack(&environment("stacks/only"), "stacks/only");
    world.stack(&environment("stacks/only"), "stacks/only");
    let aws = Aws::of(world);
    let summary = run(&aws, config()).await.unwrap();
    let payload = |function: &str, payload: serde_json::Value| format!("{function} {payload}");
    let project = |branch: &str, purpose| json!({"project": environment(branch).project(purpose)});
    let mut wanted = [
        payload("create", json!({"branch": NASTY})),
        payload("create", json!({"branch": "new"})),
        payload("destroy", json!({"branch": "gone"})),
        payload("destroy", json!({"branch": "still there"})),
        payload("destroy", json!({"branch": "stacks/only", "orphaned": true})),
        payload("finish", project("destroyed", Destroy)),
        payload("finish", project("settled", Create)),
    ];
    wanted.sort();
    assert_eq!(aws.asked(), wanted);
    assert_eq!(
        counts(&summary),
        json!({
            "branches": 6, "environments": 8, "created": 2, "destroyed": 3, "finished": 2, "waiting": 1, "retrying": 1,
            "orphans": 1,
        })
    );
    assert!(aws.told().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_not_surely_ours_is_left_and_people_are_told_once() {
    let mut world = World::default();
    world.project("other", Create, "SUCCEEDED", 1);
    let other = environment("other").project(Create);
    world.projects.get_mut(&other).unwrap()["tags"] = json!([{"key": "wrasse:repository", "value": "else"}]);
    world.project("untagged", Create, "SUCCEEDED", 1);
    let untagged = environment("untagged").project(Create);
    world.projects.get_mut(&untagged).unwrap()["tags"] = json!([]);
    let long = "é".repeat(100);
    world.stack(&environment(&long), &long);
    let aws = Aws::of(world);
    let summary = run(&aws, config()).await.unwrap();
    assert!(aws.asked().is_empty());
    assert_eq!(counts(&summary), json!({"unsure": 2}));
    let told = aws.told();
    assert_eq!(told.len(), 1);
    for (branch, is_named) in [("untagged", true), (long.as_str(), true), ("other", false)] {
        assert_eq!(told[0].contains(environment(branch).name()), is_named, "{}", told[0]);
    }
}

#[tokio::test(start_paused = true)]
async fn stacks_are_asked_for_by_both_tags() {
    let aws = Aws::of(World::default());
    run(&aws, config()).await.unwrap();
    assert_eq!(
        aws.all("GetResources"),
        [json!({
            "TagFilters": [{"Key": "wrasse:environment"}, {"Key": "wrasse:repository", "Values": ["shop"]}],
            "ResourceTypeFilters": ["cloudformation:stack"],
        })]
    );
}

#[tokio::test(start_paused = true)]
async fn no_more_than_may_exist_are_asked_for() {
    let mut world = World::default();
    for branch in ["a", "b", "c", "d", "failed"] {
        world.branch(branch);
    }
    world.project("failed", Create, "FAILED", 48);
    world.project("gone", Create, "SUCCEEDED", 48);
    let aws = Aws::of(world);
    let config = Config { maximum: 3, ..config() };
    let summary = run(&aws, config).await.unwrap();
    assert_eq!(
        counts(&summary),
        json!({"branches": 5, "environments": 2, "created": 2, "destroyed": 1, "over_cap": 3})
    );
    assert!(aws.asked().contains(&"create {\"branch\":\"failed\"}".to_owned()));
}

fn of_a_repository_that_is_gone() -> Aws {
    let mut world = World {
        no_repository: true,
        ..World::default()
    };
    world.project("x", Create, "SUCCEEDED", 1);
    world.project("release/1", Create, "SUCCEEDED", 1);
    Aws::of(world)
}

#[tokio::test(start_paused = true)]
async fn without_a_repository_environments_are_kept_and_people_told() {
    let aws = of_a_repository_that_is_gone();
    let summary = run(&aws, config()).await.unwrap();
    assert_eq!(counts(&summary), json!({}));
    assert!(aws.asked().is_empty());
    let told = aws.told();
    assert_eq!(told.len(), 1);
    assert!(
        told[0].contains("There is no repository shop any more. Its environments are kept"),
        "{told:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn without_a_repository_environments_are_destroyed_if_that_is_asked_for() {
    let aws = of_a_repository_that_is_gone();
    let config = Config {
        gone: Gone::Destroy,
        ..config()
    };
    let summary = run(&aws, config.clone()).await.unwrap();
    assert_eq!(counts(&summary), json!({"environments": 2, "destroyed": 1}));
    assert_eq!(aws.asked(), ["destroy {\"branch\":\"x\"}"]);
    assert!(aws.told()[0].contains("Its environments are being destroyed"));

    let aws = Aws::of(World {
        no_repository: true,
        ..World::default()
    });
    run(&aws, config).await.unwrap();
    assert!(aws.told().is_empty());
}
