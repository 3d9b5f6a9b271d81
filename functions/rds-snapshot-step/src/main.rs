//! The Lambda function's process.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use rds_snapshot_step::{Config, Function};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_edge::start_log();
    let function = Function::new(Config::from_env(), &aws_client::sdk_config());
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| function.answer(event.payload))).await
}
