use branch_build::Purpose::Create;
use branch_build::{Age, Said};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::{Aws, World, environment, now};
use crate::{Config, config, counts, run};

fn fourteen_days() -> Config {
    Config {
        days_to_live: 14,
        ..config()
    }
}

/// Said of `c1` so many days ago.
fn said(days: i64) -> Said {
    Said {
        commit: "c1".to_owned(),
        at: now() - SignedDuration::from_hours(24 * days),
    }
}

/// An environment whose branch was pushed to so many days ago.
fn of_days(days: i64, age: &Age) -> Aws {
    let mut world = World::default();
    world.branch("x");
    world.project("x", Create, "SUCCEEDED", 24 * days);
    if *age != Age::default() {
        world.objects.insert(environment("x").age_key(), json!(age).to_string());
    }
    Aws::of(world)
}

fn kept(aws: &Aws) -> Option<Age> {
    let text = aws.change(|world| world.objects.get(&environment("x").age_key()).cloned());
    text.map(|text| serde_json::from_str(&text).unwrap())
}

#[tokio::test(start_paused = true)]
async fn people_are_told_then_it_is_written_down() {
    let aws = of_days(11, &Age::default());
    let summary = run(&aws, fourteen_days()).await.unwrap();
    assert_eq!(counts(&summary), json!({"branches": 1, "environments": 1, "warned": 1}));
    let told = aws.told();
    let line = format!("- x ({}), on 2026-11-23 12:00 UTC or soon after", environment("x"));
    assert!(told[0].contains(&line), "{told:?}");
    assert_eq!(kept(&aws).unwrap().warned, Some(said(0)));
    assert!(aws.asked().is_empty());

    let summary = run(&aws, fourteen_days()).await.unwrap();
    assert_eq!(summary["warned"], 0);
    assert_eq!(aws.told().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_too_old_is_written_down_then_destroyed_and_stays_so() {
    let warned = Age {
        warned: Some(said(3)),
        ..Age::default()
    };
    let aws = of_days(14, &warned);
    let summary = run(&aws, fourteen_days()).await.unwrap();
    let wanted = json!({"branches": 1, "environments": 1, "destroyed": 1, "expired": 1});
    assert_eq!(counts(&summary), wanted);
    assert_eq!(
        kept(&aws).unwrap(),
        Age {
            expired: Some(said(0)),
            ..warned
        }
    );
    let operations: Vec<String> = aws.calls().into_iter().map(|call| call.operation).collect();
    let place = |operation: &str| operations.iter().position(|other| other == operation);
    assert!(place("PutObject") < place("Invoke"), "{operations:?}");

    aws.change(|world| world.projects.clear());
    let summary = run(&aws, fourteen_days()).await.unwrap();
    assert_eq!(counts(&summary), json!({"branches": 1}));
    assert!(kept(&aws).is_some());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_destroyed_for_its_age_if_that_cannot_be_written_down() {
    let aws = of_days(
        14,
        &Age {
            warned: Some(said(3)),
            ..Age::default()
        },
    );
    aws.change(|world| world.faults.push(("PutObject", String::new())));
    let (name, text) = run(&aws, fourteen_days()).await.unwrap_err();
    assert_eq!(name, "Incomplete");
    assert!(text.contains("keeping the age of x (app-x-"), "{text}");
    assert!(aws.asked().is_empty());
}

#[tokio::test(start_paused = true)]
async fn whoever_could_not_be_told_is_told_again() {
    let aws = of_days(11, &Age::default());
    aws.change(|world| world.faults.push(("Publish", String::new())));
    let (name, text) = run(&aws, fourteen_days()).await.unwrap_err();
    assert_eq!(name, "Incomplete");
    assert!(
        text.contains("telling people \"shop: environments will be destroyed\""),
        "{text}"
    );
    assert_eq!(kept(&aws), None);
}

#[tokio::test(start_paused = true)]
async fn the_first_build_of_a_commit_that_fails_again_and_again_is_remembered() {
    let aws = of_days(2, &Age::default());
    aws.change(|world| {
        let builds = world.builds.get_mut(&environment("x").project(Create)).unwrap();
        let mut first = builds[0].clone();
        builds[0]["buildStatus"] = "FAILED".into();
        first["id"] = "p:0".into();
        first["startTime"] = json!((now() - SignedDuration::from_hours(72)).as_second());
        builds.push(first);
    });
    run(&aws, fourteen_days()).await.unwrap();
    assert_eq!(
        kept(&aws).unwrap(),
        Age {
            pushed: Some(said(3)),
            ..Age::default()
        }
    );
}

#[tokio::test(start_paused = true)]
async fn ages_of_what_is_gone_are_forgotten() {
    let aws = of_days(
        1,
        &Age {
            warned: Some(said(1)),
            ..Age::default()
        },
    );
    let gone = environment("gone").age_key();
    aws.change(|world| {
        for key in [gone.clone(), "ages/README".to_owned()] {
            world.objects.insert(key, "{}".to_owned());
        }
    });
    run(&aws, fourteen_days()).await.unwrap();
    let deleted = |aws: &Aws| -> Vec<Value> {
        let deleted = aws.all("DeleteObject").into_iter();
        deleted.map(|call| call["key"].clone()).collect()
    };
    assert_eq!(deleted(&aws), [json!(gone)]);
    assert!(
        aws.all("ListObjectsV2")[0]["query"]
            .as_str()
            .unwrap()
            .contains("prefix=ages%2F")
    );

    run(&aws, config()).await.unwrap();
    assert_eq!(deleted(&aws), [json!(gone), json!(environment("x").age_key())]);
}
