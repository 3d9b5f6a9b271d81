"""What the tests of Firehose share: delivery streams with a source and a transformation, deleted at the end."""

from __future__ import annotations

import gzip
import itertools
import json
from typing import Any

from .helpers import Account, unique

ROLE = "arn:aws:iam::123456789012:role/firehose"
_keys = itertools.count()

# Answers in capitals; a record's first word may ask for something else.
TRANSFORMATION = """
import base64

def handle(event):
    return {"records": [answer for record in event["records"] for answer in answers(record)]}

def answers(record):
    text = base64.b64decode(record["data"]).decode()
    word = text.split()[0]
    one = {"recordId": record["recordId"], "result": "Ok", "data": base64.b64encode(text.upper().encode()).decode()}
    if word == "drop":
        return [{"recordId": record["recordId"], "result": "Dropped"}]
    if word == "fail":
        return [{"recordId": record["recordId"], "result": "ProcessingFailed", "data": record["data"]}]
    if word == "missing":
        return []
    if word == "unknown":
        return [{**one, "recordId": "another"}]
    if word == "twice":
        return [one, one]
    if word == "keys":
        return [{**one, "metadata": {"partitionKeys": dict(pair.split("=") for pair in text.split()[1:])}}]
    return [one]
"""


class Archive:
    """Delivery streams and what they have delivered."""

    def __init__(self, aws: Account) -> None:
        self.aws = aws
        self.bucket = unique("archive")
        self._streams: list[str] = []
        aws("s3").create_bucket(Bucket=self.bucket)

    def kinesis(self, shards: int = 1) -> tuple[str, str]:
        """A Kinesis stream: its name and ARN."""
        name = unique("source")
        self.aws("kinesis").create_stream(StreamName=name, ShardCount=shards)
        summary = self.aws("kinesis").describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
        return name, summary["StreamARN"]

    def function(self, handler: str = TRANSFORMATION, **settings: Any) -> str:
        """A transformation's ARN."""
        name = self.aws.function(handler, **settings)
        return str(self.aws("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"])

    def stream(self, source: str | None = None, function: str | None = None, **given: Any) -> str:
        """Makes a delivery stream; `given` are settings of its destination and parameters of its processor."""
        name = unique("delivery")
        parameters = {key: given.pop(key) for key in PARAMETERS if key in given}
        if function is not None:
            given["ProcessingConfiguration"] = processing(LambdaArn=function, **parameters)
        sourced = {"KinesisStreamARN": source, "RoleARN": ROLE}
        self.aws("firehose").create_delivery_stream(
            DeliveryStreamName=name,
            DeliveryStreamType="KinesisStreamAsSource" if source else "DirectPut",
            ExtendedS3DestinationConfiguration=self.destination(**given),
            **({"KinesisStreamSourceConfiguration": sourced} if source else {}),
        )
        self._streams.append(name)
        return name

    def destination(self, **given: Any) -> dict[str, Any]:
        return {"RoleARN": ROLE, "BucketARN": f"arn:aws:s3:::{self.bucket}", **given}

    def put(self, stream: str, *texts: str) -> None:
        self.aws("firehose").put_record_batch(DeliveryStreamName=stream, Records=[{"Data": text} for text in texts])

    def put_kinesis(self, stream: str, *texts: str) -> None:
        records = [{"Data": text, "PartitionKey": f"key-{next(_keys)}"} for text in texts]
        self.aws("kinesis").put_records(StreamName=stream, Records=records)

    def flush(self, stream: str) -> dict[str, int]:
        counts: dict[str, int] = self.aws.post("/firehose/flush", stream=stream)
        return counts

    def stats(self, stream: str) -> dict[str, int]:
        arn = f"arn:aws:firehose:us-east-1:123456789012:deliverystream/{stream}"
        counts: dict[str, int] = self.aws.get("/firehose/stats")[arn]
        return counts

    def objects(self, prefix: str = "") -> dict[str, bytes]:
        """The objects below a prefix, without gzip."""
        listed = self.aws("s3").list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("Contents", [])
        return {one["Key"]: self._read(one["Key"]) for one in listed}

    def text(self, prefix: str = "") -> str:
        return b"".join(self.objects(prefix).values()).decode()

    def errors(self, prefix: str = "errors/") -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text(prefix).splitlines()]

    def delete(self, stream: str) -> None:
        self.aws("firehose").delete_delivery_stream(DeliveryStreamName=stream)
        self._streams.remove(stream)

    def clean_up(self) -> None:
        for stream in list(self._streams):
            self.delete(stream)
        for service in ("kinesis", "firehose"):
            self.aws.post(f"/{service}/faults", kind="clear")

    def _read(self, key: str) -> bytes:
        body: bytes = self.aws("s3").get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


PARAMETERS = ("BufferSizeInMBs", "BufferIntervalInSeconds", "NumberOfRetries")


def processing(**parameters: Any) -> dict[str, Any]:
    named = [{"ParameterName": name, "ParameterValue": str(value)} for name, value in parameters.items()]
    return {"Enabled": True, "Processors": [{"Type": "Lambda", "Parameters": named}]}


def hints(mib: int, seconds: int) -> dict[str, int]:
    return {"SizeInMBs": mib, "IntervalInSeconds": seconds}
