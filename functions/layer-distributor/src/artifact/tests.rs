use std::io::{Read as _, Seek as _};
use std::time::Duration;

use codepipeline_job::{Answer, FailureKind};
use serde_json::json;
use sha2::Digest as _;

use super::*;
use crate::artifact::remote::WINDOW;
use crate::artifact::tests::store::{Act, Store};
use crate::artifact::tests::zips::{layer, noise, stored, zip};

#[path = "../../tests/support/store.rs"]
#[allow(dead_code, reason = "the wire tests use the rest")]
mod store;
#[path = "../../tests/support/zips.rs"]
mod zips;

fn job(path: &str) -> Job {
    let parameters = json!({"layer_name": "deps", "regions": ["us-east-1"], "artifact_path": path});
    let artifact =
        json!({"name": "Built", "location": {"s3Location": {"bucketName": "artifacts", "objectKey": "shop/built"}}});
    let event = json!({"CodePipeline.job": {
        "id": "job-1",
        "accountId": "123456789012",
        "data": {
            "actionConfiguration": {"configuration": {"FunctionName": "layers", "UserParameters": parameters.to_string()}},
            "inputArtifacts": [artifact],
            "artifactCredentials": {"accessKeyId": "ASIAJOB", "secretAccessKey": "secret", "sessionToken": "session"},
        },
    }});
    Job::from_event(&event).unwrap()
}

async fn fetched(store: &Store, path: &str) -> Result<LayerZip, ArtifactError> {
    let job = job(path);
    fetch(&job, &Request::of(&job).unwrap(), &store.config()).await
}

fn content(zip: &LayerZip) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut file = zip.file();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}

#[track_caller]
fn is(zip: &LayerZip, layer: &[u8]) {
    assert!(content(zip) == layer, "other bytes");
    assert_eq!(zip.size, layer.len() as u64);
    assert_eq!(zip.digest.0, <[u8; 32]>::from(sha2::Sha256::digest(layer)));
}

fn kind(error: &ArtifactError) -> FailureKind {
    match Answer::from(error) {
        Answer::Fail { kind, .. } => kind,
        other => panic!("{other:?}"),
    }
}

fn ranges(store: &Store) -> Vec<String> {
    let requests = store.requests();
    requests
        .into_iter()
        .map(|request| request.head["range"].clone())
        .collect()
}

/// An artifact of some MiB, the layer at its beginning.
fn large(layer: &[u8]) -> Vec<u8> {
    let other = noise(3 * 1024 * 1024);
    stored(&[("build/layer.zip", layer), ("build/symbols.bin", &other)])
}

#[tokio::test]
async fn what_is_published_is_the_layer_in_the_artifact_and_not_the_artifact() {
    let layer = layer(100_000);
    for artifact in [
        zip(&[("layer.zip", &layer)]),
        stored(&[("README", b"hello"), ("layer.zip", &layer)]),
    ] {
        let store = Store::new(&artifact, []).await;
        is(&fetched(&store, "layer.zip").await.unwrap(), &layer);
    }
    let store = Store::new(&layer, []).await;
    is(&fetched(&store, ".").await.unwrap(), &layer);
}

#[tokio::test]
async fn of_a_large_artifact_only_the_directory_and_the_layer_are_read() {
    let layer = layer(100_000);
    let store = Store::new(&large(&layer), []).await;
    is(&fetched(&store, "build/layer.zip").await.unwrap(), &layer);
    // The end with the directory, the layer's local header, the layer.
    let ranges = ranges(&store);
    assert_eq!(ranges.len(), 3, "{ranges:?}");
    assert_eq!(ranges[0], "bytes=-1048576");
    assert!(ranges[1].starts_with("bytes=0-"), "{ranges:?}");
    let (first, last) = ranges[2].strip_prefix("bytes=").unwrap().split_once('-').unwrap();
    let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
    assert_eq!(last + 1 - first, layer.len());
}

#[tokio::test]
async fn a_directory_of_any_length_is_read_in_few_requests() {
    let layer = layer(1_000);
    let names: Vec<String> = (0..20_000).map(|number| format!("modules/{number:0100}.js")).collect();
    let mut files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    files.insert(0, ("layer.zip", &layer));
    let store = Store::new(&stored(&files), []).await;
    is(&fetched(&store, "layer.zip").await.unwrap(), &layer);
    let ranges = ranges(&store);
    assert!(ranges.len() <= 6, "{ranges:?}");
    // Before the layer's header and the layer the directory, from its beginning to where the first part begins.
    let end = stored(&files).len() as u64 - WINDOW;
    let directory = &ranges[1..ranges.len() - 2];
    assert!(directory.len() >= 2, "{ranges:?}");
    let last = |range: &String| range.split_once('-').unwrap().1.parse::<u64>().unwrap();
    assert_eq!(last(directory.last().unwrap()), end - 1, "{ranges:?}");
}

#[tokio::test]
async fn the_artifact_is_asked_for_with_the_jobs_credentials_and_one_content_of_it() {
    let layer = layer(1_000);
    let store = Store::new(&large(&layer), []).await;
    fetched(&store, "build/layer.zip").await.unwrap();
    for (index, request) in store.requests().iter().enumerate() {
        assert!(request.line.starts_with("GET /artifacts/shop/built"), "{request:?}");
        assert!(
            request.head["authorization"].contains("Credential=ASIAJOB/"),
            "{request:?}"
        );
        assert_eq!(request.head["x-amz-security-token"], "session");
        let etag = request.head.get("if-match").map(String::as_str);
        assert_eq!(etag, (index > 0).then_some("\"version-1\""));
    }
}

#[tokio::test]
async fn an_s3_that_is_busy_is_asked_again() {
    let layer = layer(1_000);
    let busy = |code| Act::Refuse(503, code, "Please reduce your request rate.".to_owned());
    let store = Store::new(
        &large(&layer),
        [
            busy("SlowDown"),
            busy("SlowDown"),
            Act::Serve,
            Act::Refuse(500, "InternalError", String::new()),
        ],
    )
    .await;
    is(&fetched(&store, "build/layer.zip").await.unwrap(), &layer);

    let store = Store::new(&layer, vec![busy("SlowDown"); 4]).await;
    let error = fetched(&store, ".").await.unwrap_err();
    assert_eq!(kind(&error), FailureKind::SystemUnavailable);
    assert!(error.to_string().contains("SlowDown"), "{error}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_gone_on_with_where_it_ended() {
    let layer = layer(100_000);
    let cuts = [
        Act::Serve,
        Act::Serve,
        Act::CutAfter(1_000),
        Act::CutAfter(0),
        Act::CutAfter(50_000),
    ];
    let store = Store::new(&large(&layer), cuts).await;
    is(&fetched(&store, "build/layer.zip").await.unwrap(), &layer);
    let ranges = ranges(&store);
    let start = |range: &String| {
        range["bytes=".len()..]
            .split_once('-')
            .unwrap()
            .0
            .parse::<u64>()
            .unwrap()
    };
    let begun: Vec<u64> = ranges[2..]
        .iter()
        .map(|range| start(range) - start(&ranges[2]))
        .collect();
    assert_eq!(begun, [0, 1_000, 1_000, 51_000]);

    // The object's end, too, and what is before it.
    let store = Store::new(&large(&layer), [Act::CutAfter(70_000), Act::Serve, Act::CutAfter(20)]).await;
    is(&fetched(&store, "build/layer.zip").await.unwrap(), &layer);
}

#[tokio::test]
async fn answers_that_break_off_again_and_again_end_the_job_for_now() {
    let layer = layer(100_000);
    let store = Store::new(&layer, vec![Act::CutAfter(10); 9]).await;
    let error = fetched(&store, ".").await.unwrap_err();
    assert_eq!(kind(&error), FailureKind::SystemUnavailable);
    assert_eq!(store.requests().len(), 4);
    let expected =
        "the input artifact Built (s3://artifacts/shop/built) could not be read for now: the answer broke off";
    assert!(error.to_string().starts_with(expected), "{error}");
}

#[tokio::test]
async fn two_contents_of_one_artifact_are_never_mixed() {
    let one = large(&layer(100_000));
    for acts in [
        vec![Act::Serve, Act::Change(one.clone())],
        vec![Act::Serve, Act::Serve, Act::CutAfter(5_000), Act::Change(one.clone())],
    ] {
        let store = Store::new(&one, acts).await;
        let error = fetched(&store, "build/layer.zip").await.unwrap_err();
        assert_eq!(kind(&error), FailureKind::RevisionOutOfSync);
        assert!(error.to_string().contains("changed while it was read"), "{error}");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_the_part_asked_for_is_not_taken_for_it() {
    let layer = layer(1_000);
    for acts in [
        vec![Act::Whole],
        vec![Act::Serve, Act::Serve, Act::Whole],
        vec![Act::Serve, Act::Serve, Act::Elsewhere],
    ] {
        let store = Store::new(&large(&layer), acts).await;
        let error = fetched(&store, "build/layer.zip").await.unwrap_err();
        assert_eq!(kind(&error), FailureKind::SystemUnavailable);
    }
}

#[tokio::test]
async fn when_nobody_waits_any_more_the_thread_ends_and_its_connection_too() {
    let layer = layer(1_000);
    for acts in [
        vec![Act::Silence],
        vec![Act::Serve, Act::Silence],
        vec![Act::Serve, Act::Serve, Act::Silence],
    ] {
        let store = Store::new(&large(&layer), acts).await;
        tokio::select! {
            _ = fetched(&store, "build/layer.zip") => panic!("S3 said nothing"),
            () = store.asked_in_vain() => {}
        }
        // Long before the SDK's own time-out, after which it would ask again.
        let hung_up = tokio::time::timeout(Duration::from_secs(8), store.hung_up()).await;
        assert!(hung_up.is_ok());
    }
}
