//! The Lambda function's process.

use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use log_subscriber::{Config, Function, Invocation, Pauses};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_edge::start_log();
    let function = Function::new(Config::from_env(), &aws_client::sdk_config(), Pauses::of_production());
    let answer = async |event: LambdaEvent<Value>| {
        #[expect(clippy::disallowed_methods, reason = "the edge at which an invocation gets its time")]
        let invocation = Invocation::new(Timestamp::now(), event.context.deadline);
        function.answer(event.payload, invocation, std::io::stdout()).await
    };
    lambda_runtime::run(service_fn(answer)).await
}
