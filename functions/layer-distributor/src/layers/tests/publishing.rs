//! A publication is not sent again unless it was throttled, whatever the SDK would do.

use tokio::time::Instant;

use super::*;
use crate::served::{Answer, Served, Silent};

fn refusal(status: u16, code: &'static str) -> Answer {
    Answer::Said(status, code, r#"{"Type": "Service", "message": "in words"}"#.to_owned())
}

fn throttled() -> Answer {
    refusal(429, "x-amzn-errortype: TooManyRequestsException\r\n")
}

fn fault() -> Answer {
    refusal(500, "x-amzn-errortype: ServiceException\r\n")
}

fn taken() -> Answer {
    Answer::Said(201, "", published().to_string())
}

async fn publish(layers: &Layers) -> Result<Version, CallError> {
    layers
        .publish("d", &attributes(), Content::Direct(b"PK".to_vec()))
        .await
}

/// What becomes of a publication, and how many requests it took.
async fn published_over(answers: &[Answer]) -> (Result<Version, CallError>, usize) {
    let served = Served::new(answers.iter().cloned()).await;
    let outcome = publish(&Layers::new(&served.config(), "deps")).await;
    (outcome, served.requests().len())
}

#[tokio::test]
async fn a_throttled_publication_is_sent_again() {
    let (outcome, requests) = published_over(&[throttled(), throttled(), taken()]).await;
    assert_eq!((outcome.unwrap().number, requests), (7, 3));
    let without_code = Answer::Said(429, "", String::new());
    let elsewhere = refusal(400, "x-amzn-errortype: ThrottlingException\r\n");
    let (outcome, requests) = published_over(&[without_code, elsewhere, taken()]).await;
    assert_eq!((outcome.unwrap().number, requests), (7, 3));
}

#[tokio::test]
async fn a_publication_that_is_throttled_for_ever_is_given_up_as_temporary() {
    let (outcome, requests) = published_over(&vec![throttled(); 9]).await;
    let error = outcome.unwrap_err();
    assert_eq!(
        (error.code(), error.outlook()),
        (Some("TooManyRequestsException"), Outlook::Temporary)
    );
    assert_eq!(requests, 4);
}

#[tokio::test]
async fn a_publication_whose_effect_is_unknown_is_not_sent_again() {
    let cases = [
        ("a fault", fault()),
        ("a fault of what is in between", Answer::Said(503, "", String::new())),
        ("a broken connection", Answer::Dropped),
        ("an answer that breaks off", Answer::BrokenOff),
    ];
    for (what, answer) in cases {
        let (outcome, requests) = published_over(&[answer, taken()]).await;
        let error = outcome.expect_err(what);
        assert_eq!(
            (error.outlook(), requests),
            (Outlook::Temporary, 1),
            "{what}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_throttled_publication_whose_second_attempt_has_an_unknown_effect_is_not_sent_a_third_time() {
    let (outcome, requests) = published_over(&[throttled(), Answer::Dropped, taken()]).await;
    assert_eq!((outcome.unwrap_err().outlook(), requests), (Outlook::Temporary, 2));
}

#[tokio::test]
async fn a_refused_publication_says_why() {
    let refusal = refusal(400, "x-amzn-errortype: CodeStorageExceededException\r\n");
    let (outcome, requests) = published_over(&[refusal, taken()]).await;
    let error = outcome.unwrap_err();
    assert_eq!((error.outlook(), requests), (Outlook::Refused, 1));
    assert_eq!(
        error.to_string(),
        "CodeStorageExceededException: in words (AWS request id req-1)"
    );
}

#[tokio::test]
async fn other_calls_are_sent_again_after_a_fault_and_a_broken_connection() {
    let listed = Answer::Said(200, "", json!({"LayerVersions": []}).to_string());
    let served = Served::new([fault(), Answer::Dropped, listed]).await;
    let layers = Layers::new(&served.config(), "deps");
    assert_eq!(layers.versions().await.unwrap(), []);
    assert_eq!(served.requests().len(), 3);
}

#[tokio::test]
async fn a_region_at_no_address_says_so_in_its_causes() {
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let config = crate::served::config(&address);
    let error = publish(&Layers::new(&config, "deps")).await.unwrap_err();
    assert_eq!(
        (error.to_string().as_str(), error.outlook()),
        ("the request got no answer", Outlook::Temporary)
    );
    let text = lambda_edge::with_causes(&error);
    assert!(text.contains("Connection refused"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_publication_has_a_minute_and_is_not_sent_again_after_it() {
    let silent = Silent::default();
    let began = Instant::now();
    let error = publish(&Layers::new(&silent.config(), "deps")).await.unwrap_err();
    assert_eq!((began.elapsed().as_secs(), silent.requests()), (60, 1));
    assert_eq!(
        (error.to_string().as_str(), error.outlook()),
        ("no answer within the time-out", Outlook::Temporary)
    );
}
