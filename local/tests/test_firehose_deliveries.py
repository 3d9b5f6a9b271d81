from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from wrasse_local import firehose_deliveries

from .delivery_streams import ROLE, Archive, hints, processing
from .helpers import BOOTSTRAP, eventually, unique

# Puts back a record of more than one word as one record a word, into the stream that the environment names.
SPLITTING = """
import base64
import boto3

def handle(event):
    return {"records": [answered(record) for record in event["records"]]}

def answered(record):
    words = base64.b64decode(record["data"]).decode().split()
    if len(words) == 1:
        data = base64.b64encode((words[0] + " ").encode()).decode()
        return {"recordId": record["recordId"], "result": "Ok", "data": data}
    put([word.encode() for word in words])
    return {"recordId": record["recordId"], "result": "Dropped"}

def put(words):
    name = os.environ["STREAM"]
    if os.environ["KIND"] == "kinesis":
        boto3.client("kinesis").put_records(
            StreamName=name, Records=[{"Data": word, "PartitionKey": "k"} for word in words]
        )
    else:
        boto3.client("firehose").put_record_batch(
            DeliveryStreamName=name, Records=[{"Data": word} for word in words]
        )
"""


def splitting(archive: Archive, kind: str, name: str, handler: str = SPLITTING) -> str:
    variables = {"Variables": {"STREAM": name, "KIND": kind}}
    with_boto3 = BOOTSTRAP.format(handler=handler).replace("#!/usr/bin/env python3", f"#!{sys.executable}")
    return archive.function(bootstrap=with_boto3, Timeout=30, Environment=variables)


def test_flush_delivers_what_is_put_back_into_the_source_too(archive: Archive) -> None:
    source, arn = archive.kinesis()
    stream = archive.stream(source=arn, function=splitting(archive, "kinesis", source))
    archive.put_kinesis(source, "a b c", "d")
    counts = archive.flush(stream)
    assert counts == {"records_read": 5, "ok": 4, "dropped": 1, "failed": 0, "objects": 1, "error_objects": 0}
    assert sorted(archive.text().split()) == ["a", "b", "c", "d"]


def test_a_function_may_put_into_the_stream_that_it_works_for(archive: Archive) -> None:
    stream = archive.stream()
    function = splitting(archive, "firehose", stream)
    archive.aws("firehose").update_destination(
        DeliveryStreamName=stream,
        CurrentDeliveryStreamVersionId="1",
        DestinationId="destinationId-000000000001",
        ExtendedS3DestinationUpdate={"ProcessingConfiguration": processing(LambdaArn=function)},
    )
    archive.put(stream, "a b c", "d")
    assert archive.flush(stream)["ok"] == 4
    assert sorted(archive.text().split()) == ["a", "b", "c", "d"]


def test_flush_of_a_stream_that_is_not_there(archive: Archive) -> None:
    stream = archive.stream()
    refused = archive.aws.post("/firehose/flush", stream="nowhere")
    assert refused["status"] == 404
    assert stream in refused["error"]


def test_flush_without_a_name_is_of_all(archive: Archive) -> None:
    streams = [archive.stream(Prefix="a/"), archive.stream(Prefix="b/")]
    for stream in streams:
        archive.put(stream, "one")
    archive.aws.post("/firehose/flush")
    assert [archive.text("a/"), archive.text("b/")] == ["one", "one"]
    assert archive.aws.post("/firehose/flush")["records_read"] == 0


def test_new_records_wake_the_delivery(archive: Archive) -> None:
    source, arn = archive.kinesis()
    archive.stream(source=arn, BufferingHints=hints(1, 0))
    archive.put_kinesis(source, "one")
    eventually(archive.objects)


def test_a_skipped_wait_wakes_the_delivery(archive: Archive) -> None:
    stream = archive.stream(BufferingHints=hints(1, 900))
    archive.put(stream, "one")
    eventually(lambda: archive.stats(stream)["buffered"] == 1)
    archive.aws.engine.clock.advance(901)
    eventually(archive.objects)


def test_an_account_has_streams_of_its_own(archive: Archive) -> None:
    """The same names in two accounts: source, function, bucket and counts are those of the stream's account."""
    other = archive.aws.of("111122223333")
    name = unique("delivery")
    kinesis, firehose, bucket = other("kinesis"), other("firehose"), unique("archive")
    other("s3").create_bucket(Bucket=bucket)
    kinesis.create_stream(StreamName=name, ShardCount=1)
    arn = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]
    assert arn == f"arn:aws:kinesis:us-east-1:111122223333:stream/{name}"
    destination = {"RoleARN": ROLE, "BucketARN": f"arn:aws:s3:::{bucket}"}
    firehose.create_delivery_stream(
        DeliveryStreamName=name,
        DeliveryStreamType="KinesisStreamAsSource",
        KinesisStreamSourceConfiguration={"KinesisStreamARN": arn, "RoleARN": ROLE},
        ExtendedS3DestinationConfiguration=destination,
    )
    try:
        kinesis.put_record(StreamName=name, PartitionKey="k", Data="one")
        assert archive.flush(name)["ok"] == 1
        assert other.get("/firehose/stats")[f"arn:aws:firehose:us-east-1:111122223333:deliverystream/{name}"]["ok"] == 1
        assert len(other("s3").list_objects_v2(Bucket=bucket)["Contents"]) == 1
    finally:
        firehose.delete_delivery_stream(DeliveryStreamName=name)


STOPPING = """
import sys, threading
from pathlib import Path
from wrasse_local.server import Server
server = Server(Path(sys.argv[1]))
server.start()
server.engine.client("s3").create_bucket(Bucket="archive")
server.engine.client("firehose").create_delivery_stream(
    DeliveryStreamName="d",
    ExtendedS3DestinationConfiguration={"RoleARN": "arn:aws:iam::1:role/role", "BucketARN": "arn:aws:s3:::archive"},
)
worker = next(thread for thread in threading.enumerate() if thread.name == "firehose d")
server.stop()
worker.join(10)
assert not worker.is_alive()
"""


def test_the_work_ends_with_the_engine(tmp_path: Path) -> None:
    here = Path(__file__).parent.parent
    subprocess.run([sys.executable, "-c", STOPPING, tmp_path], cwd=here, check=True, timeout=60)


def test_flush_gives_up_on_a_function_that_puts_back_for_ever(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firehose_deliveries, "MOST_ROUNDS", 20)
    source, arn = archive.kinesis()
    forever = SPLITTING.replace("if len(words) == 1:", "if len(words) == 0:")
    stream = archive.stream(source=arn, function=splitting(archive, "kinesis", source, forever))
    archive.put_kinesis(source, "again")
    refused = archive.aws.post("/firehose/flush", stream=stream)
    assert refused["status"] == 409
    assert "after 20 rounds" in refused["error"]
