"""Where a delivery stream gets its records from a Kinesis stream, and how far it has read.

AWS reads every shard in order, from what is put after the delivery stream was made (LATEST):
https://docs.aws.amazon.com/firehose/latest/dev/writing-with-kinesis-streams.html
A shard made later by resharding is read from its beginning, after those before it. Stock moto never reads.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

from moto.firehose.exceptions import InvalidArgumentException
from moto.kinesis.models import kinesis_backends

from .firehose_records import KinesisPlace, Record
from .kinesis_puts import base64_length
from .kinesis_shards import last_number, records_after


class Source:
    """Reads a stream that exists: raises InvalidArgumentException when made for one that does not."""

    def __init__(self, arn: str) -> None:
        self.arn = arn
        if self._stream() is None:
            raise InvalidArgumentException(f"Kinesis stream {arn} not found.")
        self._read = {shard_id: last_number(shard) for shard_id, shard in self._shards()}

    def new_records(self) -> list[Record]:
        """What was put since the last time."""
        found = []
        for shard_id, shard in self._shards():
            newer = records_after(shard, self._read.get(shard_id, 0))
            if newer:
                found += [_record(shard_id, one) for one in newer]
                self._read[shard_id] = newer[-1].sequence_number
        return found

    def _stream(self) -> Any:
        _, _, _, region, account, resource = self.arn.split(":")
        return kinesis_backends[account][region].streams.get(resource.removeprefix("stream/"))

    def _shards(self) -> list[tuple[str, Any]]:
        stream = self._stream()
        return [] if stream is None else list(stream.shards.items())


def _record(shard_id: str, one: Any) -> Record:
    shard, number = int(shard_id.rsplit("-", 1)[1]), int(one.sequence_number)
    place = KinesisPlace(shard_id, one.partition_key, str(number))
    arrived = one.created_at_datetime.replace(tzinfo=UTC)
    return Record(f"49{shard:012d}{number:036d}000000", one.data, base64_length(one.data), arrived, place)
