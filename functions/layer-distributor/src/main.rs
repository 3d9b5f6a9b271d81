//! The Lambda function's process.

use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use layer_distributor::Function;
use serde_json::Value;
use tokio::time::Instant;

/// Kept of an invocation's time for giving the answer: one call of the SDK with its attempts.
const RESERVE: Duration = Duration::from_secs(25);

/// What an invocation has for its work at most, with the stack's time-out of 300 s, and at least. It has just begun: less or
/// more left is a clock that is wrong, which must neither fail jobs unasked nor take the time for the answer.
const WORK: RangeInclusive<Duration> = Duration::from_secs(10)..=Duration::from_secs(265);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_edge::start_log();
    lambda_edge::keep_panics_quiet();
    let function = Function::new(&aws_client::sdk_config());
    let answer = async |event: LambdaEvent<Value>| {
        #[expect(clippy::disallowed_methods, reason = "the edge at which an invocation gets its time")]
        let clock = Timestamp::now();
        let left = lambda_edge::left(event.context.deadline, clock, RESERVE);
        let deadline = Instant::now() + left.clamp(*WORK.start(), *WORK.end());
        function.answer(&event.payload, deadline).await
    };
    lambda_runtime::run(service_fn(answer)).await
}
