//! Wiring only.

use std::io::{self, Write as _};
use std::panic::PanicHookInfo;
use std::process::ExitCode;

use rds_sanitizer::command::{self, Command};
use rds_sanitizer::config::Config;
use tokio::signal::unix::{SignalKind, signal};
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

/// The run failed; its report says why.
const FAILED: u8 = 1;
/// Arguments or environment are not right.
const BAD_CONFIGURATION: u8 = 2;

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match Command::parse(&arguments) {
        Command::Run => run(),
        Command::Help => say(&command::help()),
        Command::Version => say(command::version()),
        Command::Unknown(argument) => {
            writeln!(
                io::stderr(),
                "rds-sanitizer: unknown argument {argument}; try rds-sanitizer --help"
            )?;
            Ok(ExitCode::from(BAD_CONFIGURATION))
        }
    }
}

fn say(text: &str) -> anyhow::Result<ExitCode> {
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn run() -> anyhow::Result<ExitCode> {
    log_our_own_lines_only();
    std::panic::set_hook(Box::new(log_place_of_panic));
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(error) => {
            tracing::error!("{error}");
            return Ok(ExitCode::from(BAD_CONFIGURATION));
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let told_to_stop = async move {
            terminate.recv().await;
        };
        #[expect(clippy::disallowed_methods, reason = "the edge where the clock comes in")]
        let now = jiff::Timestamp::now;
        anyhow::Ok(rds_sanitizer::run(&config, &aws_client::sdk_config(), now, told_to_stop).await)
    })?;
    // A resolver's thread that still waits for an answer shall not hold the exit up.
    runtime.shutdown_background();
    match result {
        Ok(()) => {
            tracing::info!(run = config.run, "every verification passed");
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            tracing::error!(run = config.run, problem = error.code(), "{}", error.full_message());
            Ok(ExitCode::from(FAILED))
        }
    }
}

/// One JSON object a line. Libraries are left out: the database driver logs SQL.
fn log_our_own_lines_only() {
    tracing_subscriber::registry()
        .with(
            tracing_subscriber::fmt::layer()
                .json()
                .flatten_event(true)
                .with_target(false),
        )
        .with(Targets::new().with_target("rds_sanitizer", Level::INFO))
        .init();
}

/// A panic's message may hold data; its place does not.
fn log_place_of_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    tracing::error!(place, "a defect: please report its place");
}
