use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::store::{Act, Store};
use crate::zips::{layer, zip};
use crate::{JOB, SECRETS, answer, event, usual};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An error of S3's that repeats what it got, as some do beside the message
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>).
fn repeating(code: &'static str) -> Act {
    let [id, _, session] = SECRETS;
    let message =
        format!("in words</Message><AWSAccessKeyId>{id}</AWSAccessKeyId><Token-0>{session}</Token-0><Message>");
    Act::Refuse(403, code, message)
}

#[tokio::test]
async fn the_jobs_credentials_are_in_no_log_line_error_or_answer() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::INFO)
        .with_writer(move || writer.clone())
        .finish();
    // The artifact is read on a thread of its own.
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let [id, secret, session] = SECRETS;
    let object = zip(&[("layer.zip", &layer(10_000))]);
    // The secrets are where they should not be, too.
    let mut displaced = usual();
    displaced["CodePipeline.job"]["data"]["artifactCredentials"] = json!({"accessKeyId": [secret]});
    let no_id = json!({"CodePipeline.job": {"data": usual()["CodePipeline.job"]["data"], secret: id}});
    let parameters = json!({
        "layer_name": secret, "regions": [session], "artifact_path": format!("/{secret}"), "principals": [secret],
        "compatible_runtimes": [secret], "compatible_architectures": [secret], "license": "", "ssm_prefix": session,
        "bucket": secret,
    });
    let unknown_path = json!({"layer_name": "deps", "regions": ["us-east-1"], "artifact_path": "other.zip"});
    let cases: Vec<(Value, Vec<Act>)> = vec![
        (displaced, vec![]),
        (no_id, vec![]),
        (event("{", &["Built"]), vec![]),
        (event(&parameters.to_string(), &["Built"]), vec![]),
        (event(&unknown_path.to_string(), &["Built"]), vec![]),
        (event(&unknown_path.to_string(), &[]), vec![]),
        (usual(), vec![repeating("AccessDenied")]),
        (usual(), vec![repeating("InvalidToken")]),
        (usual(), vec![repeating("SignatureDoesNotMatch")]),
        (usual(), vec![Act::CutAfter(10); 4]),
        (usual(), vec![Act::Serve, Act::Change(object.clone())]),
    ];
    let mut said = Vec::new();
    for (event, acts) in cases {
        let store = Store::new(&object, acts).await;
        said.push(format!("{:?} {:?}", answer(&store, &event).await, store.calls()));
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for expected in [JOB, "InvalidEvent", "BrokeOff", "Failed"] {
        assert!(log.contains(expected), "{expected}: {log}");
    }
    let said = said.join("\n");
    for secret in SECRETS {
        assert!(!log.contains(secret), "{secret} in the log: {log}");
        assert!(!said.contains(secret), "{secret} was said: {said}");
    }
}
