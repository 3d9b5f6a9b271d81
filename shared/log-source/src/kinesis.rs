//! Kinesis Data Streams. The only file that names its SDK.

use aws_client::{CallError, OnDemand};
use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::error::SdkError;
use aws_sdk_kinesis::operation::put_records::PutRecordsError;
use aws_sdk_kinesis::primitives::Blob;
use aws_sdk_kinesis::types::PutRecordsRequestEntry;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::arn::Target;
use crate::batch::Limits;
use crate::{digest, fate};

/// Of the partition key, which Kinesis counts as part of the record.
const KEY_BYTES: usize = 64;

/// A stream may be set to take larger records and calls; these are what every stream takes
/// (<https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html>).
pub(crate) const LIMITS: Limits = Limits {
    record_bytes: 1024 * 1024 - KEY_BYTES,
    overhead_bytes: KEY_BYTES,
    call_records: 500,
    call_bytes: 5 * 1024 * 1024,
};

/// A Kinesis stream.
pub(crate) struct Stream {
    arn: String,
    client: OnDemand<Client>,
}

impl Stream {
    pub(crate) fn new(arn: &str, target: &Target<'_>, config: &SdkConfig) -> Self {
        let region = Region::new(target.region.to_owned());
        Self {
            arn: arn.to_owned(),
            client: OnDemand::new(&crate::without_retries(config, region), Client::new),
        }
    }

    /// `PutRecords` (<https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html>).
    pub(crate) async fn put<'a>(
        &self,
        records: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Vec<Result<(), String>>, CallError> {
        let entries: Result<Vec<_>, _> = records
            .map(|record| {
                PutRecordsRequestEntry::builder()
                    .data(Blob::new(record))
                    .partition_key(digest(record))
                    .build()
            })
            .collect();
        let entries = entries.map_err(SdkError::<PutRecordsError>::construction_failure)?;
        let request = self
            .client
            .put_records()
            .stream_arn(&self.arn)
            .set_records(Some(entries));
        let answer = request.send().await?;
        Ok(answer
            .records()
            .iter()
            .map(|entry| fate::of_entry(entry.sequence_number(), entry.error_code(), entry.error_message()))
            .collect())
    }
}
