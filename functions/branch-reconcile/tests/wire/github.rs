use branch_build::Purpose::Create;
use branch_build::{Gone, Host, Location};
use branch_reconcile::Config;
use serde_json::json;

use crate::world::{Aws, World};
use crate::{config, run};

fn at_github() -> Config {
    Config {
        repository: Location {
            name: "shop".to_owned(),
            host: Host::GitHub,
            url: "https://github.com/acme/shop.git".parse().unwrap(),
            token_secret: "arn:aws:secretsmanager:us-east-1:123456789012:secret:token".to_owned(),
        },
        gone: Gone::Destroy,
        ..config()
    }
}

fn world() -> World {
    let mut world = World::default();
    for branch in ["main", "a", "b"] {
        world.branch(branch);
    }
    world.project("gone", Create, "SUCCEEDED", 1);
    world
}

#[tokio::test(start_paused = true)]
async fn branches_of_github_are_asked_for_once_and_what_differs_is_mended() {
    let aws = Aws::of(world());
    run(&aws, at_github()).await.unwrap();
    let asked = [
        json!({"branch": "a"}),
        json!({"branch": "b"}),
        json!({"branch": "gone"}),
    ];
    let payloads: Vec<_> = aws
        .all("Invoke")
        .into_iter()
        .map(|call| call["payload"].clone())
        .collect();
    assert!(
        asked.iter().all(|one| payloads.contains(one)) && payloads.len() == 3,
        "{payloads:?}"
    );
    assert_eq!(aws.all("InfoRefs").len(), 1);
    assert!(aws.calls().iter().all(|call| call.service != "codecommit"));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_refused_destroys_nothing() {
    let mut world = world();
    world.faults = vec![("InfoRefs", String::new())];
    let aws = Aws::of(world);
    let (name, text) = run(&aws, at_github()).await.unwrap_err();
    assert!(
        text.contains("listing branches") && text.contains("401"),
        "{name}: {text}"
    );
    assert!(!text.contains("ghp_1"), "{text}");
    assert_eq!(aws.asked(), Vec::<String>::new());
}
