//! How fast the shipped handler is: `throughput FILE SECONDS [THREADS]`, in the `FORMAT` of the environment.

mod measure;

use anyhow::{Context as _, Result};
use log_decoder::{Config, Event, Function, Invocation};
use tokio::time::Instant;

fn main() -> Result<()> {
    measure::run("wrasse", || {
        let function = Function::new(Config::from_env(), &aws_client::sdk_config());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        move |event: &[u8]| {
            let runtime = runtime.as_ref().ok().context("no tokio runtime")?;
            let event: Event = serde_json::from_slice(event)?;
            let invocation = Invocation {
                function: "throughput",
                clock: jiff::Timestamp::UNIX_EPOCH,
                deadline: Instant::now(),
                random: || 0.0,
            };
            let answer = runtime.block_on(function.answer(event, invocation, std::io::sink()))?;
            Ok(answer.as_ref().len())
        }
    })
}
