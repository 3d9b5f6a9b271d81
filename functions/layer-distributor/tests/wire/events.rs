use serde_json::json;

use crate::store::Store;
use crate::{answer, failure, usual};

#[tokio::test]
async fn an_event_that_is_no_jobs_is_an_error_and_nobody_is_answered() {
    for strange in [
        json!(null),
        json!([]),
        json!({}),
        json!({"CodePipeline.job": {"id": ""}}),
        json!({"Records": [{"eventSource": "aws:s3"}]}),
    ] {
        let store = Store::new(b"", []).await;
        assert_eq!(answer(&store, &strange).await.unwrap_err().0, "InvalidEvent");
        assert_eq!(store.calls(), []);
    }
}

#[tokio::test]
async fn a_job_that_is_not_understood_fails_in_words_wherever_it_is_broken() {
    let data = "/CodePipeline.job/data";
    for (place, value) in [
        (data.to_owned(), json!("gone")),
        (format!("{data}/actionConfiguration"), json!(null)),
        (format!("{data}/artifactCredentials/sessionToken"), json!(7)),
        (format!("{data}/inputArtifacts"), json!("Built")),
        (
            format!("{data}/inputArtifacts/0/location/s3Location/objectKey"),
            json!(null),
        ),
    ] {
        let mut event = usual();
        *event.pointer_mut(&place).unwrap() = value;
        let store = Store::new(b"", []).await;
        answer(&store, &event).await.unwrap();
        let (kind, message) = failure(&store);
        assert_eq!(kind, "JobFailed", "{place}");
        assert!(
            message.starts_with("the event is not that of a CodePipeline job: "),
            "{place}: {message}"
        );
        assert_eq!(store.requests().len(), 0);
    }
}
