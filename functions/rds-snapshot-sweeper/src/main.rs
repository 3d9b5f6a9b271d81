//! The Lambda function's process.

use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use rds_snapshot_sweeper::{Config, Function};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_edge::start_log();
    let function = Function::new(Config::from_env(), &aws_client::sdk_config());
    lambda_runtime::run(service_fn(|_: LambdaEvent<Value>| {
        #[expect(clippy::disallowed_methods, reason = "the edge at which an invocation gets its time")]
        let now = Timestamp::now();
        function.answer(now, std::io::stdout())
    }))
    .await
}
