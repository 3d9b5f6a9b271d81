use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::aws::{Answer, Aws, Step, health_error, issue, page, published, refused};
use crate::{JOB, SECRETS, answer, event, failed, query};

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

#[tokio::test(start_paused = true)]
async fn the_jobs_credentials_are_in_no_log_line_error_or_answer() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::INFO)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let [id, secret, _] = SECRETS;
    // The secrets are where they should not be, too.
    let mut displaced = event("{}", None);
    displaced["CodePipeline.job"]["data"]["artifactCredentials"] = json!({"accessKeyId": [secret]});
    let no_id = json!({"CodePipeline.job": {"data": displaced["CodePipeline.job"]["data"], secret: id}});
    let refuses = || refused("PutJobFailureResult", 500, "InternalFailure");
    let cases: [(Value, Vec<Step>); 6] = [
        (
            event("{}", None),
            vec![page(&[issue("1", &json!({}))], None), failed(), published()],
        ),
        (
            event("{}", None),
            vec![health_error(403, "AccessDeniedException"), refuses()],
        ),
        (
            event("{}", None),
            vec![
                ("DescribeEvents", Answer::Lost),
                ("DescribeEvents", Answer::Lost),
                refuses(),
            ],
        ),
        (
            event(&format!(r#"{{"regions": ["{secret}"]}}"#), None),
            vec![query(&[]), failed()],
        ),
        (displaced, vec![failed()]),
        (no_id, vec![]),
    ];
    let mut said = Vec::new();
    for (event, steps) in cases {
        let aws = Aws::new(steps);
        said.push(format!("{:?} {:?}", answer(&aws, &event).await, aws.calls()));
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains(JOB) && log.contains("InvalidEvent") && log.contains("ServiceUnavailable"),
        "{log}"
    );
    let said = said.join("\n");
    for secret in SECRETS {
        assert!(!log.contains(secret), "{secret} in the log: {log}");
        assert!(!said.contains(secret), "{secret} was said: {said}");
    }
}
