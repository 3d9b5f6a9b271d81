//! The Lambda function's process.

use lambda_runtime::Error;
use log_decoder::{Config, Function};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_edge::start_log();
    lambda_edge::keep_panics_quiet();
    log_decoder::run(Function::new(Config::from_env(), &aws_client::sdk_config())).await
}
