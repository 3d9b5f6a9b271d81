"""Firehose PutRecord and PutRecordBatch: what they refuse, and that they take the rest for delivery.

AWS: https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
A record is at most 1,000 KiB before base64, a batch 500 records and 4 MiB; a delivery stream that reads a Kinesis
stream takes no puts; too high a throughput is refused with ServiceUnavailableException, in a batch record by record.
Stock moto has no limits and writes every batch to S3 at once. Throughput is not limited here either; `POST
/firehose/faults` refuses.
"""

from __future__ import annotations

import base64
from typing import Any

from moto.core.responses import ActionResult
from moto.firehose.exceptions import InvalidArgumentException, ResourceNotFoundException, ValidationException
from moto.firehose.models import FirehoseBackend
from moto.firehose.responses import FirehoseResponse

from .clock import Clock
from .engine import Engine
from .firehose_deliveries import Deliveries
from .firehose_records import Record, new_id
from .put_faults import FAIL, PARTIAL, THROTTLE, Faults, internal_failure, refusal

RECORD_LIMIT = 1_000 * 1024
BATCH_RECORDS = 500
BATCH_LIMIT = 4 * 1024 * 1024
UNAVAILABLE = "ServiceUnavailableException"
SLOW_DOWN = "Slow down."
SOURCED = "This operation is not permitted on KinesisStreamAsSource delivery stream type."


def install(engine: Engine, deliveries: Deliveries, faults: Faults) -> None:
    def put_record_batch(backend: Any, delivery_stream_name: str, records: list[dict[str, bytes]]) -> dict[str, Any]:
        return _put(engine.clock, deliveries, _checked(backend, delivery_stream_name, records), records)

    def one(response: Any) -> ActionResult:
        _refuse_call(faults)
        return stock_put_record(response)

    def many(response: Any) -> ActionResult:
        _refuse_call(faults)
        return _in_part(response) if faults.take(PARTIAL) else stock_put_record_batch(response)

    stock_put_record, stock_put_record_batch = FirehoseResponse.put_record, FirehoseResponse.put_record_batch
    FirehoseBackend.put_record_batch = put_record_batch
    FirehoseBackend.put_s3_records = lambda backend, name, version, destination, records: backend.put_record_batch(
        name, records
    )["RequestResponses"]
    FirehoseResponse.put_record, FirehoseResponse.put_record_batch = one, many


def _checked(backend: Any, name: str, records: list[dict[str, bytes]]) -> Any:
    """The delivery stream, when it takes these records."""
    stream = backend.delivery_streams.get(name)
    if stream is None:
        raise ResourceNotFoundException(f"Firehose {name} under account {backend.account_id} not found.")
    if stream.source:
        raise InvalidArgumentException(SOURCED)
    if len(records) > BATCH_RECORDS:
        raise _too_long("records", BATCH_RECORDS)
    for at, record in enumerate(records, 1):
        if len(record["Data"]) > RECORD_LIMIT:
            raise _too_long(f"records.{at}.member.data", RECORD_LIMIT)
    if sum(len(record["Data"]) for record in records) > BATCH_LIMIT:
        raise InvalidArgumentException("Records size exceeds 4 MB limit")
    return stream


def _put(clock: Clock, deliveries: Deliveries, stream: Any, records: list[dict[str, bytes]]) -> dict[str, Any]:
    now = clock.now()
    taken = [Record(new_id(), base64.b64encode(one["Data"]).decode("ascii"), len(one["Data"]), now) for one in records]
    deliveries.take(stream.delivery_stream_arn, taken)
    answers = [{"RecordId": record.id} for record in taken]
    return {"FailedPutCount": 0, "Encrypted": False, "RequestResponses": answers}


def _refuse_call(faults: Faults) -> None:
    if faults.take(THROTTLE):
        raise refusal(503, UNAVAILABLE, SLOW_DOWN)
    if faults.take(FAIL):
        raise internal_failure()


def _in_part(response: Any) -> ActionResult:
    name, records = response._get_param("DeliveryStreamName"), response._get_param("Records")
    backend = response.firehose_backend
    _checked(backend, name, records)
    put = backend.put_record_batch(name, records[1::2])["RequestResponses"]
    refused = {"ErrorCode": UNAVAILABLE, "ErrorMessage": SLOW_DOWN}
    answers = [put[at // 2] if at % 2 else refused for at in range(len(records))]
    return ActionResult({"FailedPutCount": len(records) - len(put), "Encrypted": False, "RequestResponses": answers})


def _too_long(where: str, most: int) -> ValidationException:
    constraint = f"Member must have length less than or equal to {most}"
    return ValidationException(
        f"1 validation error detected: Value at '{where}' failed to satisfy constraint: {constraint}"
    )
