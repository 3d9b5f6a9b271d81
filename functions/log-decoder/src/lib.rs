#![doc = include_str!("../README.md")]

mod answer;
mod batch;
mod budget;
mod config;
mod decoder;
mod error;
mod event;
mod gzip;
mod invocation;
mod json;
pub mod message;
mod partition;
mod reingest;
mod runtime;
mod tally;

use std::io::Write;
use std::sync::Mutex;

use aws_types::SdkConfig;
use lambda_edge::ConfigError;
use log_source::Source;

pub use answer::Answer;
pub use config::{Config, Output, PartitionBy};
pub use error::DecoderError;
pub use event::Event;
pub use invocation::Invocation;
pub use runtime::run;

use crate::batch::Batch;
use crate::decoder::Decoder;

/// The function: its configuration, its client and its memory.
pub struct Function {
    work: Result<Work, ConfigError>,
}

struct Work {
    config: Config,
    source: Source,
    /// Of the last invocation. While one has it, another makes its own.
    decoder: Mutex<Option<Decoder>>,
}

impl Function {
    /// A bad configuration is kept and reported by every invocation, in words. Ending the process instead would make
    /// Lambda start it again and again.
    #[must_use]
    pub fn new(config: Result<Config, ConfigError>, sdk_config: &SdkConfig) -> Self {
        Self {
            work: config.and_then(|config| Work::new(config, sdk_config)),
        }
    }

    /// Answers a batch, and writes the metrics to `metrics`.
    pub async fn answer(
        &self,
        event: Event,
        invocation: Invocation<'_, impl FnMut() -> f64>,
        mut metrics: impl Write,
    ) -> Result<Answer, DecoderError> {
        let work = self.work.as_ref().map_err(Clone::clone)?;
        let mut decoder = work.take_decoder();
        let mut batch = Batch::decode(&event, &mut decoder);
        let returns = batch.returns(&mut decoder, work.source.limits().record_bytes);
        let put = returns.put(&work.source, invocation.deadline, invocation.random).await;
        let (answer, tally) = batch.finish(&mut decoder, &put);
        work.keep_decoder(decoder);
        tally.log(returns.len(), put.reason.as_deref());
        // Standard output is the only way to CloudWatch: there is nobody to tell that it is closed.
        let _ = writeln!(metrics, "{}", tally.metrics(invocation.function, invocation.clock));
        Ok(answer)
    }
}

impl Work {
    fn new(config: Config, sdk_config: &SdkConfig) -> Result<Self, ConfigError> {
        let source = Source::from_arn(&config.source_arn, sdk_config).map_err(|error| ConfigError {
            problems: vec![format!("SOURCE_ARN: {error}")],
        })?;
        Ok(Self {
            config,
            source,
            decoder: Mutex::new(None),
        })
    }

    fn take_decoder(&self) -> Decoder {
        let kept = self.decoder.lock().ok().and_then(|mut kept| kept.take());
        kept.unwrap_or_else(|| Decoder::new(self.config.output, self.config.partition_by))
    }

    fn keep_decoder(&self, decoder: Decoder) {
        if let Ok(mut kept) = self.decoder.lock() {
            *kept = Some(decoder);
        }
    }
}
