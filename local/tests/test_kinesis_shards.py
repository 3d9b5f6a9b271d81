from __future__ import annotations

import threading

from moto.kinesis.models import Shard

from wrasse_local.engine import Engine
from wrasse_local.kinesis_shards import last_number, records_after

from .delivery_streams import Archive
from .helpers import Account


def read(aws: Account, stream: str, shard: str, kind: str = "TRIM_HORIZON", **start: str) -> list[str]:
    """The data of a shard, read two records at a time."""
    kinesis = aws("kinesis")
    texts: list[str] = []
    at = kinesis.get_shard_iterator(StreamName=stream, ShardId=shard, ShardIteratorType=kind, **start)["ShardIterator"]
    while answer := kinesis.get_records(ShardIterator=at, Limit=2):
        if not answer["Records"]:
            return texts
        texts += [record["Data"].decode() for record in answer["Records"]]
        at = answer["NextShardIterator"]
    return texts


def test_no_record_is_lost_to_another_put_at_the_same_time(engine: Engine) -> None:
    shard = Shard(0, 0, 1)

    def put() -> None:
        for _ in range(400):
            shard.put_record("key", "data", "")

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(shard.records) == last_number(shard) == 3200
    assert [record.sequence_number for record in records_after(shard, 3197)] == [3198, 3199, 3200]


def test_records_are_read_in_their_order_by_anyone(archive: Archive) -> None:
    name, _ = archive.kinesis()
    archive.put_kinesis(name, "1", "2", "3", "4", "5")
    shard = "shardId-000000000000"
    assert read(archive.aws, name, shard) == ["1", "2", "3", "4", "5"]
    after = {"kind": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": "3"}
    assert read(archive.aws, name, shard, **after) == ["4", "5"]


def test_a_resharded_shard_keeps_its_records_and_its_children_get_the_new_ones(archive: Archive) -> None:
    name, _ = archive.kinesis()
    archive.put_kinesis(name, "old")
    archive.aws("kinesis").update_shard_count(StreamName=name, TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    for text in ("a", "b", "c", "d", "e", "f", "g", "h"):
        archive.put_kinesis(name, text)
    shards = [read(archive.aws, name, f"shardId-{number:012d}") for number in range(3)]
    assert shards[0] == ["old"]
    assert sorted(shards[1] + shards[2]) == list("abcdefgh")
    archive.aws("kinesis").merge_shards(
        StreamName=name, ShardToMerge="shardId-000000000001", AdjacentShardToMerge="shardId-000000000002"
    )
    archive.put_kinesis(name, "merged")
    assert read(archive.aws, name, "shardId-000000000003") == ["merged"]
    assert read(archive.aws, name, "shardId-000000000001") == shards[1]


def test_the_last_hash_key_has_a_shard_too(archive: Archive) -> None:
    name, _ = archive.kinesis(2)
    put = archive.aws("kinesis").put_record(
        StreamName=name, PartitionKey="k", Data="x", ExplicitHashKey=str(2**128 - 1)
    )
    assert put["ShardId"] == "shardId-000000000001"


def test_records_arrive_by_the_engine_s_clock(archive: Archive) -> None:
    name, _ = archive.kinesis()
    archive.aws.engine.clock.advance(3600)
    archive.put_kinesis(name, "x")
    kinesis = archive.aws("kinesis")
    at = kinesis.get_shard_iterator(StreamName=name, ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")
    arrived = kinesis.get_records(ShardIterator=at["ShardIterator"])["Records"][0]["ApproximateArrivalTimestamp"]
    assert abs((archive.aws.engine.clock.now() - arrived).total_seconds()) < 60
