//! Lambda delivers an event more than once. Two invocations of one job, whose calls meet in any order.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::aws::{Aws, Told, Version};
use crate::zips::layer;

const REGIONS: [&str; 3] = ["us-east-1", "eu-west-1", "ap-south-1"];
/// Orders that are tried. Some thousands were; these are for every day.
const SEEDS: u64 = 30;
const TIME: Duration = Duration::from_secs(265);

fn parameters(align: bool) -> Value {
    json!({
        "layer_name": "deps", "regions": REGIONS, "artifact_path": "layer.zip", "ssm_prefix": "/layers",
        "align_versions": align, "principals": ["111122223333"], "prune_shared": true, "keep_versions": 2,
    })
}

#[track_caller]
fn is_one_release(aws: &Aws, told: &Told, align: bool, case: &str) {
    assert!(told.is_success(), "{case}: {told:?}");
    if align {
        assert!(told.variables().get("Version").is_some(), "{case}: {told:?}");
    }
    for region in REGIONS {
        let arn = told.variables()[format!("LayerVersionArn_{region}")].as_str().unwrap();
        let number: i64 = arn.rsplit(':').next().unwrap().parse().unwrap();
        let ours: Vec<i64> = (aws.state().region(region).versions.iter())
            .filter(|(_, version)| version.description != "by hand")
            .map(|(number, _)| *number)
            .collect();
        assert_eq!(ours, [number], "{case}: {region}");
        assert_eq!(aws.latest(&[region]), [Some(arn.to_owned())], "{case}");
        let statements = aws.state().region(region).versions[&number].statements.len();
        assert_eq!(statements, 1, "{case}: {region}");
    }
}

/// Versions by hand, so many in each region.
fn before(lags: [i64; 3], seed: u64) -> Aws {
    let aws = Aws::new(&layer(1_000));
    let mut state = aws.state();
    for (region, lag) in REGIONS.iter().zip(lags) {
        for _ in 0..lag {
            state.region(region).publish(Version::of("by hand", b"PK by hand"));
        }
    }
    state.seed = Some(seed);
    drop(state);
    aws
}

/// Both begin at some time in their first calls. Whether they met: more was published than
/// one does `alone`. What the
/// job is told then is true, and a retry is told the same.
async fn meet(seed: u64, align: bool, lags: [i64; 3], alone: usize) -> bool {
    let case = format!("seed {seed}, align {align}, lags {lags:?}");
    let aws = before(lags, seed);
    let parameters = parameters(align);
    let later = async {
        tokio::time::sleep_until(Instant::now() + Duration::from_millis(seed * 997 % 6_000)).await;
        aws.invoke("job", "AKIA2", &parameters, TIME).await;
    };
    tokio::join!(aws.invoke("job", "AKIA1", &parameters, TIME), later);
    assert_eq!(aws.state().answers.len(), 1, "{case}");
    is_one_release(&aws, &aws.last_told(), align, &case);
    let met = aws.asked("PublishLayerVersion").len() > alone;
    aws.state().seed = None;
    is_one_release(&aws, &aws.job(&parameters).await, align, &case);
    met
}

#[tokio::test(start_paused = true)]
async fn two_invocations_of_a_job_leave_one_version_in_each_region() {
    let mut met = 0;
    for seed in 0..SEEDS {
        met += u64::from(Box::pin(meet(seed, false, [0, 2, 1], 3)).await);
    }
    assert!(met > SEEDS / 4, "{met}");
}

#[tokio::test(start_paused = true)]
async fn two_invocations_of_a_job_that_aligns_leave_equal_numbers() {
    let mut met = 0;
    for seed in 0..SEEDS {
        met += u64::from(Box::pin(meet(seed, true, [2, 2, 2], 3)).await);
        met += u64::from(Box::pin(meet(seed, true, [0, 2, 1], 6)).await);
    }
    assert!(met > SEEDS / 2, "{met}");
}

#[tokio::test(start_paused = true)]
async fn what_an_invocation_that_dies_leaves_the_next_brings_to_its_end() {
    for seed in 0..2 * SEEDS {
        let align = seed % 2 == 0;
        let aws = before([0, 2, 1], seed);
        let parameters = parameters(align);
        let dies = Duration::from_millis(seed * 1_013 % 15_000);
        let first = aws.invoke("job", "AKIA1", &parameters, TIME);
        let _ = tokio::time::timeout(dies, first).await;
        aws.invoke("job", "AKIA2", &parameters, TIME).await;
        is_one_release(
            &aws,
            &aws.last_told(),
            align,
            &format!("seed {seed}, dies after {dies:?}"),
        );
    }
}
