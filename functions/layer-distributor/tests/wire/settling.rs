use serde_json::{Value, json};

use crate::aws::{Aws, Fault, Kind, Version};
use crate::zips::layer;

const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];
const FILLER: &str = "wrasse filler: it only takes a number, and is deleted";

fn parameters(align: bool) -> Value {
    json!({
        "layer_name": "deps", "regions": REGIONS, "artifact_path": "layer.zip", "ssm_prefix": "/layers",
        "align_versions": align,
    })
}

/// A release, and the same once more in one region, as a request that took effect late leaves it.
async fn twice() -> (Aws, Version) {
    let aws = Aws::new(&layer(1_000));
    aws.job(&parameters(false)).await.variables();
    let version = aws.state().region("eu-west-1").versions[&1].clone();
    aws.state().region("eu-west-1").publish(version.clone());
    (aws, version)
}

#[tokio::test(start_paused = true)]
async fn of_a_release_that_is_there_twice_the_lowest_stays() {
    for align in [false, true] {
        let (aws, _) = twice().await;
        assert_eq!(aws.job(&parameters(align)).await.variables()["Version"], "1");
        assert_eq!(REGIONS.map(|region| aws.numbers(region)), [vec![1], vec![1]]);
    }
}

#[tokio::test(start_paused = true)]
async fn of_a_release_that_is_there_twice_the_number_that_all_have_stays_where_they_are_aligned() {
    let (aws, version) = twice().await;
    {
        let mut state = aws.state();
        let other = state.region("us-east-1");
        other.versions.clear();
        other.publish(version);
    }
    assert_eq!(aws.job(&parameters(true)).await.variables()["Version"], "2");
    assert_eq!(REGIONS.map(|region| aws.numbers(region)), [vec![2], vec![2]]);
    assert!(
        aws.latest(&REGIONS)
            .iter()
            .flatten()
            .all(|latest| latest.ends_with(":2"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_second_one_that_functions_use_or_others_may_use_stays_and_is_told() {
    let (aws, _) = twice().await;
    aws.state()
        .region("eu-west-1")
        .function("eu-west-1", "shop", "$LATEST", &[2]);
    let told = aws.job(&parameters(false)).await;
    told.fails(
        "JobFailed",
        &["eu-west-1: settling failed: version 2 has this release too", "(shop)"],
    );
    let (aws, _) = twice().await;
    let statement = crate::aws::account_statement("wrasse-111122223333", "111122223333");
    aws.state()
        .region("eu-west-1")
        .versions
        .get_mut(&2)
        .unwrap()
        .statements
        .push(statement);
    let told = aws.job(&parameters(false)).await;
    told.fails(
        "JobFailed",
        &["version 2 has this release too", "the other accounts that may use it"],
    );
    assert_eq!(aws.numbers("eu-west-1"), [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_second_one_with_another_content_is_not_deleted() {
    let (aws, _) = twice().await;
    aws.state().region("eu-west-1").versions.get_mut(&2).unwrap().code = "another".to_owned();
    let told = aws.job(&parameters(false)).await;
    told.fails(
        "JobFailed",
        &["version 2 has a description of ours and a content that is not"],
    );
    assert_eq!(aws.numbers("eu-west-1"), [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_filler_that_was_left_is_deleted_if_it_is_one() {
    let aws = Aws::new(&layer(1_000));
    aws.state().region("eu-west-1").last = 1;
    aws.state().region("us-east-1").last = 2;
    aws.state()
        .region("us-east-1")
        .publish(Version::of("by hand", b"PK by hand"));
    aws.go_wrong(Fault::new(
        "eu-west-1",
        "DeleteLayerVersion",
        Kind::Refuse(403, "AccessDeniedException"),
    ));
    let told = aws.job(&parameters(true)).await;
    told.fails(
        "PermissionError",
        &["eu-west-1: publishing failed: AccessDeniedException"],
    );
    assert_eq!(aws.state().region("eu-west-1").versions[&2].description, FILLER);
    assert_eq!(aws.job(&parameters(true)).await.variables()["Version"], "4");
    assert_eq!(aws.numbers("eu-west-1"), [4]);

    aws.state()
        .region("eu-west-1")
        .publish(Version::of(FILLER, b"PK not a filler"));
    let told = aws.job(&parameters(true)).await;
    told.fails(
        "JobFailed",
        &["version 5 has a description of ours and a content that is not"],
    );
    assert_eq!(aws.numbers("eu-west-1"), [4, 5]);
}

#[tokio::test(start_paused = true)]
async fn a_publication_whose_fate_is_unknown_is_looked_for_before_it_is_asked_for_again() {
    for (kind, requests) in [
        (Kind::FailAfter, 1),
        (Kind::SilenceAfter, 1),
        (Kind::Fail, 2),
        (Kind::Silence, 2),
        (Kind::Throttle, 2),
        (Kind::Late { listings: 1 }, 2),
    ] {
        let aws = Aws::new(&layer(1_000));
        aws.go_wrong(Fault::new("eu-west-1", "PublishLayerVersion", kind.clone()));
        let told = aws.job(&parameters(false)).await;
        assert_eq!(told.variables()["Version"], "1", "{kind:?}");
        assert_eq!(
            REGIONS.map(|region| aws.numbers(region)),
            [vec![1], vec![1]],
            "{kind:?}"
        );
        let asked = aws.asked("PublishLayerVersion");
        assert_eq!(
            asked.iter().filter(|call| call.starts_with("eu-west-1")).count(),
            requests,
            "{kind:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_effect_that_comes_after_the_job_is_undone_by_the_next() {
    let aws = Aws::new(&layer(1_000));
    aws.go_wrong(Fault::new(
        "eu-west-1",
        "PublishLayerVersion",
        Kind::Late { listings: 2 },
    ));
    assert_eq!(aws.job(&parameters(false)).await.variables()["Version"], "1");
    assert_eq!(aws.numbers("eu-west-1"), [1, 2]);
    assert_eq!(aws.job(&parameters(false)).await.variables()["Version"], "1");
    assert_eq!(aws.numbers("eu-west-1"), [1]);
}
