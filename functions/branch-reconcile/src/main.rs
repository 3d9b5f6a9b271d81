//! The Lambda function's process.

use std::time::Duration;

use branch_reconcile::{Config, Function};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

/// Longer than one call to AWS with all its tries takes: what was begun in time is answered in time.
const RESERVE: Duration = Duration::from_secs(30);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_edge::start_log();
    lambda_edge::keep_panics_quiet();
    let (sdk_config, time) = aws_client::sdk_config_and_time();
    let function = Function::new(Config::from_env(), &sdk_config, time);
    let answer = async |event: LambdaEvent<Value>| {
        #[expect(clippy::disallowed_methods, reason = "the edge at which an invocation gets its time")]
        let clock = Timestamp::now();
        let left = lambda_edge::left(event.context.deadline, clock, RESERVE);
        function.answer(&event.payload, clock, left).await
    };
    lambda_runtime::run(service_fn(answer)).await
}
