use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::aws::{Aws, Call, Fault, Kind, account_statement};
use crate::zips::layer;

const REGIONS: [&str; 3] = ["us-east-1", "eu-west-1", "ap-south-1"];

fn usual() -> Value {
    json!({
        "layer_name": "deps", "regions": REGIONS, "artifact_path": "layer.zip", "ssm_prefix": "/layers",
        "compatible_runtimes": ["python3.13", "python3.12"], "compatible_architectures": ["arm64"], "license": "MIT",
        "principals": ["111122223333"],
    })
}

fn arn(region: &str, number: i64) -> String {
    format!("arn:aws:lambda:{region}:123456789012:layer:deps:{number}")
}

/// In hexadecimal digits.
pub(crate) fn digest(zip: &[u8]) -> String {
    Sha256::digest(zip)
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

#[tokio::test(start_paused = true)]
async fn a_release_is_published_once_in_each_region_with_all_that_is_said_of_it() {
    let zip = layer(1_000);
    let aws = Aws::new(&zip);
    let told = aws.job(&usual()).await;
    let mut expected = json!({"Digest": digest(&zip), "Version": "1"});
    for region in REGIONS {
        expected[format!("LayerVersionArn_{region}")] = json!(arn(region, 1));
        assert_eq!(aws.numbers(region), [1]);
        let mut state = aws.state();
        let state = state.region(region);
        assert_eq!(state.most_in_flight, 1, "one call at a time in a region");
        let version = &state.versions[&1];
        let start = format!("wrasse sha256:{} attributes:", digest(&zip));
        assert!(version.description.starts_with(&start), "{version:?}");
        assert_eq!(
            version.code,
            base64_simd::STANDARD.encode_to_string(Sha256::digest(&zip))
        );
        assert_eq!(version.runtimes, json!(["python3.12", "python3.13"]));
        assert_eq!(
            (&version.architectures, &version.license),
            (&json!(["arm64"]), &json!("MIT"))
        );
        assert_eq!(
            version.statements,
            [account_statement("wrasse-111122223333", "111122223333")]
        );
        let pointer = ("String".to_owned(), arn(region, 1));
        let pointers: Vec<_> = state.parameters.iter().collect();
        assert_eq!(
            pointers,
            [
                (&"/layers/deps/1".to_owned(), &pointer),
                (&"/layers/deps/latest".to_owned(), &pointer),
            ]
        );
    }
    assert_eq!(*told.variables(), expected);
    assert!(
        told.summary().contains("3 published now, 0 there already"),
        "{}",
        told.summary()
    );
}

#[tokio::test(start_paused = true)]
async fn the_same_release_again_changes_nothing_and_is_told_the_same() {
    let aws = Aws::new(&layer(1_000));
    let first = aws.job(&usual()).await;
    aws.calls();
    let second = aws.job(&usual()).await;
    assert_eq!(second.variables(), first.variables());
    assert!(
        second.summary().contains("0 published now, 3 there already"),
        "{}",
        second.summary()
    );
    let changing = ["Publish", "Delete", "Add", "Remove", "PutParameter", "PutObject"];
    let changes = |call: &Call| changing.iter().any(|start| call.operation.starts_with(start));
    let changes: Vec<Call> = aws.calls().into_iter().filter(changes).collect();
    assert_eq!(changes, []);
}

#[tokio::test(start_paused = true)]
async fn another_content_or_other_attributes_are_another_release() {
    let aws = Aws::new(&layer(1_000));
    let mut parameters = usual();
    aws.job(&parameters).await.variables();
    parameters["license"] = json!("Apache-2.0");
    assert_eq!(aws.job(&parameters).await.variables()["Version"], "2");
    aws.build(&layer(2_000));
    assert_eq!(aws.job(&parameters).await.variables()["Version"], "3");
    // The order in which attributes are written is not one.
    parameters["compatible_runtimes"] = json!(["python3.12", "python3.13"]);
    assert_eq!(aws.job(&parameters).await.variables()["Version"], "3");
    assert_eq!(aws.numbers("eu-west-1"), [1, 2, 3]);
    assert_eq!(aws.latest(&REGIONS), REGIONS.map(|region| Some(arn(region, 3))));
}

#[tokio::test(start_paused = true)]
async fn without_equal_numbers_there_is_no_common_version() {
    let aws = Aws::new(&layer(1_000));
    aws.state().region("eu-west-1").last = 6;
    let told = aws.job(&usual()).await;
    assert_eq!(told.variables().get("Version"), None);
    assert_eq!(told.variables()["LayerVersionArn_eu-west-1"], arn("eu-west-1", 7));
    assert_eq!(told.variables()["LayerVersionArn_us-east-1"], arn("us-east-1", 1));
}

#[tokio::test(start_paused = true)]
async fn a_region_that_fails_is_named_and_only_it_is_done_again() {
    let aws = Aws::new(&layer(1_000));
    aws.go_wrong(Fault::new(
        "eu-west-1",
        "PublishLayerVersion",
        Kind::Refuse(403, "AccessDeniedException"),
    ));
    let told = aws.job(&usual()).await;
    told.fails(
        "PermissionError",
        &[
            "1 of 3 regions failed",
            "eu-west-1: publishing failed: AccessDeniedException",
            "us-east-1: version 1 was published",
            "ap-south-1: version 1 was published",
        ],
    );
    assert_eq!(aws.latest(&REGIONS), [None, None, None]);
    aws.calls();
    let told = aws.job(&usual()).await;
    assert!(
        told.summary().contains("1 published now, 2 there already"),
        "{}",
        told.summary()
    );
    assert_eq!(aws.asked("PublishLayerVersion").len(), 1);
    assert_eq!(told.variables()["Version"], "1");
}

#[tokio::test(start_paused = true)]
async fn each_refusal_is_told_as_whose_business_it_is() {
    let cases = [
        (
            Kind::Refuse(403, "AccessDeniedException"),
            "PermissionError",
            "AccessDeniedException: in words",
        ),
        (
            Kind::Refuse(403, "UnrecognizedClientException"),
            "ConfigurationError",
            "this account may not use the region",
        ),
        (
            Kind::Refuse(400, "CodeStorageExceededException"),
            "JobFailed",
            "CodeStorageExceededException",
        ),
        (Kind::Throttle, "SystemUnavailable", "in words"),
        (Kind::Fail, "SystemUnavailable", "in words"),
        (Kind::Silence, "SystemUnavailable", "no answer within the time-out"),
    ];
    for (kind, expected, text) in cases {
        // One region, and then all of them.
        for region in ["eu-west-1", "*"] {
            for operation in [
                "*",
                "GetParameters",
                "ListLayerVersions",
                "PublishLayerVersion",
                "PutParameter",
            ] {
                let aws = Aws::new(&layer(1_000));
                aws.go_wrong(Fault::new(region, operation, kind.clone()).always());
                let told = aws.job(&usual()).await;
                told.fails(expected, &[text, "eu-west-1: "]);
                let others = if region == "*" {
                    "3 of 3 regions failed"
                } else {
                    "1 of 3 regions failed"
                };
                told.fails(expected, &[others]);
                assert_eq!(aws.latest(&REGIONS), [None, None, None], "{kind:?} {operation}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_somebody_has_to_do_is_told_before_what_waiting_mends() {
    let aws = Aws::new(&layer(1_000));
    aws.go_wrong(Fault::new("us-east-1", "ListLayerVersions", Kind::Throttle).always());
    aws.go_wrong(
        Fault::new(
            "ap-south-1",
            "ListLayerVersions",
            Kind::Refuse(403, "AccessDeniedException"),
        )
        .always(),
    );
    let told = aws.job(&usual()).await;
    told.fails(
        "PermissionError",
        &[
            "2 of 3 regions failed",
            "us-east-1: ",
            "ap-south-1: ",
            "eu-west-1: not published",
        ],
    );
}

#[tokio::test(start_paused = true)]
async fn a_version_that_only_says_it_is_the_release_is_not_taken_for_it() {
    let zip = layer(1_000);
    let aws = Aws::new(&zip);
    aws.job(&usual()).await.variables();
    aws.state().region("eu-west-1").versions.get_mut(&1).unwrap().code = "another".to_owned();
    let told = aws.job(&usual()).await;
    told.fails(
        "JobFailed",
        &["eu-west-1: settling failed: version 1 says that it has this release's content, but has another"],
    );
    assert_eq!(aws.numbers("eu-west-1"), [1]);
}
