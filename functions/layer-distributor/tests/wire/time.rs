use std::time::Duration;

use serde_json::json;

use crate::store::{Act, Store};
use crate::zips::{layer, zip};
use crate::{answer_within, only_answer, usual};

#[tokio::test]
async fn when_the_time_is_over_while_the_artifact_is_read_another_job_is_asked_for() {
    let object = zip(&[("layer.zip", &layer(10_000))]);
    // A first job, and one that goes on already.
    for token in [json!(null), json!("again")] {
        for acts in [vec![Act::Silence], vec![Act::Serve, Act::Silence]] {
            let mut event = usual();
            event["CodePipeline.job"]["data"]["continuationToken"] = token.clone();
            let store = Store::new(&object, acts).await;
            // S3 says nothing for longer than this, however slow the machine is.
            answer_within(&store, &event, Duration::from_secs(2)).await.unwrap();
            let (operation, body) = only_answer(&store);
            assert_eq!(operation, "PutJobSuccessResult");
            assert_eq!(body["continuationToken"], "again");
            let summary = body["executionDetails"]["summary"].as_str().unwrap();
            assert!(summary.contains("All that was done stays"), "{summary}");
        }
    }
}

#[tokio::test]
async fn a_job_without_time_is_continued_before_anything_is_asked() {
    let store = Store::new(b"", []).await;
    answer_within(&store, &usual(), Duration::ZERO).await.unwrap();
    let (operation, _) = only_answer(&store);
    assert_eq!(operation, "PutJobSuccessResult");
    assert_eq!(store.requests().len(), 0);
}
