//! Knows how records get into the archive's source, a Kinesis stream or a Firehose stream that takes direct puts: limits,
//! batches, what to try again and how long to wait. Does not know what a record holds.
//!
//! A record counts as put only when AWS's answer says so for this very record. Where no answer came, it may be in the
//! source all the same: putting it again can duplicate it, not putting it again can lose it, so callers put it again.
//! No error text holds anything of a record.

mod arn;
mod backoff;
mod batch;
mod fate;
mod firehose;
mod kinesis;

use std::fmt::Write as _;

use aws_client::CallError;
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

pub use arn::InvalidArn;
pub use backoff::random;
pub use batch::Limits;

use crate::arn::Kind;
use crate::batch::Pending;
use crate::fate::Fate;
use crate::firehose::DeliveryStream;
use crate::kinesis::Stream;

/// How often one record is sent. With [`backoff::pause`] the last try comes some 12 s after the first.
const MAX_TRIES: u32 = 8;

/// Why a record is not known to be in the source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPut {
    /// Larger than the source takes. It was not sent, and never can be.
    #[error("the record has {bytes} bytes and the source takes at most {limit}")]
    TooLarge {
        /// Size of the record.
        bytes: usize,
        /// [`Limits::record_bytes`] of the source.
        limit: usize,
    },
    /// AWS refused it, or still failed after the last try. The text is AWS's code, message and request id.
    #[error("{0}")]
    Failed(String),
    /// The deadline came before it was sent, or before the answer did.
    #[error("the time was up before the source had answered")]
    TimeUp,
}

/// The archive's source. The SDK's client is made by the first put.
pub struct Source(Service);

enum Service {
    Kinesis(Stream),
    Firehose(DeliveryStream),
}

impl Source {
    /// `arn` is that of a Kinesis stream (`arn:aws:kinesis:REGION:ACCOUNT:stream/NAME`) or of a Firehose stream
    /// (`arn:aws:firehose:REGION:ACCOUNT:deliverystream/NAME`) whose source is Direct PUT. Opens no connection.
    ///
    /// # Errors
    /// It is the ARN of neither.
    pub fn from_arn(arn: &str, config: &SdkConfig) -> Result<Self, InvalidArn> {
        let target = arn::parse(arn)?;
        Ok(Self(match target.kind {
            Kind::KinesisStream => Service::Kinesis(Stream::new(arn, &target, config)),
            Kind::DeliveryStream => Service::Firehose(DeliveryStream::new(&target, config)),
        }))
    }

    /// What the source takes.
    #[must_use]
    pub fn limits(&self) -> Limits {
        match &self.0 {
            Service::Kinesis(_) => kinesis::LIMITS,
            Service::Firehose(_) => firehose::LIMITS,
        }
    }

    /// Puts the records, in as few calls as the limits allow, and says of each, in the order given, what became of it.
    ///
    /// What failed for a passing reason is sent again, and only that, after a pause; each record is sent up to 8 times.
    /// From `deadline` on nothing is sent and no answer is waited for. `random` answers with a number from 0 to below 1
    /// ([`random`](fn@random), or a test's own): it spreads the pauses, so that those who were throttled together do not
    /// come back together.
    ///
    /// Kinesis gets [`digest`] as the partition key, so that records spread evenly over shards.
    pub async fn put<R: AsRef<[u8]>>(
        &self,
        records: &[R],
        deadline: Instant,
        mut random: impl FnMut() -> f64,
    ) -> Vec<Result<(), NotPut>> {
        let limits = self.limits();
        let sizes = records.iter().map(|record| record.as_ref().len());
        let (mut pending, mut outcomes) = batch::queue(sizes, limits);
        let mut failed_in_a_row = 0;
        while !pending.is_empty() && Instant::now() < deadline {
            let batch = batch::next(&mut pending, limits);
            let data = batch.iter().map(|entry| records[entry.index].as_ref());
            let answer = tokio::time::timeout_at(deadline, self.call(data)).await;
            let fates = match answer {
                Ok(answer) => fate::of_answer(answer, batch.len()),
                Err(_) => vec![Fate::Again(NotPut::TimeUp); batch.len()],
            };
            let mut throttled = false;
            for (entry, fate) in batch.into_iter().zip(fates) {
                outcomes[entry.index] = match fate {
                    Fate::Put => Ok(()),
                    Fate::Never(reason) => Err(reason),
                    Fate::Again(reason) => {
                        throttled = true;
                        let tries = entry.tries + 1;
                        if tries < MAX_TRIES {
                            pending.push_back(Pending { tries, ..entry });
                        }
                        Err(reason)
                    }
                };
            }
            if !throttled {
                failed_in_a_row = 0;
            } else if !pending.is_empty() {
                let wake = Instant::now() + backoff::pause(failed_in_a_row, random());
                if wake >= deadline {
                    break;
                }
                // No state machine stands behind those who put, to wait for them.
                tokio::time::sleep_until(wake).await;
                failed_in_a_row += 1;
            }
        }
        outcomes
    }

    /// One call. For each record AWS's word, in the same order.
    async fn call<'a>(&self, records: impl Iterator<Item = &'a [u8]>) -> Result<Vec<Result<(), String>>, CallError> {
        match &self.0 {
            Service::Kinesis(stream) => stream.put(records).await,
            Service::Firehose(stream) => stream.put(records).await,
        }
    }
}

/// The SDK's own retries know neither the deadline nor which records failed: one call is one attempt.
fn without_retries(config: &SdkConfig, region: Region) -> SdkConfig {
    let mut builder = config.to_builder();
    builder.set_region(Some(region));
    builder.set_retry_config(Some(RetryConfig::disabled()));
    builder.build()
}

/// SHA-256 of a record as 64 lower-case hex digits: the name by which the same record is known again.
#[must_use]
pub fn digest(record: &[u8]) -> String {
    Sha256::digest(record)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}
