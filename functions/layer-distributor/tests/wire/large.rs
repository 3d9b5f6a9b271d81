use std::time::Duration;

use serde_json::{Value, json};

use crate::aws::{Aws, Fault, Kind};
use crate::publishing::digest;
use crate::zips::{layer, noise, stored};

const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];
const MIB: usize = 1024 * 1024;

fn parameters(regions: &[&str]) -> Value {
    json!({"layer_name": "deps", "regions": regions, "artifact_path": "layer.zip"})
}

fn with_bucket() -> Value {
    let mut parameters = parameters(&REGIONS);
    parameters["bucket"] = json!("layers-{region}");
    parameters
}

/// A zip of exactly that size.
fn of_size(size: usize) -> Vec<u8> {
    let around = stored(&[("python/data.bin", b"")]).len();
    let zip = stored(&[("python/data.bin", &noise(size - around))]);
    assert_eq!(zip.len(), size);
    zip
}

fn objects(aws: &Aws, region: &str) -> Vec<(String, usize)> {
    let mut state = aws.state();
    let objects = state.region(region).objects.iter();
    objects
        .map(|((bucket, key), object)| (format!("{bucket}/{key}"), object.len()))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_layer_above_five_mebibytes_needs_a_bucket_and_one_of_five_needs_none() {
    let aws = Aws::new(&of_size(5 * MIB + 1));
    let told = aws.job(&parameters(&REGIONS)).await;
    told.fails(
        "ConfigurationError",
        &["the layer's zip has 5242881 bytes", "stacks/layer-bucket.yaml"],
    );
    assert!(
        aws.calls()
            .iter()
            .all(|call| call.operation.ends_with("Object") || call.operation.starts_with("PutJob"))
    );

    let aws = Aws::new(&of_size(5 * MIB));
    assert_eq!(aws.job(&with_bucket()).await.variables()["Version"], "1");
    assert_eq!(aws.asked("PutObject"), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_large_layer_goes_once_through_each_regions_own_bucket() {
    let zip = of_size(6 * MIB);
    let aws = Aws::new(&zip);
    let told = aws.job(&with_bucket()).await;
    let digest = told.variables()["Digest"].as_str().unwrap().to_owned();
    for region in REGIONS {
        assert_eq!(
            objects(&aws, region),
            [(format!("layers-{region}/layers/{digest}.zip"), 6 * MIB)]
        );
        assert_eq!(aws.numbers(region), [1]);
    }
    assert_eq!(aws.asked("PutObject").len(), 2);
    assert_eq!(aws.state().most_held, 0, "no request holds the zip");
    aws.job(&with_bucket()).await.variables();
    // Another release with the same content.
    let mut other = with_bucket();
    other["license"] = json!("MIT");
    assert_eq!(aws.job(&other).await.variables()["Version"], "2");
    assert_eq!(aws.asked("PutObject").len(), 2);
    assert_eq!(aws.asked("PublishLayerVersion").len(), 4);
}

#[tokio::test(start_paused = true)]
async fn an_object_that_is_not_the_layer_is_written_over() {
    let zip = of_size(6 * MIB);
    let aws = Aws::new(&zip);
    let digest = digest(&zip);
    let place = ("layers-eu-west-1".to_owned(), format!("layers/{digest}.zip"));
    aws.state()
        .region("eu-west-1")
        .objects
        .insert(place.clone(), b"PK something else".to_vec());
    aws.job(&with_bucket()).await.variables();
    assert_eq!(aws.state().region("eu-west-1").objects[&place], zip);
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_with_a_bucket_is_told_with_its_region() {
    for (operation, kind, expected, text) in [
        (
            "PutObject",
            Kind::Refuse(404, "NoSuchBucket"),
            "JobFailed",
            "NoSuchBucket",
        ),
        (
            "PutObject",
            Kind::Refuse(403, "AccessDenied"),
            "PermissionError",
            "AccessDenied",
        ),
        (
            "PublishLayerVersion",
            Kind::Refuse(403, "AccessDeniedException"),
            "PermissionError",
            "AccessDenied",
        ),
        ("PutObject", Kind::Fail, "SystemUnavailable", "InternalFailure"),
    ] {
        let aws = Aws::new(&of_size(6 * MIB));
        aws.go_wrong(Fault::new("eu-west-1", operation, kind).times(4));
        let told = aws.job(&with_bucket()).await;
        told.fails(
            expected,
            &[
                "eu-west-1: publishing failed: ",
                text,
                "us-east-1: version 1 was published",
            ],
        );
    }
}

#[tokio::test(start_paused = true)]
async fn requests_of_many_regions_hold_no_more_of_a_zip_than_there_is_room_for() {
    let regions = [
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "eu-north-1",
        "eu-south-1",
        "ap-south-1",
        "ap-east-1",
        "sa-east-1",
    ];
    let zip = layer(4_900_000);
    let aws = Aws::new(&zip);
    aws.go_wrong(Fault::new("*", "PublishLayerVersion", Kind::Slow(Duration::from_secs(3))).always());
    assert_eq!(aws.job(&parameters(&regions)).await.variables()["Version"], "1");
    let most = aws.state().most_held;
    assert!(most <= 40 * MIB, "{most}");
    assert!(
        most > 40 * MIB - zip.len(),
        "as many at a time as there is room for: {most}"
    );
}
