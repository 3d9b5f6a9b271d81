use std::sync::Arc;

use serde_json::{Value, json};

use crate::aws::{Aws, Fault, Kind, Region, Version};
use crate::zips::layer;

const REGIONS: [&str; 3] = ["us-east-1", "eu-west-1", "ap-south-1"];
const FILLER: &str = "wrasse filler: it only takes a number, and is deleted";

fn parameters(regions: &[&str]) -> Value {
    json!({
        "layer_name": "deps", "regions": regions, "artifact_path": "layer.zip", "ssm_prefix": "/layers",
        "align_versions": true,
    })
}

fn by_hand(aws: &Aws, region: &str, versions: usize) {
    for _ in 0..versions {
        aws.state()
            .region(region)
            .publish(Version::of("by hand", b"PK by hand"));
    }
}

fn publications(aws: &Aws, region: &str) -> [usize; 2] {
    let asked = aws.asked("PublishLayerVersion");
    let here: Vec<&String> = asked.iter().filter(|call| call.starts_with(region)).collect();
    let fillers = here.iter().filter(|call| call.ends_with(FILLER)).count();
    [fillers, here.len() - fillers]
}

#[tokio::test(start_paused = true)]
async fn a_region_that_lags_gets_fillers_until_the_number_is_the_same() {
    let aws = Aws::new(&layer(1_000));
    by_hand(&aws, "us-east-1", 30);
    by_hand(&aws, "eu-west-1", 28);
    let told = aws.job(&parameters(&REGIONS)).await;
    assert_eq!(told.variables()["Version"], "31");
    assert_eq!(
        REGIONS.map(|region| publications(&aws, region)),
        [[0, 1], [2, 1], [30, 1]]
    );
    assert_eq!(aws.numbers("us-east-1"), (1..=31).collect::<Vec<_>>());
    assert_eq!(aws.numbers("eu-west-1"), (1..=28).chain([31]).collect::<Vec<_>>());
    assert_eq!(aws.numbers("ap-south-1"), [31]);
    aws.calls();
    assert_eq!(aws.job(&parameters(&REGIONS)).await.variables(), told.variables());
    assert_eq!(aws.asked("PublishLayerVersion"), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn numbers_that_were_deleted_are_found_out_and_made_up_for() {
    let aws = Aws::new(&layer(1_000));
    // Listed: 2, nothing, nothing. Taken: 2, 5, 3.
    by_hand(&aws, "us-east-1", 2);
    aws.state().region("eu-west-1").last = 5;
    by_hand(&aws, "ap-south-1", 3);
    aws.state().region("ap-south-1").versions.clear();
    let told = aws.job(&parameters(&REGIONS)).await;
    let version: i64 = told.variables()["Version"].as_str().unwrap().parse().unwrap();
    for region in REGIONS {
        let mut state = aws.state();
        let ours: Vec<i64> = (state.region(region).versions.iter())
            .filter(|(_, version)| version.description != "by hand")
            .map(|(number, _)| *number)
            .collect();
        assert_eq!(ours, [version], "{region}");
    }
    assert!(version <= 7, "no more numbers than are needed: {version}");
}

#[tokio::test(start_paused = true)]
async fn a_region_that_is_added_later_gets_the_number_that_the_others_have() {
    let aws = Aws::new(&layer(1_000));
    by_hand(&aws, "us-east-1", 4);
    assert_eq!(aws.job(&parameters(&REGIONS[..2])).await.variables()["Version"], "5");
    aws.calls();
    let told = aws.job(&parameters(&REGIONS)).await;
    assert_eq!(told.variables()["Version"], "5");
    assert_eq!(
        REGIONS.map(|region| publications(&aws, region)),
        [[0, 0], [0, 0], [4, 1]]
    );
}

#[tokio::test(start_paused = true)]
async fn an_added_region_that_is_ahead_moves_the_release_to_its_number() {
    let aws = Aws::new(&layer(1_000));
    aws.job(&parameters(&REGIONS[..2])).await.variables();
    by_hand(&aws, "ap-south-1", 4);
    let told = aws.job(&parameters(&REGIONS)).await;
    assert_eq!(told.variables()["Version"], "5");
    assert_eq!(
        REGIONS.map(|region| aws.numbers(region)),
        [vec![5], vec![5], vec![1, 2, 3, 4, 5]]
    );
}

#[tokio::test(start_paused = true)]
async fn an_old_release_again_moves_latest_back_and_publishes_nothing() {
    let aws = Aws::new(&layer(1_000));
    aws.job(&parameters(&REGIONS)).await.variables();
    aws.build(&layer(2_000));
    aws.job(&parameters(&REGIONS)).await.variables();
    aws.build(&layer(1_000));
    aws.calls();
    assert_eq!(aws.job(&parameters(&REGIONS)).await.variables()["Version"], "1");
    assert_eq!(aws.asked("PublishLayerVersion"), [""; 0]);
    for (region, latest) in REGIONS.iter().zip(aws.latest(&REGIONS)) {
        assert_eq!(
            latest.unwrap(),
            format!("arn:aws:lambda:{region}:123456789012:layer:deps:1")
        );
        assert_eq!(aws.numbers(region), [1, 2]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_version_that_is_used_is_not_replaced_by_one_of_another_number() {
    for shared in [false, true] {
        let aws = Aws::new(&layer(1_000));
        let mut parameters = parameters(&REGIONS[..2]);
        if shared {
            parameters["principals"] = json!(["111122223333"]);
        }
        aws.job(&parameters).await.variables();
        if !shared {
            aws.state()
                .region("eu-west-1")
                .function("eu-west-1", "other", "$LATEST", &[]);
            aws.state().region("eu-west-1").function("eu-west-1", "other", "7", &[]);
            aws.state().region("eu-west-1").function("eu-west-1", "shop", "3", &[1]);
        }
        by_hand(&aws, "ap-south-1", 4);
        aws.calls();
        parameters["regions"] = json!(REGIONS);
        let by = if shared {
            "the other accounts that may use it"
        } else {
            "the functions that use it (shop:3)"
        };
        let told = aws.job(&parameters).await;
        told.fails(
            "JobFailed",
            &[
                "eu-west-1: looking at who uses it failed: version 1 has this release too",
                by,
            ],
        );
        assert_eq!(aws.asked("PublishLayerVersion"), [""; 0]);
        assert_eq!(aws.asked("DeleteLayerVersion"), [""; 0]);
        assert_eq!(aws.numbers("eu-west-1"), [1]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_spare_beside_the_number_that_stays_is_looked_at_before_anything_is_published() {
    let aws = Aws::new(&layer(1_000));
    aws.job(&parameters(&REGIONS[..1])).await.variables();
    let version = aws.state().region("us-east-1").versions[&1].clone();
    aws.state().region("us-east-1").publish(version);
    aws.state()
        .region("us-east-1")
        .function("us-east-1", "shop", "$LATEST", &[1]);
    by_hand(&aws, "eu-west-1", 1);
    aws.calls();
    let told = aws.job(&parameters(&REGIONS)).await;
    told.fails(
        "JobFailed",
        &[
            "us-east-1: looking at who uses it failed: version 1 has this release too",
            "(shop)",
        ],
    );
    assert_eq!(aws.asked("PublishLayerVersion"), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn somebody_who_keeps_publishing_ends_the_job_and_not_in_a_loop() {
    let aws = Aws::new(&layer(1_000));
    for (region, versions) in [("us-east-1", 2), ("eu-west-1", 1)] {
        let publish = Kind::Meanwhile(Arc::new(move |region: &mut Region| {
            for _ in 0..versions {
                region.publish(Version::of("by hand", b"PK by hand"));
            }
        }));
        aws.go_wrong(Fault::new(region, "PublishLayerVersion", publish).always());
    }
    let told = aws.job(&parameters(&REGIONS)).await;
    told.fails(
        "JobFailed",
        &["its numbers keep changing while they are aligned: somebody else publishes this layer"],
    );
    assert_eq!(aws.latest(&REGIONS), [None, None, None]);
    // Nobody publishes any more.
    aws.calm();
    let version = aws.job(&parameters(&REGIONS)).await.variables()["Version"].clone();
    assert_eq!(
        json!(aws.numbers("ap-south-1")),
        json!([version.as_str().unwrap().parse::<i64>().unwrap()])
    );
}
