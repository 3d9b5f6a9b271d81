//! The Lambda function's process.

use job_answerer::Function;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_edge::start_log();
    lambda_edge::keep_panics_quiet();
    let function = Function::new(&aws_client::sdk_config());
    let answer = async |event: LambdaEvent<Value>| function.answer(&event.payload).await;
    lambda_runtime::run(service_fn(answer)).await
}
