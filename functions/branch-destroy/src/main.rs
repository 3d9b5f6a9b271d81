//! The Lambda function's process.

use branch_destroy::{Config, Function};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_edge::start_log();
    lambda_edge::keep_panics_quiet();
    let (sdk_config, time) = aws_client::sdk_config_and_time();
    let function = Function::new(Config::from_env(), &sdk_config, time);
    let answer = async |event: LambdaEvent<Value>| {
        #[expect(clippy::disallowed_methods, reason = "the edge at which an invocation gets its time")]
        let clock = Timestamp::now();
        function.answer(&event.payload, clock).await
    };
    lambda_runtime::run(service_fn(answer)).await
}
