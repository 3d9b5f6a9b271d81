"""Records that a delivery stream could not process, as lines of the objects below its error prefix.

AWS: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html
One JSON object a line, numbers as numbers, times in Unix milliseconds; `rawData` is the record as it came from the
source, before any transformation. Codes and output types of dynamic partitioning:
https://docs.aws.amazon.com/firehose/latest/dev/buffering.html (`activePartitionExceeded`), the rest is observed.
Stock moto fails nothing.
"""

from __future__ import annotations

import json
from datetime import datetime

from .firehose_records import Record
from .firehose_transform import MESSAGES

PROCESSING = "processing-failed"
PARTITIONING = "partitioning-failed"
TOO_MANY_PARTITIONS = "activePartitionExceeded"

NO_KEYS = "DynamicPartitioning.MetadataExtractionFailed"
LIMIT = "DynamicPartitioning.ActivePartitionLimitExceeded"
_MESSAGES = {
    **MESSAGES,
    NO_KEYS: "The record has no value for a partition key of the prefix, or they make it longer than 512 characters.",
    LIMIT: "The delivery stream has as many active partitions as it may have.",
}
_TYPES = {NO_KEYS: PARTITIONING, LIMIT: TOO_MANY_PARTITIONS}


def output_type(code: str) -> str:
    """What `!{firehose:error-output-type}` stands for, by the error's code."""
    return _TYPES.get(code, PROCESSING)


def message(code: str) -> str:
    return _MESSAGES[code]


def line(record: Record, code: str, attempts: int, ended: datetime, function_arn: str | None) -> bytes:
    function = {"lambdaArn": function_arn} if function_arn else {}
    shown = {
        "attemptsMade": attempts,
        "arrivalTimestamp": record.arrived_ms,
        "errorCode": code,
        "errorMessage": message(code),
        "attemptEndingTimestamp": int(ended.timestamp() * 1000),
        "rawData": record.data,
        **function,
    }
    return json.dumps(shown, separators=(",", ":")).encode() + b"\n"
