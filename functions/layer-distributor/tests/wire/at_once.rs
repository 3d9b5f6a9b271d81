//! Lambda delivers an event more than once. Two invocations of one job, whose calls meet in any order.

use serde_json::{Value, json};

use crate::aws::{Aws, Told, Version};
use crate::zips::layer;

const REGIONS: [&str; 3] = ["us-east-1", "eu-west-1", "ap-south-1"];
/// Orders that are tried. Some thousands were; these are for every day.
const SEEDS: u64 = 30;
const TIME: std::time::Duration = std::time::Duration::from_secs(265);

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

/// What the job was told at the end of both, whether that was true, and what a retry comes to.
async fn meet(seed: u64, align: bool, lags: [i64; 3]) -> Told {
    let case = format!("seed {seed}, align {align}, lags {lags:?}");
    let aws = Aws::new(&layer(1_000));
    for (region, lag) in REGIONS.iter().zip(lags) {
        for _ in 0..lag {
            aws.state()
                .region(region)
                .publish(Version::of("by hand", b"PK by hand"));
        }
    }
    aws.state().seed = Some(seed);
    let parameters = parameters(align);
    tokio::join!(
        aws.invoke("job", "AKIA1", &parameters, TIME),
        aws.invoke("job", "AKIA2", &parameters, TIME),
    );
    assert_eq!(aws.state().answers.len(), 1, "{case}");
    let told = aws.last_told();
    if told.is_success() {
        is_one_release(&aws, &told, align, &case);
    }
    aws.state().seed = None;
    let again = aws.job(&parameters).await;
    is_one_release(&aws, &again, align, &case);
    told
}

#[tokio::test(start_paused = true)]
async fn two_invocations_of_a_job_leave_one_version_in_each_region() {
    let mut successes = 0;
    for seed in 0..SEEDS {
        successes += u64::from(meet(seed, false, [0, 2, 1]).await.is_success());
    }
    assert!(successes > 3 * SEEDS / 4, "{successes}");
}

#[tokio::test(start_paused = true)]
async fn two_invocations_of_a_job_that_aligns_leave_equal_numbers() {
    let mut successes = 0;
    for seed in 0..SEEDS {
        successes += u64::from(meet(seed, true, [0, 0, 0]).await.is_success());
        successes += u64::from(meet(seed, true, [0, 2, 1]).await.is_success());
    }
    assert!(successes > SEEDS, "{successes}");
}
