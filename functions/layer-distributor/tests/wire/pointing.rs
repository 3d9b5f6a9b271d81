use std::sync::Arc;

use serde_json::{Value, json};

use crate::aws::{Aws, Fault, Kind, Region};
use crate::zips::layer;

const REGIONS: [&str; 3] = ["us-east-1", "eu-west-1", "ap-south-1"];
const LATEST: &str = "/layers/deps/latest";

fn parameters() -> Value {
    json!({"layer_name": "deps", "regions": REGIONS, "artifact_path": "layer.zip", "ssm_prefix": "/layers"})
}

fn arn(region: &str, number: i64) -> String {
    format!("arn:aws:lambda:{region}:123456789012:layer:deps:{number}")
}

fn all_at(number: i64) -> Vec<Option<String>> {
    REGIONS.iter().map(|region| Some(arn(region, number))).collect()
}

/// Version 1 is released everywhere, and another content is to come.
async fn released() -> Aws {
    let aws = Aws::new(&layer(1_000));
    aws.job(&parameters()).await.variables();
    aws.build(&layer(2_000));
    aws.calls();
    aws
}

fn write(name: &str, kind: &str, value: &str) -> Kind {
    let (name, parameter) = (name.to_owned(), (kind.to_owned(), value.to_owned()));
    Kind::Meanwhile(Arc::new(move |region: &mut Region| {
        region.parameters.insert(name.clone(), parameter.clone());
    }))
}

#[tokio::test(start_paused = true)]
async fn a_latest_that_is_somebody_elses_is_refused_before_anything_is_published() {
    let other = arn("us-east-1", 7);
    for (kind, value) in [
        ("SecureString", "AQICAHh"),
        ("StringList", &*arn("eu-west-1", 7)),
        ("String", "7"),
        ("String", &*other),
    ] {
        let aws = Aws::new(&layer(1_000));
        let parameter = (kind.to_owned(), value.to_owned());
        aws.state()
            .region("eu-west-1")
            .parameters
            .insert(LATEST.to_owned(), parameter.clone());
        let told = aws.job(&parameters()).await;
        told.fails(
            "JobFailed",
            &[
                "eu-west-1: looking at its pointer failed: the parameter /layers/deps/latest",
                kind,
            ],
        );
        assert_eq!(aws.asked("PublishLayerVersion"), [""; 0]);
        assert_eq!(aws.state().region("eu-west-1").parameters[LATEST], parameter);
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_prefix_no_parameter_is_looked_at() {
    let aws = Aws::new(&layer(1_000));
    let mut parameters = parameters();
    parameters.as_object_mut().unwrap().remove("ssm_prefix");
    aws.job(&parameters).await.variables();
    let calls = aws.calls();
    assert!(
        calls.iter().all(|call| !call.operation.contains("Parameter")),
        "{calls:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_version_is_named_everywhere_before_latest_moves_anywhere() {
    let aws = released().await;
    aws.job(&parameters()).await.variables();
    let writes: Vec<String> = aws
        .calls()
        .iter()
        .filter(|call| call.operation == "PutParameter")
        .map(ToString::to_string)
        .collect();
    assert_eq!(writes.len(), 6);
    assert!(
        writes[..3].iter().all(|write| write.contains("/layers/deps/2=")),
        "{writes:?}"
    );
    assert!(
        writes[3..].iter().all(|write| write.contains("/layers/deps/latest=")),
        "{writes:?}"
    );
    assert_eq!(aws.latest(&REGIONS), all_at(2));
}

#[tokio::test(start_paused = true)]
async fn a_parameter_that_somebody_writes_at_the_same_time_is_taken_if_it_says_the_same() {
    for (name, nth) in [("/layers/deps/1", 0), (LATEST, 1)] {
        for (value, fine) in [(arn("eu-west-1", 1), true), (arn("eu-west-1", 9), false)] {
            let aws = Aws::new(&layer(1_000));
            aws.go_wrong(Fault::new("eu-west-1", "PutParameter", write(name, "String", &value)).after(nth));
            let told = aws.job(&parameters()).await;
            if fine {
                assert_eq!(told.variables()["Version"], "1");
                continue;
            }
            told.fails(
                "JobFailed",
                &["eu-west-1: ", name, "was written by somebody else at the same time"],
            );
            assert_eq!(
                aws.parameter("eu-west-1", name),
                Some(value),
                "it is not ours to change"
            );
            assert_eq!(aws.latest(&["us-east-1", "ap-south-1"]), [None, None]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_versions_own_pointer_that_names_something_else_stops_the_job() {
    let aws = Aws::new(&layer(1_000));
    let wrong = ("String".to_owned(), arn("eu-west-1", 9));
    aws.state()
        .region("eu-west-1")
        .parameters
        .insert("/layers/deps/1".to_owned(), wrong);
    let told = aws.job(&parameters()).await;
    told.fails(
        "JobFailed",
        &["the parameter /layers/deps/1 names arn:aws:lambda:eu-west-1:123456789012:layer:deps:9"],
    );
    assert_eq!(aws.latest(&REGIONS), [None, None, None]);
}

#[tokio::test(start_paused = true)]
async fn where_latest_does_not_move_in_one_region_it_is_put_back_in_the_others() {
    for kind in [
        Kind::Refuse(403, "AccessDeniedException"),
        Kind::Silence,
        Kind::FailAfter,
        Kind::SilenceAfter,
    ] {
        let aws = released().await;
        // The first is the version's own pointer; all attempts fail.
        aws.go_wrong(Fault::new("eu-west-1", "PutParameter", kind.clone()).after(1).times(4));
        let told = aws.job(&parameters()).await;
        assert!(!told.is_success(), "{kind:?}");
        assert_eq!(aws.latest(&REGIONS), all_at(1), "{kind:?}");
        aws.calm();
        assert_eq!(aws.job(&parameters()).await.variables()["Version"], "2");
        assert_eq!(aws.latest(&REGIONS), all_at(2));
    }
}

#[tokio::test(start_paused = true)]
async fn where_there_was_no_latest_putting_it_back_deletes_it() {
    let aws = Aws::new(&layer(1_000));
    aws.go_wrong(Fault::new("eu-west-1", "PutParameter", Kind::Refuse(403, "AccessDeniedException")).after(1));
    aws.job(&parameters())
        .await
        .fails("PermissionError", &["eu-west-1: moving `latest` failed"]);
    assert_eq!(aws.latest(&REGIONS), [None, None, None]);
    assert_eq!(aws.parameter("us-east-1", "/layers/deps/1"), Some(arn("us-east-1", 1)));
}

#[tokio::test(start_paused = true)]
async fn a_latest_that_somebody_else_moves_meanwhile_is_not_put_back() {
    let aws = released().await;
    let denied = Kind::Refuse(403, "AccessDeniedException");
    aws.go_wrong(Fault::new("eu-west-1", "PutParameter", denied).after(1));
    // Looked at before and after publishing; the third time is for putting it back.
    let moved = write(LATEST, "String", &arn("us-east-1", 9));
    aws.go_wrong(Fault::new("us-east-1", "GetParameters", moved).after(2));
    aws.job(&parameters())
        .await
        .fails("PermissionError", &["eu-west-1: moving `latest` failed"]);
    let [nine, one] = [arn("us-east-1", 9), arn("ap-south-1", 1)].map(Some);
    assert_eq!(aws.latest(&["us-east-1", "ap-south-1"]), [nine, one]);
}

#[tokio::test(start_paused = true)]
async fn that_latest_could_not_be_put_back_is_said_where_it_is_so() {
    let aws = released().await;
    let denied = Kind::Refuse(403, "AccessDeniedException");
    aws.go_wrong(Fault::new("eu-west-1", "PutParameter", denied.clone()).after(1));
    aws.go_wrong(Fault::new("us-east-1", "PutParameter", denied).after(2));
    let told = aws.job(&parameters()).await;
    let said =
        "us-east-1: version 2 was published, `latest` may have moved already and could not be put back (AccessDenied";
    told.fails("PermissionError", &["eu-west-1: moving `latest` failed", said]);
    let [two, one] = [arn("us-east-1", 2), arn("ap-south-1", 1)].map(Some);
    assert_eq!(aws.latest(&["us-east-1", "ap-south-1"]), [two, one]);
    aws.job(&parameters()).await.variables();
    assert_eq!(aws.latest(&REGIONS), all_at(2));
}
