use aws_client::Outlook;
use aws_client::replay::{Answer, Replay};
use serde_json::{Value, json};

use super::*;

mod publishing;

const HOST: &str = "https://lambda.us-east-1.amazonaws.com";
const LAYER: &str = "arn:aws:lambda:us-east-1:123456789012:layer:deps";

fn ok(body: &Value) -> Answer {
    Answer::ok(body.to_string())
}

fn refused(status: u16, code: &str) -> Answer {
    Answer::error(status, json!({"__type": code, "message": "in words"}).to_string())
}

fn layers(answers: Vec<Answer>) -> (Replay, Layers) {
    let replay = Replay::new(answers);
    let layers = Layers::new(&replay.sdk_config(), "deps");
    (replay, layers)
}

fn attributes() -> Attributes {
    Attributes {
        runtimes: vec!["provided.al2023".to_owned(), "python3.13".to_owned()],
        architectures: vec!["arm64".to_owned()],
        license: Some("MIT".to_owned()),
    }
}

fn published() -> Value {
    json!({"LayerVersionArn": format!("{LAYER}:7"), "Version": 7, "Description": "the release"})
}

/// The only request, and the JSON in its body.
fn the_request(replay: &Replay) -> (String, Value) {
    let requests = replay.requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    let (line, body) = requests[0].split_once('\n').unwrap_or((&requests[0], "null"));
    (line.to_owned(), serde_json::from_str(body).unwrap())
}

#[tokio::test]
async fn versions_come_from_all_pages_highest_first() {
    let version =
        |number: i64| json!({"LayerVersionArn": format!("{LAYER}:{number}"), "Version": number, "Description": "d"});
    let bare = json!({"LayerVersionArn": format!("{LAYER}:11"), "Version": 11});
    let (replay, layers) = layers(vec![
        ok(&json!({"LayerVersions": [version(9), version(2)], "NextMarker": "next"})),
        ok(&json!({"LayerVersions": [version(10), bare]})),
    ]);
    let versions = layers.versions().await.unwrap();
    assert_eq!(
        versions.iter().map(|version| version.number).collect::<Vec<_>>(),
        [11, 10, 9, 2]
    );
    let expected = Version {
        number: 10,
        arn: format!("{LAYER}:10"),
        description: "d".to_owned(),
    };
    assert_eq!((&versions[0].description, &versions[1]), (&String::new(), &expected));
    assert_eq!(
        replay.requests(),
        [
            format!("GET {HOST}/2018-10-31/layers/deps/versions?MaxItems=50"),
            format!("GET {HOST}/2018-10-31/layers/deps/versions?Marker=next&MaxItems=50"),
        ]
    );
}

#[tokio::test]
async fn a_layer_that_is_not_there_has_no_versions_and_other_errors_come_through() {
    let missing = refused(404, "ResourceNotFoundException");
    assert_eq!(layers(vec![missing]).1.versions().await.unwrap(), []);
    let denied = refused(403, "AccessDeniedException");
    let error = layers(vec![denied]).1.versions().await.unwrap_err();
    assert_eq!(
        (error.code(), error.outlook()),
        (Some("AccessDeniedException"), Outlook::Refused)
    );
}

#[tokio::test]
async fn a_small_layer_is_in_the_request_with_all_that_is_said_of_it() {
    let (replay, layers) = layers(vec![ok(&published())]);
    let content = Content::Direct(b"PK".to_vec());
    let version = layers.publish("the release", &attributes(), content).await.unwrap();
    let expected = Version {
        number: 7,
        arn: format!("{LAYER}:7"),
        description: "the release".to_owned(),
    };
    assert_eq!(version, expected);
    let (line, body) = the_request(&replay);
    assert_eq!(line, format!("POST {HOST}/2018-10-31/layers/deps/versions"));
    let expected = json!({
        "Description": "the release",
        "Content": {"ZipFile": "UEs="},
        "CompatibleRuntimes": ["provided.al2023", "python3.13"],
        "CompatibleArchitectures": ["arm64"],
        "LicenseInfo": "MIT",
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn a_large_layer_is_taken_from_its_bucket_and_what_is_not_said_is_left_out() {
    let (replay, layers) = layers(vec![ok(&published())]);
    let (bucket, key) = ("layers-eu".to_owned(), "layers/ab.zip".to_owned());
    let content = Content::Object { bucket, key };
    layers.publish("d", &Attributes::default(), content).await.unwrap();
    let expected = json!({"Description": "d", "Content": {"S3Bucket": "layers-eu", "S3Key": "layers/ab.zip"}});
    assert_eq!(the_request(&replay).1, expected);
}

#[tokio::test]
async fn the_hash_is_of_the_version_and_none_of_one_that_is_not_there() {
    let (replay, existing) = layers(vec![ok(
        &json!({"Version": 3, "Content": {"CodeSha256": "q6ur", "CodeSize": 9}}),
    )]);
    assert_eq!(existing.code_sha256(3).await.unwrap().as_deref(), Some("q6ur"));
    assert_eq!(
        replay.requests(),
        [format!("GET {HOST}/2018-10-31/layers/deps/versions/3")]
    );
    let (_, gone) = layers(vec![refused(404, "ResourceNotFoundException")]);
    assert_eq!(gone.code_sha256(3).await.unwrap(), None);
    let (_, denied) = layers(vec![refused(403, "AccessDeniedException")]);
    assert_eq!(
        denied.code_sha256(3).await.unwrap_err().code(),
        Some("AccessDeniedException")
    );
}

#[tokio::test]
async fn a_version_that_is_gone_is_deleted() {
    let (replay, existing) = layers(vec![Answer::error(204, "")]);
    existing.delete(3).await.unwrap();
    assert_eq!(
        replay.requests(),
        [format!("DELETE {HOST}/2018-10-31/layers/deps/versions/3")]
    );
    layers(vec![refused(404, "ResourceNotFoundException")])
        .1
        .delete(3)
        .await
        .unwrap();
    layers(vec![refused(403, "AccessDeniedException")])
        .1
        .delete(3)
        .await
        .unwrap_err();
}

#[tokio::test]
async fn a_policy_is_read_as_it_is_and_may_be_missing() {
    let policy = r#"{"Version":"2012-10-17","Statement":[]}"#;
    let (replay, shared) = layers(vec![ok(&json!({"Policy": policy, "RevisionId": "1"}))]);
    assert_eq!(shared.policy(3).await.unwrap().as_deref(), Some(policy));
    assert_eq!(
        replay.requests(),
        [format!("GET {HOST}/2018-10-31/layers/deps/versions/3/policy")]
    );
    let (_, unshared) = layers(vec![refused(404, "ResourceNotFoundException")]);
    assert_eq!(unshared.policy(3).await.unwrap(), None);
    layers(vec![refused(403, "AccessDeniedException")])
        .1
        .policy(3)
        .await
        .unwrap_err();
}

#[tokio::test]
async fn a_grant_is_for_an_account_an_organization_or_everybody() {
    let cases = [
        (
            Grant::Account("111122223333".to_owned()),
            json!({"StatementId": "wrasse-111122223333", "Principal": "111122223333", "Action": "lambda:GetLayerVersion"}),
        ),
        (
            Grant::Organization("o-abc".to_owned()),
            json!({"StatementId": "wrasse-o-abc", "Principal": "*", "OrganizationId": "o-abc", "Action": "lambda:GetLayerVersion"}),
        ),
        (
            Grant::Public,
            json!({"StatementId": "wrasse-public", "Principal": "*", "Action": "lambda:GetLayerVersion"}),
        ),
    ];
    for (grant, expected) in cases {
        let (replay, layers) = layers(vec![Answer::error(201, r#"{"Statement": "{}"}"#)]);
        layers.grant(3, &grant).await.unwrap();
        let line = format!("POST {HOST}/2018-10-31/layers/deps/versions/3/policy");
        assert_eq!(the_request(&replay), (line, expected));
    }
}

#[tokio::test]
async fn a_statement_that_is_there_is_no_error_and_a_full_policy_is_one() {
    let (_, there) = layers(vec![refused(409, "ResourceConflictException")]);
    there.grant(3, &Grant::Public).await.unwrap();
    let (_, full) = layers(vec![refused(400, "PolicyLengthExceededException")]);
    let error = full.grant(3, &Grant::Public).await.unwrap_err();
    assert_eq!(
        (error.code(), error.outlook()),
        (Some("PolicyLengthExceededException"), Outlook::Refused)
    );
}

#[tokio::test]
async fn a_statement_that_is_gone_is_revoked() {
    let (replay, existing) = layers(vec![Answer::error(204, "")]);
    existing.revoke(3, "wrasse-o-abc").await.unwrap();
    let line = format!("DELETE {HOST}/2018-10-31/layers/deps/versions/3/policy/wrasse-o-abc");
    assert_eq!(replay.requests(), [line]);
    let (_, gone) = layers(vec![refused(404, "ResourceNotFoundException")]);
    gone.revoke(3, "wrasse-o-abc").await.unwrap();
    let (_, denied) = layers(vec![refused(403, "AccessDeniedException")]);
    denied.revoke(3, "wrasse-o-abc").await.unwrap_err();
}

#[tokio::test]
async fn users_are_all_versions_of_functions_that_have_this_layer_of_this_account_and_region() {
    let function = |name: &str, version: &str, layers: &[&str]| {
        let layers: Vec<_> = layers.iter().map(|arn| json!({"Arn": arn})).collect();
        let arn = format!("arn:aws:lambda:us-east-1:123456789012:function:{name}:{version}");
        json!({"FunctionName": name, "FunctionArn": arn, "Version": version, "Layers": layers})
    };
    let other_account = "arn:aws:lambda:us-east-1:999999999999:layer:deps:3";
    let other_region = "arn:aws:lambda:eu-west-1:123456789012:layer:deps:3";
    let other_layer = "arn:aws:lambda:us-east-1:123456789012:layer:deps-2:3";
    let (three, twelve) = (format!("{LAYER}:3"), format!("{LAYER}:12"));
    let (replay, layers) = layers(vec![
        ok(&json!({
            "Functions": [
                function("orders", "$LATEST", &[other_layer, &twelve]),
                function("orders", "1", &[&three]),
                function("image", "$LATEST", &[]),
            ],
            "NextMarker": "next",
        })),
        ok(&json!({
            "Functions": [
                function("bills", "$LATEST", &[&three]),
                function("elsewhere", "$LATEST", &[other_account, other_region, other_layer]),
                json!({"FunctionName": "bare", "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:bare"}),
            ],
        })),
    ]);
    let expected = BTreeMap::from([
        (3, vec!["orders:1".to_owned(), "bills".to_owned()]),
        (12, vec!["orders".to_owned()]),
    ]);
    assert_eq!(layers.users().await.unwrap(), expected);
    assert_eq!(
        replay.requests(),
        [
            format!("GET {HOST}/2015-03-31/functions?FunctionVersion=ALL&MaxItems=50"),
            format!("GET {HOST}/2015-03-31/functions?FunctionVersion=ALL&Marker=next&MaxItems=50"),
        ]
    );
}

#[tokio::test]
async fn functions_that_cannot_all_be_listed_are_not_said_to_be_all() {
    let (_, layers) = layers(vec![
        ok(&json!({"Functions": [], "NextMarker": "next"})),
        refused(403, "AccessDeniedException"),
    ]);
    assert_eq!(layers.users().await.unwrap_err().code(), Some("AccessDeniedException"));
}

#[tokio::test]
async fn a_region_that_is_not_enabled_is_told_from_one_that_refuses() {
    let cases = [
        (403, "UnrecognizedClientException", true),
        (403, "InvalidClientTokenId", true),
        (403, "AccessDeniedException", false),
        (403, "ExpiredTokenException", false),
        (500, "ServiceException", false),
    ];
    for (status, code, disabled) in cases {
        let error = layers(vec![refused(status, code)]).1.versions().await.unwrap_err();
        assert_eq!(is_region_disabled(&error), disabled, "{code}");
    }
}
