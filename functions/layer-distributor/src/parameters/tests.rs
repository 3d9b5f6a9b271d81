use serde_json::{Map, Value, json};

use super::*;

mod wrong;

fn job(user_parameters: &str) -> Job {
    let event = json!({"CodePipeline.job": {
        "id": "job-1",
        "accountId": "123456789012",
        "data": {
            "actionConfiguration": {"configuration": {"FunctionName": "layers", "UserParameters": user_parameters}},
            "artifactCredentials": {"accessKeyId": "a", "secretAccessKey": "b", "sessionToken": "c"},
        },
    }});
    Job::from_event(&event).unwrap()
}

fn of(user_parameters: &str) -> Result<Request, String> {
    Request::of(&job(user_parameters))
}

/// The least there is to say, with these changes. `null` takes a key out.
fn with(changes: &Value) -> Result<Request, String> {
    let mut parameters: Map<String, Value> = serde_json::from_value(json!({
        "layer_name": "deps", "regions": ["eu-west-1", "us-east-1"], "artifact_path": "layer.zip",
    }))
    .unwrap();
    for (key, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => parameters.remove(key),
            value => parameters.insert(key.clone(), value.clone()),
        };
    }
    of(&Value::Object(parameters).to_string())
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn a_layer_regions_and_a_path_are_enough() {
    let expected = Request {
        layer: "deps".to_owned(),
        regions: texts(&["eu-west-1", "us-east-1"]),
        place: Place::File("layer.zip".to_owned()),
        attributes: Attributes::default(),
        audience: Audience::Account,
        keep_versions: None,
        prune_shared: false,
        align_versions: false,
        ssm_prefix: None,
        bucket: None,
        max_entries: 10_000,
    };
    assert_eq!(with(&json!({})), Ok(expected));
}

#[test]
fn everything_can_be_said() {
    let all = json!({
        "layer_name": "a-Layer_1", "regions": ["us-gov-west-1", "eusc-de-east-1"], "artifact_path": ".",
        "compatible_runtimes": ["python3.13", "nodejs24.x", "provided.al2023"],
        "compatible_architectures": ["x86_64", "arm64"], "license": "MIT",
        "principals": ["444455556666", "111122223333"], "public": false, "keep_versions": 5, "prune_shared": true,
        "align_versions": true, "ssm_prefix": "/platform/layers_v1.2-a", "bucket": "layers-123456789012-{region}",
        "max_entries": 65_535,
    });
    let expected = Request {
        layer: "a-Layer_1".to_owned(),
        regions: texts(&["us-gov-west-1", "eusc-de-east-1"]),
        place: Place::Artifact,
        attributes: Attributes {
            runtimes: texts(&["nodejs24.x", "provided.al2023", "python3.13"]),
            architectures: texts(&["arm64", "x86_64"]),
            license: Some("MIT".to_owned()),
        },
        audience: Audience::Accounts(texts(&["111122223333", "444455556666"])),
        keep_versions: Some(5),
        prune_shared: true,
        align_versions: true,
        ssm_prefix: Some("/platform/layers_v1.2-a".to_owned()),
        bucket: Some(BucketNames("layers-123456789012-{region}".to_owned())),
        max_entries: 65_535,
    };
    assert_eq!(of(&all.to_string()), Ok(expected));
}

#[test]
fn the_audience_is_one_of_four() {
    let organization = "o-abcdefghij";
    let cases = [
        (json!({"public": true}), Audience::Public),
        (
            json!({"organization_id": organization}),
            Audience::Organization(organization.to_owned()),
        ),
        (
            json!({"organization_id": organization, "public": false}),
            Audience::Organization(organization.to_owned()),
        ),
        (json!({"public": false}), Audience::Account),
    ];
    for (changes, expected) in cases {
        assert_eq!(with(&changes).unwrap().audience, expected, "{changes}");
    }
}

#[test]
fn a_bucket_has_each_regions_name() {
    let bucket = with(&json!({"bucket": "{region}-layers.{region}"}))
        .unwrap()
        .bucket
        .unwrap();
    assert_eq!(bucket.in_region("eu-west-1"), "eu-west-1-layers.eu-west-1");
}

#[test]
fn what_is_just_right_is_taken() {
    let fine = [
        json!({"layer_name": "x".repeat(64)}),
        json!({"artifact_path": "..build/a...b/layer.v1.zip"}),
        json!({"license": "é".repeat(512)}),
        json!({"keep_versions": 1, "max_entries": 1}),
        json!({"ssm_prefix": "/a".repeat(13)}),
        json!({"ssm_prefix": format!("/{}", "x".repeat(799))}),
        json!({"bucket": format!("{}{{region}}", "x".repeat(54))}),
        json!({"organization_id": format!("o-{}", "a1".repeat(16))}),
        json!({"compatible_runtimes": (0..15).map(|number| format!("runtime{number}")).collect::<Vec<_>>()}),
    ];
    for changes in fine {
        with(&changes).unwrap_or_else(|problem| panic!("{changes}: {problem}"));
    }
}

#[test]
fn all_that_is_wrong_is_said_together_and_no_value_without_its_shape_is_quoted() {
    let problem = of(
        r#"{"regions": ["hidden"], "principals": ["hidden"], "organization_id": "hidden", "ssm_prefix": "hidden",
            "bucket": "hidden", "license": "", "compatible_runtimes": ["Hidden"], "prune_shared": true}"#,
    )
    .unwrap_err();
    for expected in [
        "`layer_name` is missing",
        "`regions`: entry 1",
        "`artifact_path` is missing",
        "`compatible_runtimes`: entry 1",
        "`license` takes",
        "`organization_id` and `principals`",
        "`principals`: entry 1",
        "`prune_shared` does nothing",
        "`ssm_prefix` begins",
        "`bucket` lacks",
    ] {
        assert!(problem.contains(expected), "{expected}: {problem}");
    }
    assert!(!problem.to_lowercase().contains("hidden"), "{problem}");
}

/// CodePipeline takes 1,000 characters of them
/// (<https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html>).
#[test]
fn thirty_regions_fit_into_user_parameters() {
    let regions: Vec<String> = (0..30).map(|number| format!("ap-southeast-{number}")).collect();
    let parameters = json!({
        "layer_name": "shared-dependencies", "regions": regions, "artifact_path": "build/layer.zip", "keep_versions": 5,
        "compatible_runtimes": ["python3.13", "python3.14"], "compatible_architectures": ["arm64", "x86_64"],
        "align_versions": true, "organization_id": "o-abcdefghij", "ssm_prefix": "/platform/layers",
        "bucket": "wrasse-layers-123456789012-{region}",
    });
    let text = parameters.to_string();
    assert!(text.len() <= 1_000, "{}", text.len());
    of(&text).unwrap();
}
