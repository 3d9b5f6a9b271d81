//! Jobs, and what they are told.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use layer_distributor::Function;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::aws::{Aws, LAYER};
use crate::{SECRETS, event};

/// As the stack's time-out of 300 s leaves it.
pub(crate) const TIME: Duration = Duration::from_secs(265);

/// The one answer of a job.
#[derive(Debug, Clone)]
pub(crate) enum Told {
    /// With the output variables and the summary.
    Success(Value, String),
    /// With the token and the summary.
    Continuation(String, String),
    /// Whose business, and what is said.
    Failure(String, String),
}

impl Told {
    fn of((operation, body): &(String, Value)) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let summary = text(&body["executionDetails"]["summary"]);
        match (&**operation, &body["continuationToken"]) {
            ("PutJobFailureResult", _) => {
                let details = &body["failureDetails"];
                Self::Failure(text(&details["type"]), text(&details["message"]))
            }
            (_, Value::Null) => Self::Success(body["outputVariables"].clone(), summary),
            (_, token) => Self::Continuation(text(token), summary),
        }
    }

    pub(crate) fn is_success(&self) -> bool {
        matches!(self, Self::Success(..))
    }

    #[track_caller]
    pub(crate) fn variables(&self) -> &Value {
        match self {
            Self::Success(variables, _) => variables,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn summary(&self) -> &str {
        match self {
            Self::Success(_, summary) | Self::Continuation(_, summary) => summary,
            Self::Failure(..) => panic!("{self:?}"),
        }
    }

    /// The failure is of that kind, and says all of this.
    #[track_caller]
    pub(crate) fn fails(&self, kind: &str, texts: &[&str]) {
        let Self::Failure(found, message) = self else {
            panic!("{self:?}");
        };
        assert_eq!(found, kind, "{message}");
        for text in texts {
            assert!(message.contains(text), "{text:?} is not in {message:?}");
        }
    }
}

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

impl Aws {
    /// A whole invocation for a new job with these parameters: its one answer, in which nothing is secret, nor in the log.
    pub(crate) async fn job(&self, parameters: &Value) -> Told {
        self.job_within(parameters, TIME).await
    }

    pub(crate) async fn job_within(&self, parameters: &Value, time: Duration) -> Told {
        let before = self.state().answers.len();
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::INFO)
            .with_writer(move || writer.clone())
            .finish();
        {
            let _guard = tracing::subscriber::set_default(subscriber);
            self.invoke(&format!("job-{before}"), "AKIA0", parameters, time).await;
        }
        let answers = self.state().answers.clone();
        let [answer] = &answers[before..] else {
            panic!("{} answers", answers.len() - before);
        };
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert!(log.contains("layer_distributor"), "{log}");
        let said = format!("{log} {answer:?}");
        for secret in SECRETS.into_iter().chain(["X-Amz-", "AWS4-HMAC"]) {
            assert!(!said.contains(secret), "{secret} in {said}");
        }
        Told::of(answer)
    }

    /// One delivery of a job's event.
    pub(crate) async fn invoke(&self, job: &str, invocation: &str, parameters: &Value, time: Duration) {
        let mut event = event(&parameters.to_string(), &["Built"]);
        event["CodePipeline.job"]["id"] = json!(job);
        let function = Function::new(&self.config(invocation));
        function.answer(&event, Instant::now() + time).await.unwrap();
    }

    /// What the last job was told.
    pub(crate) fn last_told(&self) -> Told {
        Told::of(self.state().answers.last().unwrap())
    }

    /// What `latest` names in these regions.
    pub(crate) fn latest(&self, regions: &[&str]) -> Vec<Option<String>> {
        let name = format!("/layers/{LAYER}/latest");
        regions.iter().map(|region| self.parameter(region, &name)).collect()
    }

    pub(crate) fn parameter(&self, region: &str, name: &str) -> Option<String> {
        Some(self.state().region(region).parameters.get(name)?.1.clone())
    }

    /// The numbers of all versions there are in a region.
    pub(crate) fn numbers(&self, region: &str) -> Vec<i64> {
        self.state().region(region).versions.keys().copied().collect()
    }
}
