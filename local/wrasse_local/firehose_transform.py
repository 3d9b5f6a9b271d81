"""The transformation of a delivery stream's records: what its Lambda function is given, and what its answer means.

AWS: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
- a batch is as large as the buffering hint says, its request at most 6 MiB;
- every record is answered by its id with `Ok` and new data, `Dropped`, or `ProcessingFailed`:
  https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html
- an id that is missing or comes twice is a failure of that record; an id that was not asked about is ignored.
Stock moto has no transformation.
"""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .firehose_records import Record
from .lambda_invocation import EVENT_LIMIT

OK, DROPPED, FAILED = "Ok", "Dropped", "ProcessingFailed"
MOST_RECORDS = 10_000

FUNCTION_ERROR = "Lambda.FunctionError"
NO_FUNCTION = "Lambda.ResourceNotFound"
PARSING = "Lambda.JsonProcessingException"
MISSING = "Lambda.MissingRecordId"
DUPLICATED = "Lambda.DuplicatedRecordId"
PROCESSING_FAILED = "Lambda.ProcessingFailedStatus"
MESSAGES = {
    FUNCTION_ERROR: "The Lambda function was successfully invoked but it returned an error result.",
    NO_FUNCTION: "The specified Lambda function does not exist. Use a different function that does exist.",
    PARSING: "There was an error parsing returned records from the Lambda function. Ensure that the returned records "
    "follow the status model required by Amazon Data Firehose.",
    MISSING: "One or more record Ids were not returned. Ensure that the Lambda function returns all received record "
    "Ids.",
    DUPLICATED: "Multiple records were returned with the same record Id. Ensure that the Lambda function returns a "
    "unique record Id for each record.",
    PROCESSING_FAILED: "ProcessingFailed status set for record",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a record: `data` and partition keys when it is `Ok`, the error's code when it failed."""

    result: str
    data: bytes = b""
    keys: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""


@dataclass(frozen=True)
class Request:
    """The events of one delivery stream."""

    stream_arn: str
    source_arn: str | None

    def head(self) -> str:
        """An event's beginning, with an invocation id of its own."""
        source = f'"sourceKinesisStreamArn":{json.dumps(self.source_arn)},' if self.source_arn else ""
        return (
            f'{{"invocationId":"{uuid.uuid4()}",{source}"deliveryStreamArn":{json.dumps(self.stream_arn)},'
            f'"region":"{self.stream_arn.split(":")[3]}","records":['
        )

    def event(self, records: Sequence[Record]) -> bytes:
        return f"{self.head()}{','.join(map(_shown, records))}]}}".encode()

    def batch(self, waiting: Sequence[Record], most_bytes: int) -> list[Record]:
        """The records at the front that make one invocation: at least one."""
        room, payload, size = EVENT_LIMIT - len(self.head()) - 2, 0, 0
        for count, record in enumerate(waiting):
            payload += len(_shown(record)) + 1
            size += record.size
            if count and (payload > room or size > most_bytes):
                return list(waiting[:count])
        return list(waiting)


def verdicts(records: Sequence[Record], answer: bytes) -> list[Verdict]:
    """One verdict a record, in their order."""
    try:
        returned = json.loads(answer)["records"]
        times = Counter(one["recordId"] for one in returned)
    except (ValueError, TypeError, KeyError):
        return failed(records, PARSING)
    by_id = {one["recordId"]: one for one in returned}
    return [_verdict(by_id.get(record.id), times[record.id]) for record in records]


def failed(records: Sequence[Record], code: str) -> list[Verdict]:
    return [Verdict(FAILED, code=code)] * len(records)


def _verdict(one: dict[str, Any] | None, times: int) -> Verdict:
    if one is None:
        return Verdict(FAILED, code=MISSING)
    if times > 1:
        return Verdict(FAILED, code=DUPLICATED)
    if one.get("result") == DROPPED:
        return Verdict(DROPPED)
    if one.get("result") == FAILED:
        return Verdict(FAILED, code=PROCESSING_FAILED)
    try:
        data = base64.b64decode(one["data"], validate=True)
        keys = (one.get("metadata") or {}).get("partitionKeys") or {}
    except (KeyError, TypeError, AttributeError, binascii.Error):
        return Verdict(FAILED, code=PARSING)
    well_formed = one.get("result") == OK and isinstance(keys, dict)
    return Verdict(OK, data, keys) if well_formed else Verdict(FAILED, code=PARSING)


def _shown(record: Record) -> str:
    place, metadata = record.place, ""
    if place is not None:
        metadata = (
            f',"kinesisRecordMetadata":{{"sequenceNumber":"{place.sequence_number}","subsequenceNumber":0,'
            f'"partitionKey":{json.dumps(place.partition_key)},"shardId":"{place.shard_id}",'
            f'"approximateArrivalTimestamp":{record.arrived_ms}}}'
        )
    head = f'"recordId":"{record.id}","approximateArrivalTimestamp":{record.arrived_ms}'
    return f'{{{head},"data":"{record.data}"{metadata}}}'
