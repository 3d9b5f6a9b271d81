use aws_client::replay::{self, Replay};
use tempfile::NamedTempFile;
use tokio::time::Instant;

use super::*;
use crate::archive::Spool;
use crate::served::{Answer, Request, Served, Silent};

const KEY: &str = "layers/ab.zip";
/// More than one read of the file, and not a whole number of them.
const SIZE: usize = 600_001;

fn content() -> Vec<u8> {
    (0..SIZE).map(|index| u8::try_from(index % 251).unwrap()).collect()
}

fn zip() -> LayerZip {
    let mut spool = Spool::whole(SIZE as u64);
    spool.write(&content()).unwrap();
    spool.finish().unwrap()
}

async fn place(buckets: &Buckets, zip: &LayerZip) -> Result<(), CallError> {
    buckets.place("layers-eu", KEY, zip).await
}

async fn placed_over(answers: Vec<Answer>) -> (Result<(), CallError>, Vec<Request>) {
    let served = Served::new(answers).await;
    let outcome = place(&Buckets::new(&served.config()), &zip()).await;
    (outcome, served.requests())
}

fn missing() -> Answer {
    Answer::Said(404, "", String::new())
}

fn put() -> Answer {
    Answer::Said(200, "etag: \"1\"\r\n", String::new())
}

fn refusal(code: &str) -> String {
    format!("<Error><Code>{code}</Code><Message>in words</Message></Error>")
}

fn methods(requests: &[Request]) -> Vec<&str> {
    requests
        .iter()
        .map(|request| request.line.split(' ').next().unwrap())
        .collect()
}

#[tokio::test]
async fn a_layer_that_is_there_is_not_put_again() {
    let head = "content-length: 600001\r\nx-amz-checksum-sha256: /4vyWmsZumQ1CCQQUuEMjFAR3jy3abTLGdpjTWEAHgA=\r\n";
    let (outcome, requests) = placed_over(vec![Answer::Said(200, head, String::new())]).await;
    outcome.unwrap();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].line, "HEAD /layers-eu/layers/ab.zip");
    assert_eq!(requests[0].head["x-amz-checksum-mode"], "ENABLED");
}

#[tokio::test]
async fn an_object_that_is_not_surely_the_layer_is_put_over() {
    let heads = [
        "content-length: 600000\r\nx-amz-checksum-sha256: /4vyWmsZumQ1CCQQUuEMjFAR3jy3abTLGdpjTWEAHgA=\r\n",
        "content-length: 600001\r\nx-amz-checksum-sha256: CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=\r\n",
        "content-length: 600001\r\nx-amz-checksum-sha256: /4vyWmsZumQ1CCQQUuEMjFAR3jy3abTLGdpjTWEAHgA=-2\r\n",
        "content-length: 600001\r\n",
    ];
    for head in heads {
        let (outcome, requests) = placed_over(vec![Answer::Said(200, head, String::new()), put()]).await;
        outcome.unwrap();
        assert_eq!(methods(&requests), ["HEAD", "PUT"], "{head}");
    }
}

#[tokio::test]
async fn a_layer_is_put_as_it_is_with_its_own_checksum_and_no_other() {
    let (outcome, requests) = placed_over(vec![missing(), put()]).await;
    outcome.unwrap();
    let [_, put] = &requests[..] else {
        panic!("{requests:?}");
    };
    assert!(put.line.starts_with("PUT /layers-eu/layers/ab.zip"), "{}", put.line);
    assert!(put.body == content());
    let head = |name: &str| put.head.get(name).map(String::as_str);
    assert_eq!(head("content-length"), Some("600001"));
    assert_eq!(head("content-type"), Some("application/zip"));
    let checksums = put
        .head
        .iter()
        .filter(|(name, _)| name.contains("checksum") || name.contains("trailer"));
    let checksums: Vec<_> = checksums.map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let own = ("x-amz-checksum-sha256", "/4vyWmsZumQ1CCQQUuEMjFAR3jy3abTLGdpjTWEAHgA=");
    assert_eq!(checksums, [own]);
    assert_eq!((head("content-encoding"), head("transfer-encoding")), (None, None));
}

#[tokio::test]
async fn a_put_that_fails_begins_the_file_anew() {
    let fault = Answer::Said(500, "", refusal("InternalError"));
    let (outcome, requests) = placed_over(vec![missing(), fault, Answer::Dropped, put()]).await;
    outcome.unwrap();
    assert_eq!(methods(&requests), ["HEAD", "PUT", "PUT", "PUT"]);
    assert!(requests[1..].iter().all(|request| request.body == content()));
}

#[tokio::test]
async fn a_bucket_that_refuses_says_why_though_the_first_answer_had_no_words() {
    let cases = [
        (301, "PermanentRedirect"),
        (400, "AuthorizationHeaderMalformed"),
        (403, "AccessDenied"),
        (404, "NoSuchBucket"),
    ];
    for (status, code) in cases {
        let head = Answer::Said(status, "", String::new());
        let (outcome, requests) = placed_over(vec![head, Answer::Said(status, "", refusal(code))]).await;
        let error = outcome.unwrap_err();
        assert_eq!((error.code(), error.outlook()), (Some(code), Outlook::Refused));
        assert_eq!(methods(&requests), ["HEAD", "PUT"]);
    }
}

#[tokio::test]
async fn a_bucket_that_does_not_answer_is_not_put_to() {
    let (outcome, requests) = placed_over(vec![Answer::Said(503, "", String::new()); 4]).await;
    assert_eq!(outcome.unwrap_err().outlook(), Outlook::Temporary);
    assert_eq!(methods(&requests), ["HEAD"; 4]);
}

#[tokio::test]
async fn a_refusal_that_does_not_wait_for_the_layer_is_heard() {
    let served = Served::new([Answer::SaidAtOnce(403, refusal("AccessDenied"))]).await;
    let file = NamedTempFile::new().unwrap();
    file.as_file().set_len(64 * 1024 * 1024).unwrap();
    let buckets = Buckets::new(&served.config());
    let error = buckets.put("layers-eu", KEY, file.path(), &Digest([7; 32])).await;
    assert_eq!(error.unwrap_err().code(), Some("AccessDenied"));
}

#[tokio::test]
async fn a_file_that_is_gone_is_no_fault_of_s3() {
    let zip = zip();
    std::fs::remove_file(zip.path()).unwrap();
    let served = Served::new([missing()]).await;
    let error = place(&Buckets::new(&served.config()), &zip).await.unwrap_err();
    assert_eq!(
        (error.to_string().as_str(), error.outlook()),
        ("the request could not be made", Outlook::Refused)
    );
    assert_eq!(served.requests().len(), 1);
}

#[tokio::test]
async fn a_layer_is_not_held_in_memory_and_its_bucket_is_a_host_on_aws() {
    let replay = Replay::new(vec![replay::Answer::error(404, ""), replay::Answer::ok("")]);
    place(&Buckets::new(&replay.sdk_config()), &zip()).await.unwrap();
    let object = "https://layers-eu.s3.us-east-1.amazonaws.com/layers/ab.zip";
    // A body in memory would be the second line.
    assert_eq!(
        replay.requests(),
        [format!("HEAD {object}"), format!("PUT {object}?x-id=PutObject")]
    );
}

#[tokio::test(start_paused = true)]
async fn a_put_has_two_minutes_and_all_attempts_have_three() {
    let silent = Silent::default();
    let zip = zip();
    let began = Instant::now();
    let put = Buckets::new(&silent.config())
        .put("layers-eu", KEY, zip.path(), &zip.digest)
        .await;
    assert_eq!(put.unwrap_err().outlook(), Outlook::Temporary);
    assert_eq!((began.elapsed().as_secs(), silent.requests()), (180, 2));
}
