use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::aws::{Aws, Fault, Kind, Told, Version};
use crate::zips::layer;

const REGIONS: [&str; 3] = ["us-east-1", "eu-west-1", "ap-south-1"];
const MINUTE: Duration = Duration::from_mins(1);

fn parameters(align: bool) -> Value {
    json!({
        "layer_name": "deps", "regions": REGIONS, "artifact_path": "layer.zip", "ssm_prefix": "/layers",
        "align_versions": align, "principals": ["111122223333"],
    })
}

fn slow(operation: &str, seconds: u64) -> Fault {
    Fault::new("*", operation, Kind::Slow(Duration::from_secs(seconds))).always()
}

/// Jobs of one minute until there is no continuation: how many continuations, and the end.
async fn to_the_end(aws: &Aws, parameters: &Value) -> (usize, Told) {
    for continuations in 0..20 {
        let told = aws.job_within(parameters, MINUTE).await;
        match told {
            Told::Continuation(token, _) => assert_eq!(token, "again"),
            told => return (continuations, told),
        }
    }
    panic!("no end");
}

#[tokio::test(start_paused = true)]
async fn a_job_whose_time_ends_among_fillers_is_gone_on_with_where_it_ended() {
    let aws = Aws::new(&layer(1_000));
    for _ in 0..30 {
        aws.state()
            .region("us-east-1")
            .publish(Version::of("by hand", b"PK by hand"));
    }
    aws.go_wrong(slow("PublishLayerVersion", 5));
    let (continuations, told) = to_the_end(&aws, &parameters(true)).await;
    assert_eq!(told.variables()["Version"], "31");
    assert!((3..=8).contains(&continuations), "{continuations}");
    for region in &REGIONS[1..] {
        assert_eq!(aws.numbers(region), [31]);
        let asked = aws.asked("PublishLayerVersion");
        assert_eq!(
            asked.iter().filter(|call| call.starts_with(region)).count(),
            31,
            "none is published twice"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn latest_does_not_begin_to_move_when_the_time_is_nearly_over() {
    let aws = Aws::new(&layer(1_000));
    aws.go_wrong(Fault::new(
        "eu-west-1",
        "PublishLayerVersion",
        Kind::Slow(Duration::from_secs(40)),
    ));
    let told = aws.job_within(&parameters(false), MINUTE).await;
    assert!(matches!(told, Told::Continuation(..)), "{told:?}");
    assert_eq!(aws.latest(&REGIONS), [None, None, None]);
    assert_eq!(REGIONS.map(|region| aws.numbers(region)), [vec![1], vec![1], vec![1]]);
    let (continuations, told) = to_the_end(&aws, &parameters(false)).await;
    assert_eq!((continuations, &told.variables()["Version"]), (0, &json!("1")));
    assert_eq!(aws.asked("PublishLayerVersion").len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_region_that_hangs_does_not_keep_the_job_without_an_answer() {
    let operations = [
        "*",
        "GetParameters",
        "ListLayerVersions",
        "PublishLayerVersion",
        "GetLayerVersion",
        "GetLayerVersionPolicy",
        "AddLayerVersionPermission",
        "PutParameter",
    ];
    for operation in operations {
        for time in [MINUTE, Duration::from_secs(265)] {
            let aws = Aws::new(&layer(1_000));
            aws.go_wrong(Fault::new("eu-west-1", operation, Kind::Silence).always());
            let begun = Instant::now();
            let told = aws.job_within(&parameters(false), time).await;
            let taken = begun.elapsed();
            assert!(taken <= time, "{operation}: {taken:?}");
            match told {
                Told::Continuation(..) => assert_eq!(time, MINUTE, "{operation}"),
                told => told.fails("SystemUnavailable", &["eu-west-1: ", "no answer within the time-out"]),
            }
            assert_eq!(aws.latest(&REGIONS), [None, None, None], "{operation}");
            aws.calm();
            assert_eq!(
                aws.job(&parameters(false)).await.variables()["Version"],
                "1",
                "{operation}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_told_though_the_time_is_over_for_another_region() {
    let aws = Aws::new(&layer(1_000));
    for region in ["us-east-1", "ap-south-1"] {
        aws.state().region(region).last = 20;
        aws.state()
            .region(region)
            .publish(Version::of("by hand", b"PK by hand"));
    }
    aws.go_wrong(Fault::new(
        "us-east-1",
        "PublishLayerVersion",
        Kind::Refuse(403, "AccessDeniedException"),
    ));
    let slow = Kind::Slow(Duration::from_secs(5));
    aws.go_wrong(Fault::new("eu-west-1", "PublishLayerVersion", slow).always());
    let told = aws.job_within(&parameters(true), MINUTE).await;
    told.fails(
        "PermissionError",
        &["1 of 3 regions failed", "us-east-1: publishing failed"],
    );
    told.fails(
        "PermissionError",
        &["eu-west-1: not published yet", "ap-south-1: version 22 was published"],
    );
}

#[tokio::test(start_paused = true)]
async fn a_number_that_fillers_led_up_to_is_not_lost_with_the_job() {
    // Functions use the others' version, so that only this number will do.
    for operation in ["PublishLayerVersion", "DeleteLayerVersion"] {
        for place in 0..5 {
            let aws = Aws::new(&layer(1_000));
            let mut parameters = parameters(true);
            parameters["regions"] = json!(REGIONS[..2]);
            for region in &REGIONS[..2] {
                aws.state().region(region).last = 3;
            }
            assert_eq!(aws.job(&parameters).await.variables()["Version"], "4");
            aws.state()
                .region("us-east-1")
                .function("us-east-1", "shop", "$LATEST", &[4]);
            parameters["regions"] = json!(REGIONS);
            aws.go_wrong(Fault::new("ap-south-1", operation, Kind::Refuse(403, "AccessDeniedException")).after(place));
            aws.job(&parameters).await;
            aws.calm();
            let told = aws.job(&parameters).await;
            assert!(told.is_success(), "{operation} {place}: {told:?}");
            assert_eq!(told.variables()["Version"], "4", "{operation} {place}");
            assert_eq!(aws.numbers("ap-south-1"), [4], "{operation} {place}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_get_through_at_once_is_given_again_and_counts_once() {
    for kind in [
        Kind::Fail,
        Kind::FailAfter,
        Kind::Silence,
        Kind::SilenceAfter,
        Kind::Throttle,
    ] {
        let aws = Aws::new(&layer(1_000));
        aws.go_wrong(Fault::new("us-east-1", "PutJobSuccessResult", kind.clone()));
        assert!(aws.job(&parameters(false)).await.is_success(), "{kind:?}");
        assert_eq!(aws.asked("PutJobSuccessResult").len(), 2, "{kind:?}");
    }
}
