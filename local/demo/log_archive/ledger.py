"""What was written, event by event, so that what is found again can be counted and compared.

An event's label is its group's number and its own in that group: `ev-07-000123`.
"""

from __future__ import annotations

import re
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterator

LABEL = re.compile(rb"ev-(\d\d)-(\d{6})")

Event = tuple[int, int]
"""The number of a group, and that of an event in it."""


class Ledger:
    """A checksum of each event's line as the archive should hold it."""

    def __init__(self) -> None:
        self._checksums: dict[int, array[int]] = defaultdict(lambda: array("L"))
        self.bytes = 0

    def labels(self, group: int, count: int) -> Iterator[str]:
        """The labels of the group's next events. Each must be recorded, in this order."""
        first = self.written(group)
        return (f"ev-{group:02}-{number:06}" for number in range(first, first + count))

    def record(self, group: int, line: bytes) -> None:
        """Notes the group's next event, by its whole line."""
        self._checksums[group].append(zlib.crc32(line))
        self.bytes += len(line)

    def written(self, group: int) -> int:
        """How many events were written to a group."""
        return len(self._checksums[group])

    def matches(self, event: Event, line: bytes) -> bool:
        """Whether the line is that event's, to the last byte."""
        group, number = event
        return number < self.written(group) and self._checksums[group][number] == zlib.crc32(line)


def event_of(text: bytes) -> Event | None:
    """The event whose label is in the text. None: it is not one that the demo wrote."""
    found = LABEL.search(text)
    return (int(found[1]), int(found[2])) if found else None


def raw_line(group: str, stream: str, timestamp: int, message: str) -> bytes:
    """An event as the archive's format `raw` has it. A newline at the message's end is the line's own."""
    return f"{group}:{stream}\t{timestamp}\t{message.removesuffix(chr(10))}\n".encode()
