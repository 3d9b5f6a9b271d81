//! The functions themselves, as Lambda runs them: time-outs, retries and failure records are those of stacks/health-gate.yaml.

use std::rc::Rc;
use std::time::Duration;

use aws_client::ServerTime;
use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::codepipeline::FUNCTION;
use crate::facts::Who;
use crate::wire::Wire;

/// What the gate keeps of its time for the answer.
const RESERVE: Duration = Duration::from_secs(25);

/// No name server is there: the API is asked at its usual endpoint.
const DNS_SERVER: ([u8; 4], u16) = ([127, 0, 0, 1], 9);

pub(crate) struct Functions {
    gate: health_gate::Function,
    watch: health_watch::Function,
    answerer: job_answerer::Function,
}

impl Functions {
    pub(crate) fn new(wire: &Wire) -> Rc<Self> {
        let config = wire.sdk_config();
        let (table, topic) = ("gate".to_owned(), "arn:aws:sns:eu-west-1:123456789012:gate".to_owned());
        let dns_server = Some(DNS_SERVER.into());
        let gate = health_gate::Config {
            table: table.clone(),
            topic: topic.clone(),
            dns_server,
        };
        let watch = health_watch::Config {
            table,
            topic,
            dns_server,
        };
        Rc::new(Self {
            gate: health_gate::Function::new(Ok(gate), &config, ServerTime::default()),
            watch: health_watch::Function::new(Ok(watch), &config, ServerTime::default()),
            answerer: job_answerer::Function::new(&config),
        })
    }

    /// One invocation, and whether it ended well.
    pub(crate) fn invoke(self: Rc<Self>, who: Who, event: Value, now: Timestamp) -> LocalBoxFuture<'static, bool> {
        let limit = limit(who);
        let work = async move {
            match who {
                Who::Gate => {
                    let deadline = Instant::now() + limit.saturating_sub(RESERVE);
                    self.gate.answer(&event, deadline, now).await.is_ok()
                }
                Who::Watch => self.watch.answer(&event, now).await.is_ok(),
                Who::Answerer => self.answerer.answer(&event).await.is_ok(),
            }
        };
        async move { timeout(limit, work).await.unwrap_or(false) }.boxed_local()
    }
}

fn limit(who: Who) -> Duration {
    Duration::from_secs(match who {
        Who::Gate => 60,
        Who::Watch => 180,
        Who::Answerer => 30,
    })
}

/// How often Lambda tries.
pub(crate) fn tries(who: Who) -> usize {
    if who == Who::Gate { 2 } else { 3 }
}

/// What Lambda tells the failure destination
/// (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>).
pub(crate) fn failure_record(event: &Value) -> Value {
    json!({
        "version": "1.0",
        "requestContext": {
            "functionArn": format!("arn:aws:lambda:eu-west-1:123456789012:function:{FUNCTION}"),
            "condition": "RetriesExhausted", "approximateInvokeCount": tries(Who::Gate),
        },
        "requestPayload": event,
        "responsePayload": {"errorType": "Runtime.ExitError"},
    })
}
