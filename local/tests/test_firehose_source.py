from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from .delivery_streams import Archive


def test_records_are_read_from_the_moment_when_the_delivery_stream_was_made(archive: Archive) -> None:
    source, arn = archive.kinesis()
    archive.put_kinesis(source, "before ")
    stream = archive.stream(source=arn)
    archive.put_kinesis(source, "after ", "that ")
    assert archive.flush(stream)["ok"] == 2
    assert archive.text() == "after that "


def test_each_record_is_read_once_and_in_the_order_of_its_shard(archive: Archive) -> None:
    source, arn = archive.kinesis()
    stream = archive.stream(source=arn)
    for number in range(20):
        archive.put_kinesis(source, f"{number} ")
        archive.flush(stream)
    words = "".join(text.decode() for _, text in sorted(archive.objects().items())).split()
    assert sorted(words, key=int) == [str(number) for number in range(20)]
    archive.put_kinesis(source, *(f"{number} " for number in range(20, 400)))
    archive.flush(stream)
    (later,) = (text for text in archive.objects().values() if text.startswith(b"20 "))
    assert later.decode().split() == [str(number) for number in range(20, 400)]


def test_two_delivery_streams_each_get_all(archive: Archive) -> None:
    source, arn = archive.kinesis(3)
    streams = [archive.stream(source=arn, Prefix="a/"), archive.stream(source=arn, Prefix="b/")]
    archive.put_kinesis(source, *(f"{number} " for number in range(50)))
    assert [archive.flush(stream)["ok"] for stream in streams] == [50, 50]
    for prefix in ("a/", "b/"):
        assert sorted(archive.text(prefix).split(), key=int) == [str(number) for number in range(50)]


def test_the_shards_that_resharding_makes_are_read_too(archive: Archive) -> None:
    source, arn = archive.kinesis()
    archive.put_kinesis(source, "before ")
    stream = archive.stream(source=arn)
    archive.put_kinesis(source, "old ")
    archive.aws("kinesis").update_shard_count(StreamName=source, TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    archive.put_kinesis(source, *(f"{number} " for number in range(20)))
    archive.flush(stream)
    assert sorted(archive.text().split()) == sorted(["old", *map(str, range(20))])


def test_a_source_that_is_not_there_is_refused(archive: Archive) -> None:
    with pytest.raises(ClientError, match=r"InvalidArgumentException.*stream/nowhere not found"):
        archive.stream(source="arn:aws:kinesis:us-east-1:123456789012:stream/nowhere")


def test_a_deleted_source_is_no_more_to_read(archive: Archive) -> None:
    source, arn = archive.kinesis()
    stream = archive.stream(source=arn)
    archive.aws("kinesis").delete_stream(StreamName=source)
    assert archive.flush(stream)["ok"] == 0
