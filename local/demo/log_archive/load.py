"""Writes log events as services do: PutLogEvents, in batches as large as it takes."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import boto3
from botocore.config import Config

from demo.context import Context, keys
from demo.dice import Dice
from demo.log_archive import lines
from demo.log_archive.groups import Group
from demo.log_archive.ledger import Ledger, raw_line

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
MOST_BYTES, MOST_EVENTS, BYTES_OF_AN_EVENT = 1_048_576, 10_000, 26

# How many events a group of a kind gets at scale 1.
EVENTS = {
    "function": 800,
    "service": 1_800,
    "access": 3_000,
    "database": 1_200,
    "network": 3_000,
    "traces": 600,
    "incident": 6_000,
}
HOUR_MS = 3_600_000
LogEvent = dict[str, Any]


@dataclass
class Load:
    """Writes, and keeps the ledger of what was written. Its times end now, by the machine's clock."""

    context: Context
    ledger: Ledger = field(default_factory=Ledger)
    now_ms: int = field(default_factory=lambda: int(time.time() * 1000))
    _clients: dict[str, Any] = field(default_factory=dict)

    @property
    def day(self) -> str:
        """The day of most events, as the folders have it."""
        return f"{datetime.datetime.fromtimestamp(self.now_ms / 1000, datetime.UTC):%Y/%m/%d}"

    def write(self, group: Group, share: float = 1.0) -> int:
        """Writes a share of what the group gets, into all of its streams. Answers how many events that were."""
        streams = group.streams(self.day)
        count = max(len(streams), round(self.events_of(group) * share))
        cuts = [number * count // len(streams) for number in range(len(streams) + 1)]
        dice = Dice(f"lines/{group.account}{group.name}/{self.ledger.written(group.number)}")
        messages = lines.lines(group.kind, dice, self.ledger.labels(group.number, count))
        for number, (stream, (begin, end)) in enumerate(zip(streams, pairwise(cuts), strict=True)):
            # The first stream is a day older: its events have a folder of their own.
            start = self.now_ms - (25 if number == 0 else 1) * HOUR_MS
            step = HOUR_MS // (end - begin)
            events = [{"timestamp": start + at * step, "message": next(messages)} for at in range(end - begin)]
            self._put(group, stream, events)
        return count

    def events_of(self, group: Group) -> int:
        """How many events the group gets. Of an incident always all: fewer would fit into one answer."""
        return EVENTS[group.kind] if group.kind == "incident" else self.context.scaled(EVENTS[group.kind])

    def record(self, group: Group, stream: str, events: list[LogEvent]) -> None:
        """Notes in the ledger what is about to be written, by whatever way."""
        for event in events:
            line = raw_line(group.name, stream, event["timestamp"], event["message"])
            self.ledger.record(group.number, line)

    def _put(self, group: Group, stream: str, events: list[LogEvent]) -> None:
        self.record(group, stream, events)
        for batch in batches(events):
            self._logs(group.account).put_log_events(logGroupName=group.name, logStreamName=stream, logEvents=batch)

    def _logs(self, account: str) -> Any:
        """The client of an account. It does not look at every event again: that takes longer than to send them."""
        if account not in self._clients:
            self._clients[account] = boto3.client("logs", config=Config(parameter_validation=False), **keys(account))
        return self._clients[account]


def batches(events: list[LogEvent]) -> Iterator[list[LogEvent]]:
    """The events in order, in as few calls as PutLogEvents allows."""
    batch: list[LogEvent] = []
    size = 0
    for event in events:
        weight = len(event["message"].encode()) + BYTES_OF_AN_EVENT
        if batch and (size + weight > MOST_BYTES or len(batch) == MOST_EVENTS):
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += weight
    if batch:
        yield batch
