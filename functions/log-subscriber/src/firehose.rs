//! Firehose in this function's words. The only file that names its SDK.

use aws_client::{CallError, OnDemand};
use aws_sdk_firehose::Client;
use aws_sdk_firehose::operation::describe_delivery_stream::DescribeDeliveryStreamError;
use aws_sdk_firehose::types::{
    CloudWatchLoggingOptions, DeliveryStreamDescription, DeliveryStreamType, DestinationDescription,
    ProcessingConfiguration, ProcessorParameterName, S3DestinationDescription,
};
use aws_types::SdkConfig;

use crate::arn::Arn;
use crate::guard::DeliveryStream;

/// Firehose. The SDK's client is made by the first call.
pub(crate) struct Firehose {
    client: OnDemand<Client>,
}

impl Firehose {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: OnDemand::new(config, Client::new),
        }
    }

    /// Names of all delivery streams that read some Kinesis stream, over all pages
    /// (<https://docs.aws.amazon.com/firehose/latest/APIReference/API_ListDeliveryStreams.html>).
    pub(crate) async fn reading_kinesis(&self) -> Result<Vec<String>, CallError> {
        let mut names: Vec<String> = Vec::new();
        loop {
            let request = self
                .client
                .list_delivery_streams()
                .delivery_stream_type(DeliveryStreamType::KinesisStreamAsSource)
                .set_exclusive_start_delivery_stream_name(names.last().cloned());
            let page = request.send().await?;
            let more = page.has_more_delivery_streams && !page.delivery_stream_names.is_empty();
            names.extend(page.delivery_stream_names);
            if !more {
                return Ok(names);
            }
        }
    }

    /// The delivery stream of this name, if there is one.
    pub(crate) async fn delivery_stream(&self, name: &str) -> Result<Option<DeliveryStream>, CallError> {
        let request = self.client.describe_delivery_stream().delivery_stream_name(name);
        match request.send().await {
            Ok(answer) => Ok(answer.delivery_stream_description.map(delivery_stream)),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DescribeDeliveryStreamError::is_resource_not_found_exception) =>
            {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn delivery_stream(found: DeliveryStreamDescription) -> DeliveryStream {
    let source = found.source.and_then(|source| source.kinesis_stream_source_description);
    let mut stream = DeliveryStream {
        source: source.and_then(|source| source.kinesis_stream_arn),
        ..DeliveryStream::default()
    };
    for destination in found.destinations {
        stream.add(destination);
    }
    stream
}

impl DeliveryStream {
    /// AWS describes an S3 destination twice, in short and extended.
    fn add(&mut self, destination: DestinationDescription) {
        if let Some(bucket) = destination.s3_destination_description {
            self.add_bucket(bucket);
        }
        if let Some(to) = destination.extended_s3_destination_description {
            self.add_parts(
                to.processing_configuration,
                to.cloud_watch_logging_options,
                to.s3_backup_description,
            );
            self.buckets.extend(bucket_name(&to.bucket_arn));
        }
        if let Some(to) = destination.redshift_destination_description {
            self.add_parts(
                to.processing_configuration,
                to.cloud_watch_logging_options,
                to.s3_destination_description,
            );
            self.add_parts(None, None, to.s3_backup_description);
        }
        if let Some(to) = destination.elasticsearch_destination_description {
            self.add_parts(
                to.processing_configuration,
                to.cloud_watch_logging_options,
                to.s3_destination_description,
            );
        }
        if let Some(to) = destination.amazonopensearchservice_destination_description {
            self.add_parts(
                to.processing_configuration,
                to.cloud_watch_logging_options,
                to.s3_destination_description,
            );
        }
        if let Some(to) = destination.amazon_open_search_serverless_destination_description {
            self.add_parts(
                to.processing_configuration,
                to.cloud_watch_logging_options,
                to.s3_destination_description,
            );
        }
        if let Some(to) = destination.splunk_destination_description {
            self.add_parts(
                to.processing_configuration,
                to.cloud_watch_logging_options,
                to.s3_destination_description,
            );
        }
        if let Some(to) = destination.http_endpoint_destination_description {
            self.add_parts(
                to.processing_configuration,
                to.cloud_watch_logging_options,
                to.s3_destination_description,
            );
        }
        if let Some(to) = destination.snowflake_destination_description {
            self.add_parts(
                to.processing_configuration,
                to.cloud_watch_logging_options,
                to.s3_destination_description,
            );
        }
        if let Some(to) = destination.iceberg_destination_description {
            self.add_parts(
                to.processing_configuration,
                to.cloud_watch_logging_options,
                to.s3_destination_description,
            );
        }
    }

    fn add_parts(
        &mut self,
        processing: Option<ProcessingConfiguration>,
        logging: Option<CloudWatchLoggingOptions>,
        bucket: Option<S3DestinationDescription>,
    ) {
        let processors = processing
            .and_then(|processing| processing.processors)
            .unwrap_or_default();
        let parameters = processors
            .into_iter()
            .flat_map(|processor| processor.parameters.unwrap_or_default());
        let functions = parameters.filter(|parameter| parameter.parameter_name == ProcessorParameterName::LambdaArn);
        self.transforms
            .extend(functions.map(|parameter| parameter.parameter_value));
        self.error_groups
            .extend(logging.and_then(|logging| logging.log_group_name));
        if let Some(bucket) = bucket {
            self.add_bucket(bucket);
        }
    }

    fn add_bucket(&mut self, bucket: S3DestinationDescription) {
        self.buckets.extend(bucket_name(&bucket.bucket_arn));
        let logging = bucket.cloud_watch_logging_options;
        self.error_groups
            .extend(logging.and_then(|logging| logging.log_group_name));
    }
}

fn bucket_name(arn: &str) -> Option<String> {
    Arn::parse(arn).map(|arn| arn.resource.to_owned())
}
