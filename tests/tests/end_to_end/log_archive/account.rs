//! One account of those whose logs are archived, seen through the services that its people use.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_cloudwatchlogs::error::ProvideErrorMetadata;
use aws_sdk_cloudwatchlogs::types::{InputLogEvent, SubscriptionFilter};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::engine::{control, until};

/// The account in which everything is that names no other.
pub(crate) const CENTRAL: &str = "123456789012";
/// `PutLogEvents` takes so many events at once at most:
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>.
const EVENTS_A_PUT: usize = 10_000;

/// The credentials that are an account's to the engine.
pub(crate) fn access_key(account: &str) -> String {
    format!("AKIA{account}WRAS")
}

/// An account's services.
pub(crate) struct Account {
    /// Its id.
    pub(crate) id: String,
    runtime: Runtime,
    /// CloudWatch Logs.
    pub(crate) logs: aws_sdk_cloudwatchlogs::Client,
    /// Step Functions.
    pub(crate) states: aws_sdk_sfn::Client,
    /// Lambda.
    pub(crate) lambda: aws_sdk_lambda::Client,
    /// S3.
    pub(crate) s3: aws_sdk_s3::Client,
    /// Kinesis.
    pub(crate) kinesis: aws_sdk_kinesis::Client,
}

impl Account {
    pub(crate) fn new(id: &str) -> Self {
        let credentials = Credentials::new(access_key(id), "secret", None, None, "tests");
        let config = aws_client::sdk_config()
            .into_builder()
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build();
        let s3 = aws_sdk_s3::config::Builder::from(&config)
            .force_path_style(true)
            .build();
        Self {
            id: id.to_owned(),
            runtime: Runtime::new().unwrap(),
            logs: aws_sdk_cloudwatchlogs::Client::new(&config),
            states: aws_sdk_sfn::Client::new(&config),
            lambda: aws_sdk_lambda::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(s3),
            kinesis: aws_sdk_kinesis::Client::new(&config),
        }
    }

    /// Runs a call to its end.
    pub(crate) fn wait<T>(&self, call: impl Future<Output = T>) -> T {
        self.runtime.block_on(call)
    }

    /// Makes a log group with a stream named `one`.
    pub(crate) fn make_group(&self, name: &str, tags: &[(&str, &str)]) {
        let mut create = self.logs.create_log_group().log_group_name(name);
        for (key, value) in tags {
            create = create.tags(*key, *value);
        }
        self.wait(create.send()).unwrap();
        let stream = self.logs.create_log_stream().log_group_name(name);
        self.wait(stream.log_stream_name("one").send()).unwrap();
    }

    /// Writes messages to the stream `one` of a group, as many as AWS takes at once, a millisecond apart.
    pub(crate) fn write(&self, group: &str, messages: &[String]) {
        for batch in messages.chunks(EVENTS_A_PUT) {
            self.put(group, batch);
        }
    }

    fn put(&self, group: &str, messages: &[String]) {
        let now = i64::try_from(now_milliseconds()).unwrap();
        let events = (now..).zip(messages).map(|(at, message)| {
            let event = InputLogEvent::builder().timestamp(at).message(message);
            event.build().unwrap()
        });
        let put = self.logs.put_log_events().log_group_name(group).log_stream_name("one");
        self.wait(put.set_log_events(Some(events.collect())).send()).unwrap();
    }

    /// The subscription filters of a group. Waits out the 5 calls a second.
    pub(crate) fn filters(&self, group: &str) -> Vec<SubscriptionFilter> {
        let described = until("the filters can be described", || {
            match self.wait(self.logs.describe_subscription_filters().log_group_name(group).send()) {
                Err(error) if error.code() == Some("ThrottlingException") => {
                    control("clock/advance", &json!({"seconds": 1}));
                    None
                }
                other => Some(other.unwrap()),
            }
        });
        described.subscription_filters().to_vec()
    }

    /// Puts a filter of somebody else.
    pub(crate) fn put_filter_of_others(&self, group: &str, name: &str, destination: &str, role: &str) {
        control("clock/advance", &json!({"seconds": 1}));
        let put = self
            .logs
            .put_subscription_filter()
            .log_group_name(group)
            .filter_name(name);
        let put = put.filter_pattern("").destination_arn(destination).role_arn(role);
        self.wait(put.send()).unwrap();
    }

    /// Starts an execution of a state machine; its ARN.
    pub(crate) fn start(&self, machine: &str, input: &Value) -> String {
        let start = self.states.start_execution().state_machine_arn(machine);
        self.wait(start.input(input.to_string()).send()).unwrap().execution_arn
    }

    /// Follows an execution to its end: its status, and its output or error.
    pub(crate) fn finish(&self, execution: &str) -> (String, Value) {
        let ended = until("the execution ends", || {
            let describe = self.states.describe_execution().execution_arn(execution);
            let described = self.wait(describe.send()).unwrap();
            (described.status().as_str() != "RUNNING").then_some(described)
        });
        let output = ended.output().map_or_else(
            || json!({"error": ended.error(), "cause": ended.cause()}),
            |text| serde_json::from_str(text).unwrap(),
        );
        (ended.status().as_str().to_owned(), output)
    }

    /// Runs a state machine to its success; its output.
    pub(crate) fn run(&self, machine: &str, input: &Value) -> Value {
        let (status, output) = self.finish(&self.start(machine, input));
        assert_eq!(status, "SUCCEEDED", "{output}");
        output
    }

    /// Waits until nothing of a state machine runs any more; the executions, newest first.
    pub(crate) fn settled(&self, machine: &str) -> Vec<String> {
        until("all executions end", || {
            let list = self.states.list_executions().state_machine_arn(machine).send();
            let executions = self.wait(list).unwrap().executions;
            let running = executions.iter().any(|e| e.status().as_str() == "RUNNING");
            (!running && !executions.is_empty()).then(|| executions.into_iter().map(|e| e.execution_arn).collect())
        })
    }

    /// Invokes a function and returns its answer, or what it says went wrong.
    pub(crate) fn invoke(&self, function: &str, event: &Value) -> Result<Value, Value> {
        let invoke = self.lambda.invoke().function_name(function);
        let answer = self
            .wait(invoke.payload(event.to_string().into_bytes().into()).send())
            .unwrap();
        let payload = serde_json::from_slice(answer.payload().unwrap().as_ref()).unwrap();
        if answer.function_error().is_some() {
            Err(payload)
        } else {
            Ok(payload)
        }
    }
}

/// The engine's time.
fn now_milliseconds() -> u128 {
    let now = control("clock/advance", &json!({"seconds": 0}));
    let now: jiff::Timestamp = now["now"].as_str().unwrap().parse().unwrap();
    now.as_millisecond().try_into().unwrap()
}
