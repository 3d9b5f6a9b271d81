"""A record on its way through a delivery stream, and those that wait for the transformation."""

from __future__ import annotations

import base64
import itertools
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class KinesisPlace:
    """Where in its source stream a record stands."""

    shard_id: str
    partition_key: str
    sequence_number: str


@dataclass(frozen=True, slots=True)
class Record:
    """`data` is base64, as it came; `size` is its bytes before that; `arrived` is a time of the engine's, in UTC."""

    id: str
    data: str
    size: int
    arrived: datetime
    place: KinesisPlace | None = None

    @property
    def arrived_ms(self) -> int:
        return int(self.arrived.timestamp() * 1000)

    def raw(self) -> bytes:
        return base64.b64decode(self.data)


def new_id() -> str:
    """An id like AWS's: a number that no other record has."""
    return f"49{next(_numbers):060d}"


class Incoming:
    """The records that were taken and not yet worked on, in order. Any thread may add; one at a time works."""

    def __init__(self) -> None:
        self.bytes = 0
        self._records: deque[Record] = deque()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._records)

    @property
    def oldest(self) -> datetime | None:
        with self._lock:
            return self._records[0].arrived if self._records else None

    def add(self, records: list[Record]) -> None:
        with self._lock:
            self._records.extend(records)
            self.bytes += sum(record.size for record in records)

    def first(self, most: int) -> list[Record]:
        """The oldest records; they stay until `done`, so that a failure of the engine's loses none."""
        with self._lock:
            return list(itertools.islice(self._records, most))

    def done(self, records: list[Record]) -> None:
        with self._lock:
            for record in records:
                assert self._records.popleft() is record
            self.bytes -= sum(record.size for record in records)
