//! One gate, deployed once and shared by all tests of this folder.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::pipeline::Pipeline;
use crate::deployment::{architecture, deploy, make_artifact_bucket, outputs};
use crate::engine::{aws, control, look, sqs, until};

/// The name of the stack.
const STACK: &str = "gate";
/// The region of the stack.
pub(crate) const HOME: &str = "us-east-1";

/// A deployed gate.
pub(crate) struct Gate {
    outputs: BTreeMap<String, String>,
    runtime: Runtime,
    /// CodePipeline.
    pub(crate) codepipeline: aws_sdk_codepipeline::Client,
    dynamodb: aws_sdk_dynamodb::Client,
    /// Gets what people are told.
    queue: String,
}

static GATE: LazyLock<Mutex<Gate>> = LazyLock::new(|| Mutex::new(Gate::deploy()));

/// The gate, for one test at a time, with no incident anywhere, nothing in its table, and a support plan.
pub(crate) fn gate() -> MutexGuard<'static, Gate> {
    let gate = GATE.lock().unwrap_or_else(PoisonError::into_inner);
    control("health/reset", &json!({}));
    gate.empty_table();
    gate.notices();
    gate
}

impl Gate {
    fn deploy() -> Self {
        make_artifact_bucket();
        let server = control("health/dns", &json!({}));
        let parameters = [
            ("Architecture", architecture()),
            ("HealthGate", "true"),
            ("HealthGateDemonstrationPipeline", "true"),
            ("HealthGateHealthDnsServer", server["dns_server"].as_str().unwrap()),
        ];
        deploy(&[], ".aws-sam/build/template.yaml", STACK, &parameters);
        let outputs = outputs(STACK);
        let queue = sqs(&["create-queue", "--queue-name", "told"]);
        let queue = queue["QueueUrl"].as_str().unwrap().to_owned();
        let topic = &outputs["HealthGateTopicArn"];
        let arn = "arn:aws:sqs:us-east-1:123456789012:told";
        let raw = ["--attributes", "RawMessageDelivery=true"];
        let subscribe = [
            "sns",
            "subscribe",
            "--topic-arn",
            topic,
            "--protocol",
            "sqs",
            "--notification-endpoint",
            arn,
        ];
        aws(&[&subscribe[..], &raw].concat());
        let config = aws_client::sdk_config();
        Self {
            outputs,
            runtime: Runtime::new().unwrap(),
            codepipeline: aws_sdk_codepipeline::Client::new(&config),
            dynamodb: aws_sdk_dynamodb::Client::new(&config),
            queue,
        }
    }

    /// An output of the stack, by its name without the system's.
    pub(crate) fn output(&self, name: &str) -> &str {
        let found = self.outputs.get(&format!("HealthGate{name}"));
        found.unwrap_or_else(|| panic!("no output {name} in {:?}", self.outputs))
    }

    /// Runs a call to its end.
    pub(crate) fn wait<T>(&self, call: impl Future<Output = T>) -> T {
        self.runtime.block_on(call)
    }

    /// A new pipeline with this gate, and these parameters beside its name and execution.
    pub(crate) fn pipeline(&self, name: &str, parameters: &Value) -> Pipeline<'_> {
        Pipeline::create(self, name, parameters)
    }

    /// What people were told since the last question: subjects are not delivered raw, so the first line of each.
    pub(crate) fn notices(&self) -> Vec<String> {
        let mut told = Vec::new();
        loop {
            let receive = [
                "receive-message",
                "--queue-url",
                &self.queue,
                "--max-number-of-messages",
                "10",
            ];
            let answer = sqs(&receive);
            let Some(messages) = answer["Messages"].as_array() else {
                return told;
            };
            for message in messages {
                told.push(message["Body"].as_str().unwrap().lines().next().unwrap().to_owned());
                let handle = message["ReceiptHandle"].as_str().unwrap();
                sqs(&["delete-message", "--queue-url", &self.queue, "--receipt-handle", handle]);
            }
        }
    }

    /// The items of one kind in the table.
    pub(crate) fn items(&self, kind: &str) -> Vec<BTreeMap<String, String>> {
        let query = self
            .dynamodb
            .query()
            .table_name(self.output("TableName"))
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(kind.to_owned()));
        let items = self.wait(query.into_paginator().items().send().collect::<Result<Vec<_>, _>>());
        let texts = |item: std::collections::HashMap<String, AttributeValue>| {
            let text = |value: AttributeValue| value.as_s().or(value.as_n()).cloned().unwrap_or_default();
            item.into_iter().map(|(name, value)| (name, text(value))).collect()
        };
        items.unwrap().into_iter().map(texts).collect()
    }

    fn empty_table(&self) {
        for kind in ["EVENT", "FORWARDER", "BLOCK", "OVERRIDE"] {
            for item in self.items(kind) {
                let text = |name: &str| AttributeValue::S(item[name].clone());
                let delete = self.dynamodb.delete_item().table_name(self.output("TableName"));
                let delete = delete.key("pk", text("pk")).key("sk", text("sk"));
                self.wait(delete.send()).unwrap();
            }
        }
    }

    /// A person lets a pipeline pass, by the command of the manual.
    pub(crate) fn override_pipeline(&self, pipeline: &str, until: &str) {
        let item = json!({
            "pk": {"S": "OVERRIDE"}, "sk": {"S": pipeline}, "principal": {"S": "ada"},
            "reason": {"S": "not our region"}, "until": {"S": until},
        });
        let table = self.output("TableName");
        aws(&[
            "dynamodb",
            "put-item",
            "--table-name",
            table,
            "--item",
            &item.to_string(),
        ]);
    }

    /// The comparison that the schedule starts.
    pub(crate) fn compare(&self) {
        let name = self.output("CompareScheduleName");
        control("schedules/fire", &json!({"name": name}));
    }

    /// Waits until this many events are recorded as having this status.
    pub(crate) fn recorded(&self, arn: &str, status: &str) {
        until(&format!("{arn} recorded as {status}"), || {
            let items = self.items("EVENT");
            items
                .iter()
                .any(|item| item["arn"] == arn && item["status"] == status)
                .then_some(())
        });
    }
}

/// Opens an incident; its ARN.
pub(crate) fn open(service: &str, region: &str) -> String {
    let opened = control("health/events/open", &json!({"service": service, "region": region}));
    opened["arn"].as_str().unwrap().to_owned()
}

/// Ends it.
pub(crate) fn close(arn: &str) {
    control("health/events/close", &json!({"arn": arn}));
}

/// Lets time pass.
pub(crate) fn pass(seconds: u64) {
    control("clock/advance", &json!({"seconds": seconds}));
}

/// The jobs of a pipeline, in the order in which they were handed out.
pub(crate) fn jobs(pipeline: &str) -> Vec<Value> {
    let jobs = look("codepipeline/jobs");
    let jobs = jobs.as_array().unwrap();
    jobs.iter().filter(|job| job["pipeline"] == pipeline).cloned().collect()
}
