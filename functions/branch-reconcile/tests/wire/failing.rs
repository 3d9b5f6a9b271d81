use std::time::Duration;

use aws_client::ServerTime;
use branch_build::Purpose::Create;
use branch_reconcile::{Config, Function};
use serde_json::json;

use crate::world::{Aws, World, environment, now};
use crate::{FIFTEEN_MINUTES, answer, config, run};

fn three() -> World {
    let mut world = World::default();
    for branch in ["a", "b", "c"] {
        world.branch(branch);
    }
    world
}

#[tokio::test(start_paused = true)]
async fn what_fails_for_one_does_not_stop_the_others() {
    let mut world = three();
    world.project("gone", Create, "SUCCEEDED", 1);
    world.faults = vec![
        ("GetBranch", "\"a\"".to_owned()),
        ("Invoke", "\"b\"".to_owned()),
        ("ListBuildsForProject", "app-gone-".to_owned()),
    ];
    let aws = Aws::of(world);
    let (name, text) = run(&aws, config()).await.unwrap_err();
    assert_eq!(name, "Incomplete");
    for problem in [
        "3 could not be done: ".to_owned(),
        format!("looking at a ({}): AccessDeniedException", environment("a")),
        format!("looking at gone ({}): AccessDeniedException", environment("gone")),
        format!("asking create for b ({}): AccessDeniedException", environment("b")),
    ] {
        assert!(text.contains(&problem), "{problem}: {text}");
    }
    let asked = aws.asked();
    assert!(asked.contains(&"create {\"branch\":\"c\"}".to_owned()), "{asked:?}");
}

#[tokio::test(start_paused = true)]
async fn without_a_whole_list_nothing_is_done() {
    for (operation, attempted) in [
        ("GetRepository", "listing branches"),
        ("ListBranches", "listing branches"),
        ("ListProjects", "listing build projects"),
        ("BatchGetProjects", "reading build projects"),
        ("GetResources", "listing stacks by their tags"),
        ("ListObjectsV2", "listing ages"),
    ] {
        let mut world = three();
        world.project("gone", Create, "SUCCEEDED", 1);
        world.faults.push((operation, String::new()));
        let aws = Aws::of(world);
        let (name, text) = run(&aws, config()).await.unwrap_err();
        assert_eq!(name, "CallFailed");
        assert!(text.starts_with(attempted), "{text}");
        assert!(aws.asked().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn what_there_is_no_time_for_is_said() {
    let aws = Aws::of(three());
    let (name, text) = answer(&aws, config(), &json!({}), Duration::ZERO).await.unwrap_err();
    assert_eq!(name, "Incomplete");
    assert!(
        text.contains(&format!("looking at a ({}): the time was up", environment("a"))),
        "{text}"
    );

    aws.change(|world| world.latency = Duration::from_secs(1));
    let (_, text) = answer(&aws, config(), &json!({}), Duration::from_millis(5_500))
        .await
        .unwrap_err();
    assert!(
        text.contains(&format!("asking create for a ({}): the time was up", environment("a"))),
        "{text}"
    );
    assert!(aws.asked().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_bad_configuration_and_a_bad_event_are_said() {
    let aws = Aws::of(three());
    let event = json!({"redrive": "yes"});
    let (name, text) = answer(&aws, config(), &event, FIFTEEN_MINUTES).await.unwrap_err();
    assert_eq!(name, "InvalidEvent");
    assert!(text.contains("its redrive is \"yes\""), "{text}");

    let function = Function::new(Config::from_lookup(|_| None), &aws.config(), ServerTime::default());
    let error = function.answer(&json!({}), now(), FIFTEEN_MINUTES).await.unwrap_err();
    assert_eq!(error.name(), "InvalidConfiguration");
    assert!(error.to_string().contains("FAILURE_QUEUE_URL is missing"), "{error}");
    assert!(aws.calls().is_empty());
}
