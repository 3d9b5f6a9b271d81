//! Firehose. The only file that names its SDK.

use aws_client::{CallError, OnDemand};
use aws_sdk_firehose::Client;
use aws_sdk_firehose::error::SdkError;
use aws_sdk_firehose::operation::put_record_batch::PutRecordBatchError;
use aws_sdk_firehose::primitives::Blob;
use aws_sdk_firehose::types::Record;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::arn::Target;
use crate::batch::Limits;
use crate::fate;

/// <https://docs.aws.amazon.com/firehose/latest/dev/limits.html>
pub(crate) const LIMITS: Limits = Limits {
    record_bytes: 1000 * 1024,
    overhead_bytes: 0,
    call_records: 500,
    call_bytes: 4 * 1024 * 1024,
};

/// A Firehose stream that takes direct puts.
pub(crate) struct DeliveryStream {
    name: String,
    client: OnDemand<Client>,
}

impl DeliveryStream {
    pub(crate) fn new(target: &Target<'_>, config: &SdkConfig) -> Self {
        let region = Region::new(target.region.to_owned());
        Self {
            name: target.name.to_owned(),
            client: OnDemand::new(&crate::without_retries(config, region), Client::new),
        }
    }

    /// `PutRecordBatch` (<https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html>).
    pub(crate) async fn put<'a>(
        &self,
        records: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Vec<Result<(), String>>, CallError> {
        let records: Result<Vec<_>, _> = records
            .map(|record| Record::builder().data(Blob::new(record)).build())
            .collect();
        let records = records.map_err(SdkError::<PutRecordBatchError>::construction_failure)?;
        let request = self.client.put_record_batch().delivery_stream_name(&self.name);
        let answer = request.set_records(Some(records)).send().await?;
        Ok(answer
            .request_responses()
            .iter()
            .map(|entry| fate::of_entry(entry.record_id(), entry.error_code(), entry.error_message()))
            .collect())
    }
}
