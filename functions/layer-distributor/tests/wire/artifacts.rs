use crate::store::{Act, Store};
use crate::zips::{layer, zip};
use crate::{KEY, answer, event, failure, parameters, usual};

/// What the job of this object and these answers of S3 is told.
async fn told(object: &[u8], acts: impl IntoIterator<Item = Act>) -> (String, String) {
    let store = Store::new(object, acts).await;
    answer(&store, &usual()).await.unwrap();
    failure(&store)
}

#[tokio::test]
async fn without_one_input_artifact_it_is_said_what_the_action_lacks() {
    for (artifacts, expected) in [
        (
            vec![],
            "the action has no input artifact: give it the one that the layer is in",
        ),
        (
            vec!["Source", "Built"],
            "the action has 2 input artifacts (Source, Built): leave only the one that the layer is in",
        ),
    ] {
        let store = Store::new(b"", []).await;
        answer(&store, &event(&parameters().to_string(), &artifacts))
            .await
            .unwrap();
        let (kind, message) = failure(&store);
        assert_eq!(kind, "ConfigurationError");
        assert!(message.starts_with(expected), "{message}");
        assert_eq!(store.requests().len(), 0);
    }
}

#[tokio::test]
async fn an_artifact_without_a_layer_is_named_with_what_is_wrong() {
    let artifact = "the input artifact Built (s3://artifacts/shop/Built/1) ";
    let cases = [
        (
            "another path",
            zip(&[("build/layer.zip", &layer(10))]),
            "ConfigurationError",
            "build/layer.zip",
        ),
        (
            "no zip",
            b"#!/bin/sh\n".to_vec(),
            "JobFailed",
            "the input artifact is no zip file",
        ),
        (
            "no zip in it",
            zip(&[("layer.zip", b"hello")]),
            "JobFailed",
            "the layer's zip is no zip file",
        ),
        (
            "nothing in it",
            zip(&[("layer.zip", b"")]),
            "JobFailed",
            "the layer's zip",
        ),
        (
            "an empty zip in it",
            zip(&[("layer.zip", &zip(&[]))]),
            "JobFailed",
            "the layer's zip has no file in it",
        ),
        (
            "an empty zip",
            zip(&[]),
            "ConfigurationError",
            "has no file `layer.zip`: it is empty",
        ),
        (
            "not a byte",
            Vec::new(),
            "JobFailed",
            "is empty: see what the action that makes it puts into it",
        ),
    ];
    for (case, object, expected_kind, expected) in cases {
        let (kind, message) = told(&object, []).await;
        assert_eq!(kind, expected_kind, "{case}: {message}");
        assert!(
            message.starts_with(artifact) && message.contains(expected),
            "{case}: {message}"
        );
    }
}

#[tokio::test]
async fn what_s3_refuses_is_told_with_the_permission_that_is_missing() {
    let refuse = |status, code, message: &str| Act::Refuse(status, code, message.to_owned());
    let decrypt = "User: arn:aws:sts::123456789012:assumed-role/shop/1 is not authorized to perform: kms:Decrypt";
    let key =
        format!("kms:Decrypt with the key that the pipeline names, {KEY}, both in the role's policy and in the key's");
    let cases = [
        (
            refuse(403, "AccessDenied", "Access Denied"),
            "PermissionError",
            "may not be read with the job's credentials: AccessDenied: Access Denied (AWS request id req-1): allow the \
             pipeline's role, whose rights they have, s3:GetObject and s3:GetObjectVersion in the bucket artifacts",
        ),
        (refuse(403, "AccessDenied", decrypt), "PermissionError", key.as_str()),
        (
            refuse(400, "ExpiredToken", "The provided token has expired."),
            "JobFailed",
            "as the job's credentials have ended",
        ),
        (
            refuse(404, "NoSuchKey", "The specified key does not exist."),
            "RevisionUnavailable",
            "is not there any more",
        ),
        (
            refuse(
                403,
                "InvalidObjectState",
                "The operation is not valid for the object's storage class",
            ),
            "JobFailed",
            "could not be read: InvalidObjectState",
        ),
    ];
    let object = zip(&[("layer.zip", &layer(10))]);
    for (act, expected_kind, expected) in cases {
        let (kind, message) = told(&object, [act]).await;
        assert_eq!(kind, expected_kind, "{message}");
        assert!(message.contains(expected), "{message}");
    }
}

#[tokio::test]
async fn a_key_that_the_pipeline_does_not_name_is_called_that() {
    let mut event = usual();
    event["CodePipeline.job"]["data"]["encryptionKey"] = serde_json::Value::Null;
    let message = "not authorized to perform: kms:Decrypt on resource".to_owned();
    let store = Store::new(b"", [Act::Refuse(403, "AccessDenied", message)]).await;
    answer(&store, &event).await.unwrap();
    let (kind, message) = failure(&store);
    assert_eq!(kind, "PermissionError");
    let expected = "kms:Decrypt with its key (the pipeline's artifact store names none)";
    assert!(message.contains(expected), "{message}");
}

#[tokio::test]
async fn an_s3_that_fails_again_and_again_ends_the_job_for_now() {
    let object = zip(&[("layer.zip", &layer(10_000))]);
    let busy = Act::Refuse(503, "SlowDown", "Please reduce your request rate.".to_owned());
    for acts in [vec![busy; 4], vec![Act::CutAfter(100); 4]] {
        let (kind, message) = told(&object, acts).await;
        assert_eq!(kind, "SystemUnavailable");
        assert!(message.contains("could not be read for now"), "{message}");
        assert!(message.ends_with("retry the stage"), "{message}");
    }
}

#[tokio::test]
async fn an_artifact_that_changes_while_it_is_read_ends_the_job() {
    let object = zip(&[("layer.zip", &layer(10_000))]);
    let (kind, message) = told(&object, [Act::Serve, Act::Change(object.clone())]).await;
    assert_eq!(kind, "RevisionOutOfSync");
    assert!(message.contains("changed while it was read"), "{message}");
}
