//! A layer that is too large for a request: through the buckets of stacks/layer-bucket.yaml.

use std::collections::BTreeMap;

use serde_json::json;

use super::distributor::distributor;
use super::pipeline::LAYER;
use super::releases::called;
use super::zips::{self, FILE, noise, zip};
use crate::engine::{control, tool};

const REGIONS: [&str; 3] = ["eu-central-1", "us-west-1", "ap-south-1"];
const SIZE: usize = 6 * 1024 * 1024;

#[test]
fn a_large_layer_goes_through_the_bucket_of_each_region_once() {
    let distributor = distributor();
    for region in REGIONS {
        let stack = [
            "--stack-name",
            "layer-bucket",
            "--template-file",
            "stacks/layer-bucket.yaml",
        ];
        tool(
            "aws",
            &[&["cloudformation", "deploy", "--region", region][..], &stack].concat(),
        );
    }
    let layer = zip(&[("share/noise", FILE, &noise(SIZE, 1))]);
    let without = json!({"layer_name": LAYER, "regions": REGIONS, "artifact_path": "build/layer.zip"});
    let mut with = without.clone();
    with["bucket"] = json!("wrasse-layers-123456789012-{region}");

    let pipeline = distributor.pipeline("large-without", &without);
    pipeline.has(&layer);
    let message = pipeline.release("large").failed();
    for told in [
        "ConfigurationError",
        &layer.len().to_string(),
        "stacks/layer-bucket.yaml",
        "`bucket`",
    ] {
        assert!(message.contains(told), "{told}: {message}");
    }

    let pipeline = distributor.pipeline("large", &with);
    pipeline.has(&layer);
    with["license"] = json!("MIT");
    let licensed = distributor.pipeline("large-licensed", &with);
    licensed.has(&layer);
    control("calls/record", &json!({}));
    let (_, variables) = pipeline.release("large").succeeded();
    assert_eq!(variables["Digest"], zips::hex(&layer));
    pipeline.release("large").succeeded();
    let once = BTreeMap::from(REGIONS.map(|region| (region.to_owned(), 1)));
    assert_eq!(called("PutObject"), once);
    assert_eq!(called("PublishLayerVersion"), once);
    for region in REGIONS {
        distributor.layer("large").the_only(region, &layer);
        let object = format!(
            "s3://wrasse-layers-123456789012-{region}/layers/{}.zip",
            zips::hex(&layer)
        );
        let listed = tool("aws", &["s3", "ls", "--region", region, &object]);
        assert!(listed.contains(&layer.len().to_string()), "{listed}");
    }

    // What is in the bucket already is not sent again.
    licensed.release("large-licensed").succeeded();
    assert_eq!(called("PutObject"), once);
}

#[test]
fn a_region_without_its_bucket_is_named() {
    let distributor = distributor();
    let parameters = json!({
        "layer_name": LAYER, "regions": ["eu-north-1"], "artifact_path": "build/layer.zip",
        "bucket": "wrasse-layers-123456789012-{region}",
    });
    let pipeline = distributor.pipeline("bucketless", &parameters);
    pipeline.has(&zip(&[("share/noise", FILE, &noise(SIZE, 2))]));
    let message = pipeline.release("bucketless").failed();
    for told in ["eu-north-1: publishing failed: NoSuchBucket", "retry the stage"] {
        assert!(message.contains(told), "{told}: {message}");
    }
    assert_eq!(distributor.layer("bucketless").numbers("eu-north-1"), [0_i64; 0]);
}
