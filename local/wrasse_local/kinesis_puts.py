"""Kinesis PutRecord and PutRecords: size limits, and refusals on demand.

AWS: a record is at most 1 MiB with its partition key, PutRecords takes 500 records or 5 MiB; what exceeds a shard's
throughput is refused with ProvisionedThroughputExceededException, in PutRecords record by record:
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
Stock moto has the limits of PutRecords, not that of PutRecord, and never refuses anything. Throughput is not limited
here either; `POST /kinesis/faults` refuses.
"""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.kinesis.responses import KinesisResponse

from .engine import Engine
from .put_faults import FAIL, PARTIAL, PUTS, THROTTLE, Faults, internal_failure, refusal, route

RECORD_LIMIT = 1024 * 1024
THROUGHPUT = "ProvisionedThroughputExceededException"


def install(engine: Engine) -> None:
    faults = route(engine, "kinesis", *PUTS)
    put_record, put_records = KinesisResponse.put_record, KinesisResponse.put_records

    def one(response: Any) -> ActionResult:
        _refuse_call(faults)
        data, key = response._get_param("Data") or "", response._get_param("PartitionKey") or ""
        if base64_length(data) + len(key.encode()) > RECORD_LIMIT:
            constraint = f"Member must have length less than or equal to {RECORD_LIMIT}"
            message = f"1 validation error detected: Value at 'data' failed to satisfy constraint: {constraint}"
            raise JsonRESTError("ValidationException", message)
        return put_record(response)

    def many(response: Any) -> ActionResult:
        _refuse_call(faults)
        return _in_part(response) if faults.take(PARTIAL) else put_records(response)

    KinesisResponse.put_record, KinesisResponse.put_records = one, many


def base64_length(text: str) -> int:
    """How many bytes a padded base64 text stands for."""
    return len(text) // 4 * 3 - text[-2:].count("=")


def _refuse_call(faults: Faults) -> None:
    if faults.take(THROTTLE):
        raise refusal(400, THROUGHPUT, "Rate exceeded for shard in stream (a fault that was asked for).")
    if faults.take(FAIL):
        raise internal_failure()


def _in_part(response: Any) -> ActionResult:
    name, arn = response._get_param("StreamName"), response._get_param("StreamARN")
    records = response._get_param("Records")
    put = response.kinesis_backend.put_records(arn, name, records[1::2])["Records"]
    refused = {"ErrorCode": THROUGHPUT, "ErrorMessage": "Rate exceeded for shard in stream (a fault)."}
    answers = [put[at // 2] if at % 2 else refused for at in range(len(records))]
    return ActionResult({"FailedRecordCount": len(records) - len(put), "Records": answers})
