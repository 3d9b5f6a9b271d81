from __future__ import annotations

import base64
from typing import Any

import pytest
from moto.firehose.models import firehose_backends

from wrasse_local.clock import Clock
from wrasse_local.firehose_buffers import ACTIVE_PARTITIONS
from wrasse_local.firehose_delivery import DUPLICATE, Delivery
from wrasse_local.firehose_records import Record, new_id
from wrasse_local.put_faults import Faults

from .delivery_streams import TRANSFORMATION, Archive, hints
from .helpers import eventually

BY_KEY: dict[str, Any] = {
    "Prefix": "logs/account=!{partitionKeyFromLambda:a}/!{partitionKeyFromLambda:d}/!{timestamp:yyyy}/",
    "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/",
    "DynamicPartitioningConfiguration": {"Enabled": True},
}


def raw(errors: list[dict[str, Any]]) -> dict[str, str]:
    return {base64.b64decode(error["rawData"]).decode(): error["errorCode"] for error in errors}


def test_every_record_is_delivered_dropped_or_below_the_error_prefix(archive: Archive) -> None:
    source, arn = archive.kinesis()
    stream = archive.stream(
        source=arn, function=archive.function(TRANSFORMATION), Prefix="logs/", ErrorOutputPrefix="errors/"
    )
    archive.put_kinesis(source, "one ", "drop ", "fail ", "missing ", "unknown ", "twice ", "two ")
    counts = archive.flush(stream)
    assert counts == {"records_read": 7, "ok": 2, "dropped": 1, "failed": 4, "objects": 1, "error_objects": 1}
    assert archive.text("logs/") == "ONE TWO "
    assert raw(archive.errors("errors/processing-failed/")) == {
        "fail ": "Lambda.ProcessingFailedStatus",
        "missing ": "Lambda.MissingRecordId",
        "unknown ": "Lambda.MissingRecordId",
        "twice ": "Lambda.DuplicatedRecordId",
    }
    assert archive.stats(stream) == {**counts, "invocations": 1, "duplicated": 0, "waiting": 0, "buffered": 0}


def test_a_batch_is_transformed_when_its_size_or_its_age_is_reached(archive: Archive) -> None:
    function = archive.function(TRANSFORMATION)
    stream = archive.stream(function=function, BufferSizeInMBs=0.2, BufferIntervalInSeconds=600)
    archive.put(stream, "x" * 150_000)
    archive.aws.engine.clock.advance(500)
    assert archive.stats(stream)["invocations"] == 0
    archive.put(stream, "y" * 100_000)
    eventually(lambda: archive.stats(stream)["records_read"] >= 1)
    assert archive.stats(stream)["waiting"] == 1, "the second record begins the next batch"
    archive.aws.engine.clock.advance(601)
    eventually(lambda: archive.stats(stream)["waiting"] == 0)
    assert archive.stats(stream)["ok"] == 2


def test_a_buffer_is_delivered_when_its_size_or_its_age_is_reached(archive: Archive) -> None:
    stream = archive.stream(BufferingHints=hints(1, 300))
    archive.put(stream, "x" * 600_000)
    eventually(lambda: archive.stats(stream)["buffered"] == 1)
    assert archive.objects() == {}
    archive.put(stream, "x" * 600_000)
    eventually(archive.objects)
    assert [len(text) for text in archive.objects().values()] == [1_200_000]
    archive.put(stream, "rest")
    eventually(lambda: archive.stats(stream)["buffered"] == 1)
    archive.aws.engine.clock.advance(301)
    eventually(lambda: len(archive.objects()) == 2)
    assert archive.stats(stream)["objects"] == 2


def test_without_buffering_all_is_delivered_by_itself(archive: Archive) -> None:
    function = archive.function(TRANSFORMATION)
    stream = archive.stream(function=function, BufferIntervalInSeconds=0, BufferingHints=hints(1, 0))
    archive.put(stream, "one")
    eventually(archive.objects)
    assert archive.text() == "ONE"


def test_partitions_have_objects_of_their_own(archive: Archive) -> None:
    stream = archive.stream(function=archive.function(TRANSFORMATION), **BY_KEY)
    archive.put(stream, "keys a=1 d=x ", "keys a=2 d=x ", "keys a=1 d=x ", "keys a=1 d=y ")
    assert archive.flush(stream)["objects"] == 3
    assert archive.text("logs/account=1/x/20") == "KEYS A=1 D=X " * 2
    assert archive.text("logs/account=1/y/20") == "KEYS A=1 D=Y "
    assert archive.text("logs/account=2/x/20") == "KEYS A=2 D=X "


def test_a_record_without_its_keys_is_below_the_error_prefix_as_it_came(archive: Archive) -> None:
    stream = archive.stream(function=archive.function(TRANSFORMATION), **BY_KEY)
    long = f"keys a=1 d={'x' * 500}"
    archive.put(stream, "keys a=1 d=2", "no keys", "keys a=1", "keys a=1 d=", long)
    counts = archive.flush(stream)
    assert (counts["ok"], counts["failed"]) == (1, 4)
    errors = raw(archive.errors("errors/partitioning-failed/"))
    assert set(errors) == {"no keys", "keys a=1", "keys a=1 d=", long}
    assert set(errors.values()) == {"DynamicPartitioning.MetadataExtractionFailed"}


def test_records_of_too_many_partitions_are_below_the_error_prefix(archive: Archive) -> None:
    stream = archive.stream(function=archive.function(TRANSFORMATION), **BY_KEY)
    texts = [f"keys a={number} d=1" for number in range(ACTIVE_PARTITIONS + 3)]
    archive.put(stream, *texts[:500])
    archive.put(stream, *texts[500:], texts[0])
    counts = archive.flush(stream)
    assert (counts["ok"], counts["failed"], counts["objects"]) == (501, 3, 500)
    errors = raw(archive.errors("errors/activePartitionExceeded/"))
    assert errors == dict.fromkeys(texts[500:], "DynamicPartitioning.ActivePartitionLimitExceeded")
    archive.put(stream, texts[500])
    assert archive.flush(stream)["ok"] == 1, "what is delivered is no longer active"


def test_what_s3_does_not_take_is_kept_and_tried_again(archive: Archive) -> None:
    stream = archive.stream(BufferingHints=hints(1, 60))
    archive.aws("s3").delete_bucket(Bucket=archive.bucket)
    archive.put(stream, "one")
    refused = archive.aws.post("/firehose/flush", stream=stream)
    assert refused["status"] == 409
    assert "NoSuchBucket" in refused["error"]
    archive.aws.engine.clock.advance(60)
    archive.aws("s3").create_bucket(Bucket=archive.bucket)
    archive.aws.engine.clock.advance(60)
    eventually(archive.objects)
    assert archive.text() == "one"
    assert archive.stats(stream)["objects"] == 1


def test_s3_is_left_alone_for_a_while_after_it_refused(archive: Archive) -> None:
    name = archive.stream(BufferingHints=hints(1, 60))
    archive.aws("s3").delete_bucket(Bucket=archive.bucket)
    clock = Clock()
    stream = firehose_backends["123456789012"]["us-east-1"].delivery_streams[name]
    delivery = Delivery(clock, Faults(DUPLICATE), stream)
    delivery.take([Record(new_id(), "eA==", 1, clock.now())])
    delivery.work()
    clock.advance(60)
    assert delivery.deliver() is not None
    waiting = delivery.seconds_to_wait()
    assert waiting is not None
    assert 29 < waiting <= 30
    assert delivery.deliver() is None, "not asked"
    clock.advance(30)
    assert delivery.seconds_to_wait() == 0
    assert delivery.deliver() is not None


@pytest.mark.parametrize("sourced", [False, True])
def test_delivery_is_at_least_once(archive: Archive, sourced: bool) -> None:
    source, arn = archive.kinesis()
    stream = archive.stream(source=arn if sourced else None, function=archive.function(TRANSFORMATION))
    archive.aws.post("/firehose/faults", kind="duplicate", count=1)
    archive.put_kinesis(source, "one ") if sourced else archive.put(stream, "one ")
    assert archive.flush(stream)["ok"] == 2
    assert archive.text() == "ONE ONE "
    assert archive.stats(stream)["duplicated"] == 1
