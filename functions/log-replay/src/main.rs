//! The Lambda function's process.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use log_replay::{Config, Function, Invocation};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_edge::start_log();
    let function = Function::new(Config::from_env(), &aws_client::sdk_config());
    let answer = async |event: LambdaEvent<Value>| {
        let invocation = Invocation::of(&event.context);
        function.answer(&event.payload, &invocation, std::io::stdout()).await
    };
    lambda_runtime::run(service_fn(answer)).await
}
