//! What a record leaves in the function's log: ids, names and kinds.

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use aws_client::replay::{Answer, Replay};
use job_answerer::Function;
use serde_json::{Value, json};

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

/// The lines of one invocation.
async fn log(record: &Value, answers: Vec<Answer>) -> String {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().json().with_writer(move || writer.clone());
    let guard = tracing::subscriber::set_default(subscriber.finish());
    let _ = Function::new(&Replay::new(answers).sdk_config()).answer(record).await;
    drop(guard);
    let bytes = log.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn nothing_of_a_record_is_logged_but_ids_names_and_kinds() {
    let record = |error_type: &str, id: &Value| {
        json!({
            "requestContext": {
                "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:shop-gate:$LATEST",
                "condition": "RetriesExhausted",
            },
            "requestPayload": {"CodePipeline.job": {"id": id, "data": {"artifactCredentials": "secret"}}},
            "responsePayload": {"errorType": error_type, "errorMessage": "secret"},
        })
    };
    let job = json!("c968ef10-6415-4127-80b1-42502218a8c7");
    let unavailable = Answer::error(503, json!({"__type": "ServiceUnavailable"}).to_string());
    let cases = [
        (record("Sandbox.Timedout", &job), Answer::ok("{}"), "Sandbox.Timedout"),
        (record("a secret", &job), Answer::ok("{}"), "RetriesExhausted"),
        (record("Sandbox.Timedout", &job), unavailable, "ServiceUnavailable"),
        (
            record("Sandbox.Timedout", &json!(["secret"])),
            Answer::ok("{}"),
            "InvalidEvent",
        ),
    ];
    for (record, answer, expected) in cases {
        let log = log(&record, vec![answer]).await;
        // The SDK has a line of its own about recorded answers, which have no connection.
        let ours: Vec<&str> = log.lines().filter(|line| line.contains("job_answerer")).collect();
        assert_eq!(ours.len(), 1, "{log}");
        assert!(ours[0].contains(expected), "{log}");
        assert!(!log.contains("secret"), "{log}");
    }
}
