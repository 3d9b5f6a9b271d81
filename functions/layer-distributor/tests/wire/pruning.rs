use serde_json::{Value, json};

use crate::aws::{Aws, Fault, Kind, Version, account_statement};
use crate::zips::layer;

const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];

fn parameters(more: &Value) -> Value {
    let mut parameters = json!({
        "layer_name": "deps", "regions": REGIONS, "artifact_path": "layer.zip", "ssm_prefix": "/layers",
    });
    parameters
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    parameters
}

/// Versions 1 to 4, of which 3 is by hand, and the content of a fifth.
async fn four(audience: &Value) -> Aws {
    let aws = Aws::new(&layer(1_001));
    aws.job(&parameters(audience)).await.variables();
    aws.build(&layer(1_002));
    aws.job(&parameters(audience)).await.variables();
    for region in REGIONS {
        aws.state()
            .region(region)
            .publish(Version::of("by hand", b"PK by hand"));
    }
    aws.build(&layer(1_004));
    aws.job(&parameters(audience)).await.variables();
    aws.build(&layer(1_005));
    aws.calls();
    aws
}

#[tokio::test(start_paused = true)]
async fn the_newest_of_ours_stay_and_what_is_not_ours() {
    let aws = four(&json!({})).await;
    let told = aws.job(&parameters(&json!({"keep_versions": 2}))).await;
    assert!(told.summary().contains("4 old versions deleted"), "{}", told.summary());
    for region in REGIONS {
        assert_eq!(aws.numbers(region), [3, 4, 5]);
        let names: Vec<String> = aws.state().region(region).parameters.keys().cloned().collect();
        assert_eq!(names, ["/layers/deps/4", "/layers/deps/5", "/layers/deps/latest"]);
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_number_to_keep_all_stay() {
    let aws = four(&json!({})).await;
    aws.job(&parameters(&json!({}))).await.variables();
    assert_eq!(aws.numbers("eu-west-1"), [1, 2, 3, 4, 5]);
    assert_eq!(aws.asked("ListFunctions"), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_version_that_any_version_of_a_function_uses_stays() {
    let aws = four(&json!({})).await;
    for (name, version, layers) in [
        ("a", "$LATEST", vec![5]),
        ("a", "1", vec![]),
        ("b", "$LATEST", vec![]),
        ("b", "9", vec![2]),
    ] {
        aws.state()
            .region("eu-west-1")
            .function("eu-west-1", name, version, &layers);
    }
    aws.job(&parameters(&json!({"keep_versions": 1}))).await.variables();
    assert_eq!(aws.numbers("eu-west-1"), [2, 3, 5]);
    assert_eq!(aws.numbers("us-east-1"), [3, 5]);
    assert!(aws.parameter("eu-west-1", "/layers/deps/2").is_some());
}

#[tokio::test(start_paused = true)]
async fn a_version_that_others_may_use_stays_unless_that_is_spelled_out() {
    let others = json!({"principals": ["111122223333"]});
    let own = json!({"principals": ["123456789012"]});
    // Whom it was shared with, whom it is, whether it is spelled out, what is left.
    for (before, audience, spelled_out, left) in [
        (&json!({}), &others, false, vec![1, 2, 3, 4, 5]),
        (&others, &json!({}), false, vec![1, 2, 3, 4, 5]),
        (&others, &others, true, vec![3, 5]),
        (&own, &own, false, vec![3, 5]),
    ] {
        let aws = four(before).await;
        let mut parameters = parameters(audience);
        parameters["keep_versions"] = json!(1);
        if spelled_out {
            parameters["prune_shared"] = json!(true);
        }
        aws.job(&parameters).await.variables();
        assert_eq!(aws.numbers("eu-west-1"), left, "{before} {audience}");
    }
    // A statement that somebody wrote by hand.
    let aws = four(&json!({})).await;
    let statement = account_statement("by-hand", "999988887777");
    aws.state()
        .region("eu-west-1")
        .versions
        .get_mut(&2)
        .unwrap()
        .statements
        .push(statement);
    aws.job(&parameters(&json!({"keep_versions": 1}))).await.variables();
    assert_eq!(aws.numbers("eu-west-1"), [2, 3, 5]);
}

#[tokio::test(start_paused = true)]
async fn a_versions_pointer_goes_before_the_version() {
    let aws = four(&json!({})).await;
    aws.job(&parameters(&json!({"keep_versions": 3}))).await.variables();
    let calls = aws.calls();
    for region in REGIONS {
        let deletions: Vec<&str> = (calls.iter())
            .filter(|call| call.region == region && call.operation.starts_with("Delete"))
            .map(|call| &*call.operation)
            .collect();
        assert_eq!(deletions, ["DeleteParameter", "DeleteLayerVersion"]);
    }
    let aws = four(&json!({})).await;
    aws.go_wrong(Fault::new(
        "eu-west-1",
        "DeleteParameter",
        Kind::Refuse(403, "AccessDeniedException"),
    ));
    aws.job(&parameters(&json!({"keep_versions": 3}))).await.variables();
    assert_eq!(aws.numbers("eu-west-1"), [1, 2, 3, 4, 5]);
}

#[tokio::test(start_paused = true)]
async fn a_pointer_that_names_something_else_stays() {
    let aws = four(&json!({})).await;
    let other = ("String".to_owned(), "mine".to_owned());
    aws.state()
        .region("eu-west-1")
        .parameters
        .insert("/layers/deps/1".to_owned(), other);
    aws.job(&parameters(&json!({"keep_versions": 3}))).await.variables();
    assert_eq!(aws.numbers("eu-west-1"), [2, 3, 4, 5]);
    assert_eq!(aws.parameter("eu-west-1", "/layers/deps/1").as_deref(), Some("mine"));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_pruned_is_said_and_fails_no_job() {
    for operation in ["ListFunctions", "DeleteLayerVersion", "DeleteParameter"] {
        let aws = four(&json!({})).await;
        aws.go_wrong(Fault::new(
            "eu-west-1",
            operation,
            Kind::Refuse(403, "AccessDeniedException"),
        ));
        let told = aws.job(&parameters(&json!({"keep_versions": 2}))).await;
        let summary = told.summary();
        assert!(told.is_success());
        assert!(
            summary.contains("eu-west-1: old versions were not deleted: AccessDeniedException"),
            "{summary}"
        );
        assert!(summary.contains("2 old versions deleted"), "{summary}");
        assert_eq!(aws.numbers("us-east-1"), [3, 4, 5]);
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_step_back_the_current_version_stays_however_old_it_is() {
    let aws = four(&json!({})).await;
    aws.build(&layer(1_001));
    aws.job(&parameters(&json!({"keep_versions": 1}))).await.variables();
    assert_eq!(aws.numbers("eu-west-1"), [1, 3, 4]);
}
