"""What a delivery stream is told to do, read from its request and checked as AWS checks it.

Buffers and retries have ranges and defaults:
https://docs.aws.amazon.com/firehose/latest/APIReference/API_BufferingHints.html
https://docs.aws.amazon.com/firehose/latest/APIReference/API_ProcessorParameter.html
https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
Stock moto keeps the request and checks nothing. Here the destination is S3, the source Kinesis or direct puts, the
processor one Lambda function; anything else is not implemented and an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from moto.firehose.exceptions import InvalidArgumentException

from . import firehose_prefixes

MIB = 1024 * 1024
EXTENSIONS = {"UNCOMPRESSED": "", "GZIP": ".gz"}
PARTITIONED_MINIMUM_MIB = 64
DESTINATION = frozenset(
    {
        "BucketARN",
        "BufferingHints",
        "CloudWatchLoggingOptions",
        "CompressionFormat",
        "CustomTimeZone",
        "DynamicPartitioningConfiguration",
        "EncryptionConfiguration",
        "ErrorOutputPrefix",
        "FileExtension",
        "Prefix",
        "ProcessingConfiguration",
        "RoleARN",
        "S3BackupMode",
    }
)


@dataclass(frozen=True)
class Processor:
    """The transformation: which function, what it gets at once (bytes of record data, seconds), and how often again."""

    function_arn: str
    buffer_bytes: int
    buffer_seconds: float
    retries: int


@dataclass(frozen=True)
class Settings:
    """A delivery stream's configuration of one version. Bytes are counted before compression."""

    version: str
    bucket: str
    buffer_bytes: int
    buffer_seconds: float
    gzip: bool
    extension: str
    prefix: str
    error_prefix: str
    partitioned: bool
    kms_key: str | None
    processor: Processor | None
    log: tuple[str, str] | None


def read(stream: Any) -> Settings:
    """The settings of moto's delivery stream. Raises what `CreateDeliveryStream` answers for wrong ones."""
    named = stream.destinations[0]
    if not named.keys() & {"ExtendedS3", "S3"}:
        raise NotImplementedError("the engine delivers to S3 alone")
    given: dict[str, Any] = named.get("ExtendedS3") or named["S3"]
    if unknown := sorted(given.keys() - DESTINATION):
        raise NotImplementedError(f"the engine does not know {unknown[0]} of a delivery stream's destination")
    partitioned = _flag(given.get("DynamicPartitioningConfiguration"))
    _check(given, partitioned)
    hints = given.get("BufferingHints") or {}
    smallest = PARTITIONED_MINIMUM_MIB if partitioned else 1
    compression = given.get("CompressionFormat") or "UNCOMPRESSED"
    logging = given.get("CloudWatchLoggingOptions") or {}
    key = (given.get("EncryptionConfiguration") or {}).get("KMSEncryptionConfig") or {}
    return Settings(
        version=stream.version_id,
        bucket=given["BucketARN"].split(":")[-1],
        buffer_bytes=int(_between(hints, "SizeInMBs", max(5, smallest), smallest, 128) * MIB),
        buffer_seconds=_between(hints, "IntervalInSeconds", 300, int(partitioned), 900),
        gzip=compression == "GZIP",
        extension=given.get("FileExtension") or EXTENSIONS[compression],
        prefix=firehose_prefixes.prefix_of(given.get("Prefix")),
        error_prefix=firehose_prefixes.error_prefix_of(given.get("ErrorOutputPrefix"), given.get("Prefix")),
        partitioned=partitioned,
        kms_key=key.get("AWSKMSKeyARN"),
        processor=_processor(given.get("ProcessingConfiguration") or {}),
        log=(logging["LogGroupName"], logging["LogStreamName"]) if _flag(logging) else None,
    )


def _check(given: dict[str, Any], partitioned: bool) -> None:
    firehose_prefixes.check(given.get("Prefix"), given.get("ErrorOutputPrefix"), partitioned)
    if (given.get("CompressionFormat") or "UNCOMPRESSED") not in EXTENSIONS:
        raise NotImplementedError(f"the engine does not compress as {given['CompressionFormat']}")
    if (given.get("CustomTimeZone") or "UTC") != "UTC":
        raise NotImplementedError("the engine knows no time zone but UTC")
    if given.get("S3BackupMode", "Disabled") != "Disabled":
        raise NotImplementedError("the engine keeps no backup of source records (S3BackupMode)")
    extension = given.get("FileExtension") or "."
    if not extension.startswith("."):
        raise InvalidArgumentException(f"FileExtension must begin with a dot, found {extension}")


def _processor(given: dict[str, Any]) -> Processor | None:
    processors = given.get("Processors") or []
    if not _flag(given) or not processors:
        return None
    if len(processors) > 1 or processors[0]["Type"] != "Lambda":
        kinds = ", ".join(processor["Type"] for processor in processors)
        raise NotImplementedError(f"the engine has one processor, a Lambda function; asked for: {kinds}")
    named = {one["ParameterName"]: one["ParameterValue"] for one in processors[0].get("Parameters", [])}
    known = {"LambdaArn", "BufferSizeInMBs", "BufferIntervalInSeconds", "NumberOfRetries", "RoleArn"}
    if unknown := sorted(named.keys() - known):
        raise InvalidArgumentException(f"{unknown[0]} is no parameter of a Lambda processor")
    if "LambdaArn" not in named:
        raise InvalidArgumentException("LambdaArn must be specified for a Lambda processor")
    return Processor(
        function_arn=named["LambdaArn"],
        buffer_bytes=int(_between(named, "BufferSizeInMBs", 1, 0.2, 3) * MIB),
        buffer_seconds=_between(named, "BufferIntervalInSeconds", 60, 0, 900),
        retries=int(_between(named, "NumberOfRetries", 3, 0, 300)),
    )


def _between(given: dict[str, Any], name: str, default: float, least: float, most: float) -> float:
    value = float(given.get(name, default))
    if not least <= value <= most:
        raise InvalidArgumentException(f"{name} must be between {least} and {most}, found {value:g}")
    return value


def _flag(given: dict[str, Any] | None) -> bool:
    return bool((given or {}).get("Enabled"))
