"""Events are written as PutLogEvents takes them, and noted as they were written."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from demo.context import Context
from demo.dice import Dice
from demo.log_archive import lines
from demo.log_archive.groups import GROUPS, Group
from demo.log_archive.ledger import LABEL, Ledger, event_of, raw_line
from demo.log_archive.load import BYTES_OF_AN_EVENT, EVENTS, HOUR_MS, MOST_BYTES, MOST_EVENTS, Load, LogEvent, batches
from demo.output import Output

NOW_MS = 1_795_176_000_000  # 2026-11-20T12:00:00Z


class Logs:
    """Notes what is put."""

    def __init__(self) -> None:
        self.put: list[tuple[str, str, list[LogEvent]]] = []

    def put_log_events(self, logGroupName: str, logStreamName: str, logEvents: list[LogEvent]) -> None:
        self.put.append((logGroupName, logStreamName, logEvents))


def written(group: Group, scale: float = 0.05) -> tuple[Load, Logs, int]:
    logs = Logs()
    context = Context("http://localhost", Path(), scale, Output(io.StringIO()))
    load = Load(context, now_ms=NOW_MS, _clients={group.account: logs})
    return load, logs, load.write(group)


@pytest.mark.parametrize("group", GROUPS[:12], ids=lambda group: group.kind)
def test_what_is_put_is_what_is_noted_and_in_order(group: Group) -> None:
    load, logs, count = written(group)
    events = [(name, stream, event) for name, stream, put in logs.put for event in put]
    assert len(events) == count == load.ledger.written(group.number)
    for number, (name, stream, event) in enumerate(events):
        assert event_of(event["message"].encode()) == (group.number, number)
        assert load.ledger.matches((group.number, number), raw_line(name, stream, event["timestamp"], event["message"]))
    assert list(dict.fromkeys(stream for _, stream, _ in events)) == group.streams("2026/11/20")


def test_a_call_is_in_order_of_time_and_one_stream_is_a_day_older() -> None:
    _, logs, _ = written(GROUPS[0])
    begins = []
    for _, _, events in logs.put:
        times = [event["timestamp"] for event in events]
        assert times == sorted(set(times))
        assert times[-1] - times[0] < HOUR_MS
        assert times[-1] < NOW_MS
        begins.append((NOW_MS - times[0]) // HOUR_MS)
    assert begins == [25, 1, 1]


def test_less_is_written_at_a_smaller_scale_but_an_incident_stays_too_large_for_one_answer() -> None:
    context = Context("http://localhost", Path(), 0.05, Output(io.StringIO()))
    events = {group.kind: Load(context).events_of(group) for group in GROUPS}
    assert events.pop("incident") == EVENTS["incident"]
    assert events == {kind: round(EVENTS[kind] * 0.05) for kind in events}
    trace = next(lines.lines("incident", Dice("test"), Ledger().labels(1, 1)))
    assert EVENTS["incident"] * len(trace) > 9 * 2**20


def test_what_is_written_later_has_other_labels_and_lines() -> None:
    load, logs, first = written(GROUPS[0])
    second = load.write(GROUPS[0], 0.5)
    assert 0 < second < first
    assert load.ledger.written(GROUPS[0].number) == first + second
    lines = [LABEL.sub(b"", event["message"].encode()) for _, _, events in logs.put for event in events]
    assert not set(lines[:first]) & set(lines[first:])


def events(sizes: list[int]) -> list[LogEvent]:
    return [{"timestamp": number, "message": "ü" * (size // 2) + "x" * (size % 2)} for number, size in enumerate(sizes)]


FULL = MOST_BYTES - BYTES_OF_AN_EVENT
CASES: dict[str, tuple[list[int], list[int]]] = {
    "nothing": ([], []),
    "one": ([5], [1]),
    "as much as there may be": ([FULL], [1]),
    "two that are as much as there may be": ([100, FULL - BYTES_OF_AN_EVENT - 100], [2]),
    "two that are a byte more": ([101, FULL - BYTES_OF_AN_EVENT - 100], [1, 1]),
    "two of half of it each, and what comes with them": ([FULL // 2, FULL // 2], [1, 1]),
    "as many as there may be": ([1] * MOST_EVENTS, [MOST_EVENTS]),
    "one more than there may be": ([1] * (MOST_EVENTS + 1), [MOST_EVENTS, 1]),
}


@pytest.mark.parametrize("case", CASES)
def test_a_call_holds_no_more_than_is_allowed_and_no_less_than_fits(case: str) -> None:
    sizes, expected = CASES[case]
    found: list[list[dict[str, Any]]] = list(batches(events(sizes)))
    assert [len(batch) for batch in found] == expected
    assert [event for batch in found for event in batch] == events(sizes)
