"""What a delivery stream holds for its bucket until the buffering hints say that it is time.

AWS delivers a buffer when its size or its age is reached, whichever is first:
https://docs.aws.amazon.com/firehose/latest/dev/buffering-hints.html
With dynamic partitioning every set of keys has a buffer of its own, 500 at once:
https://docs.aws.amazon.com/firehose/latest/dev/buffering.html
Failed records have one for each error type. Stock moto writes an object for every put.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

ACTIVE_PARTITIONS = 500


@dataclass(frozen=True)
class Target:
    """Which objects a record belongs to: those of failed records have an error type, partitions have keys."""

    error_type: str = ""
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(eq=False)
class Buffer:
    """Parts of one object. `since` is when the first was added, `oldest` when the oldest record arrived."""

    target: Target
    since: datetime
    oldest: datetime
    parts: list[bytes] = field(default_factory=list)
    size: int = 0


class Buffers:
    """`held` counts the records in all buffers."""

    def __init__(self) -> None:
        self._open: dict[Target, Buffer] = {}
        self._full: list[Buffer] = []
        self.held = 0

    def has_room(self, target: Target) -> bool:
        """Whether the partition is active or may become it."""
        if target in self._open:
            return True
        return sum(1 for other in self._open if other.keys) < ACTIVE_PARTITIONS

    def add(self, target: Target, part: bytes, arrived: datetime, now: datetime, most_bytes: int) -> None:
        """Adds a record's data; a buffer that reaches `most_bytes` is full, and the next begins another."""
        buffer = self._open.get(target)
        if buffer is None:
            buffer = self._open[target] = Buffer(target, now, arrived)
        buffer.parts.append(part)
        self.held += 1
        buffer.size += len(part)
        buffer.oldest = min(buffer.oldest, arrived)
        if buffer.size >= most_bytes:
            self._full.append(self._open.pop(target))

    def due(self, now: datetime, seconds: float) -> list[Buffer]:
        """The full buffers, and those that are as old as the hint says. They are held until `delivered`."""
        return [*self._full, *(one for one in self._open.values() if one.since + timedelta(seconds=seconds) <= now)]

    def next_due(self, seconds: float) -> datetime | None:
        """When the next buffer is due by its age; full ones do not count."""
        return min((one.since + timedelta(seconds=seconds) for one in self._open.values()), default=None)

    def delivered(self, buffer: Buffer) -> None:
        self.held -= len(buffer.parts)
        if self._open.get(buffer.target) is buffer:
            del self._open[buffer.target]
        else:
            self._full.remove(buffer)
