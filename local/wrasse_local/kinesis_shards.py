"""The order of a Kinesis shard's records, kept under many writers at once.

AWS gives every record of a shard a number greater than the one before, a record is never lost to another that is put at
the same time, and a shard that was split or merged keeps its records until they expire while new ones go to its
children: https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-resharding.html
Stock moto's put is not safe for concurrency and loses records to it, gets slower with every record, moves a resharded
shard's records to its children, and goes on putting into the closed shard. Arrival times here are the engine's clock's.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from moto.core.utils import unix_time
from moto.kinesis.exceptions import InvalidArgumentError
from moto.kinesis.models import Record, Shard, Stream
from moto.utilities.utils import md5_hash

from .clock import Clock
from .engine import Engine

MAXIMUM_HASH = 2**128 - 1
_lock = threading.Lock()
_listeners: dict[str, list[Callable[[], None]]] = {}


def install(engine: Engine) -> None:
    Shard.put_record = lambda shard, key, data, explicit: _put(engine.clock, shard, key, data, explicit)
    Shard.get_records = _get_records
    Shard.get_max_sequence_number = last_number
    Stream.get_shard_for_key = _open_shard
    Stream.put_record = _heard(Stream.put_record)
    Stream.split_shard = _records_stay(Stream.split_shard)
    Stream.merge_shards = _records_stay(Stream.merge_shards)


def listen(arn: str, listener: Callable[[], None]) -> None:
    """Has `listener` called after every put into that stream, by the thread that puts: it must return at once."""
    with _lock:
        _listeners.setdefault(arn, []).append(listener)


def unlisten(arn: str, listener: Callable[[], None]) -> None:
    with _lock:
        _listeners[arn].remove(listener)


def last_number(shard: Any) -> int:
    """The sequence number of the newest record, 0 without one."""
    return next(reversed(shard.records), 0)


def records_after(shard: Any, number: int) -> list[Any]:
    """The records after that sequence number, in order."""
    with _lock:
        return [shard.records[at] for at in range(number + 1, last_number(shard) + 1)]


def _put(clock: Clock, shard: Any, partition_key: str, data: str, explicit_hash_key: str) -> str:
    with _lock:
        number = last_number(shard) + 1
        record = Record(partition_key, data, number, explicit_hash_key)
        record.created_at_datetime = clock.now().replace(tzinfo=None)
        record.created_at = unix_time(record.created_at_datetime)
        shard.records[number] = record
    return str(number)


def _get_records(shard: Any, last_sequence_id: str, limit: int | None) -> tuple[list[Any], int, int]:
    newer = records_after(shard, int(last_sequence_id))
    found = newer[:limit]
    behind = newer[-1].created_at - found[-1].created_at if found else 0.0
    return found, found[-1].sequence_number if found else int(last_sequence_id), int(behind * 1000)


def _open_shard(stream: Any, partition_key: str, explicit_hash_key: str) -> Any:
    if not isinstance(partition_key, str) or not 1 <= len(partition_key) <= 256:
        raise InvalidArgumentError("PartitionKey must have 1 to 256 characters")
    if explicit_hash_key and int(explicit_hash_key) > MAXIMUM_HASH:
        raise InvalidArgumentError("ExplicitHashKey must be less than 2^128")
    key = int(explicit_hash_key or int(md5_hash(partition_key.encode()).hexdigest(), 16))
    return next(s for s in stream.shards.values() if s.is_open and s.starting_hash <= key <= s.ending_hash)


def _heard(original: Any) -> Any:
    def put_record(stream: Any, *args: Any, **kwargs: Any) -> tuple[str, str]:
        put: tuple[str, str] = original(stream, *args, **kwargs)
        for listener in tuple(_listeners.get(stream.arn, ())):
            listener()
        return put

    return put_record


def _records_stay(original: Any) -> Any:
    def reshard(stream: Any, *args: str) -> None:
        with _lock:
            kept = {name: stream.shards[name].records for name in args if name in stream.shards}
            for name in kept:
                stream.shards[name].records = OrderedDict()
            try:
                original(stream, *args)
            finally:
                for name, records in kept.items():
                    stream.shards[name].records = records

    return reshard
