"""Functions with an event source mapping on a Kinesis stream get its records.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html Lambda polls the stream, apart from whoever puts.
Stock moto invokes the function inside the call that puts, a record at a time, also when the mapping is disabled or
deleted; a function whose log is subscribed to that stream would call itself without end.
Here each record is one asynchronous invocation, of enabled mappings alone.
"""

from __future__ import annotations

import json
import logging
import time
from typing import Any

from botocore.exceptions import ClientError
from moto.awslambda.models import LambdaBackend

from .engine import Engine

LOG = logging.getLogger(__name__)


def install(engine: Engine) -> None:
    def send(backend: Any, function_name: str, kinesis_stream: str, **record: str) -> None:
        mappings = backend._event_source_mappings.values()
        if not any(
            m.event_source_arn == kinesis_stream and m.function_arn == function_name and m.enabled for m in mappings
        ):
            return
        client = engine.of(backend.account_id).client("lambda")
        payload = json.dumps({"Records": [_record(kinesis_stream, backend.region_name, **record)]})
        try:
            client.invoke(FunctionName=function_name, InvocationType="Event", Payload=payload)
        except ClientError as error:
            LOG.warning("records of %s for %s: %s", kinesis_stream, function_name, error)

    LambdaBackend.send_kinesis_message = send


def _record(
    stream: str,
    region: str,
    kinesis_partition_key: str,
    kinesis_sequence_number: str,
    kinesis_data: str,
    kinesis_shard_id: str,
) -> dict[str, Any]:
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": kinesis_partition_key,
            "sequenceNumber": kinesis_sequence_number,
            "data": kinesis_data,
            "approximateArrivalTimestamp": round(time.time(), 3),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{kinesis_shard_id}:{kinesis_sequence_number}",
        "eventName": "aws:kinesis:record",
        "awsRegion": region,
        "eventSourceARN": stream,
    }
