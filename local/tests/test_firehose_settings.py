from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from .delivery_streams import Archive, hints, processing

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
PARTITIONED = {
    "Prefix": "!{partitionKeyFromLambda:a}/",
    "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/",
    "DynamicPartitioningConfiguration": {"Enabled": True},
}


@pytest.mark.parametrize(
    "given",
    [
        {"BufferingHints": hints(129, 60)},
        {"BufferingHints": hints(5, 901)},
        {"BufferingHints": hints(63, 60), **PARTITIONED},
        {"BufferingHints": hints(64, 0), **PARTITIONED},
        {"Prefix": "!{timestamp:yyyy}/"},
        {"FileExtension": "json"},
        {"ProcessingConfiguration": processing()},
        {"ProcessingConfiguration": processing(LambdaArn=FUNCTION, BufferSizeInMBs=0.1)},
        {"ProcessingConfiguration": processing(LambdaArn=FUNCTION, BufferSizeInMBs=3.1)},
        {"ProcessingConfiguration": processing(LambdaArn=FUNCTION, BufferIntervalInSeconds=901)},
        {"ProcessingConfiguration": processing(LambdaArn=FUNCTION, NumberOfRetries=301)},
        {"ProcessingConfiguration": processing(LambdaArn=FUNCTION, Delimiter="x")},
    ],
)
def test_what_aws_refuses_is_refused_and_not_made(archive: Archive, given: dict[str, Any]) -> None:
    before = archive.aws("firehose").list_delivery_streams(Limit=10000)["DeliveryStreamNames"]
    with pytest.raises(ClientError, match="InvalidArgumentException"):
        archive.stream(**given)
    assert archive.aws("firehose").list_delivery_streams(Limit=10000)["DeliveryStreamNames"] == before


@pytest.mark.parametrize(
    "given",
    [
        {"CompressionFormat": "ZIP"},
        {"CustomTimeZone": "Asia/Tokyo"},
        {"S3BackupMode": "Enabled"},
        {"DataFormatConversionConfiguration": {"Enabled": True}},
        {"ProcessingConfiguration": {"Enabled": True, "Processors": [{"Type": "MetadataExtraction"}]}},
    ],
)
def test_what_the_engine_lacks_is_refused_by_name(archive: Archive, given: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="NotImplementedByTheEmbeddedEngine"):
        archive.stream(**given)


@pytest.mark.parametrize(
    "given",
    [
        {"BufferingHints": hints(1, 0), "CompressionFormat": "GZIP", "FileExtension": ".json.gz"},
        {"BufferingHints": hints(128, 900), "CustomTimeZone": "UTC"},
        {"ProcessingConfiguration": {"Enabled": False}},
        {"BufferingHints": hints(64, 60), **PARTITIONED},
        PARTITIONED,
    ],
)
def test_what_is_fine_is_described_as_it_was_given(archive: Archive, given: dict[str, Any]) -> None:
    name = archive.stream(**given)
    found = archive.aws("firehose").describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"]
    described = found["Destinations"][0]["ExtendedS3DestinationDescription"]
    assert {key: described[key] for key in given} == given
