"""The archive and the error store are read as they are, good or bad."""

from __future__ import annotations

import base64
import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from demo.context import Context
from demo.log_archive import archive
from demo.log_archive.archive import ErrorRecord, Found
from demo.log_archive.groups import CENTRAL, GROUPS, STOREFRONT
from demo.log_archive.ledger import Ledger, raw_line
from demo.log_archive.mishaps import damaged, subscription_message
from demo.output import Output

GROUP = next(group for group in GROUPS if group.account == CENTRAL)
TODAY = f"logs/{CENTRAL}/2026/11/20/"


@dataclass(frozen=True)
class Bucket(Context):
    """A bucket with these objects."""

    objects: dict[str, bytes] = field(kw_only=True)

    def client(self, service: str, account: str | None = None) -> Any:
        return self

    def get_paginator(self, operation: str) -> Any:
        return self

    def paginate(self, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:
        """A page for each object, and one that is empty."""
        yield {}
        yield from ({"Contents": [{"Key": key}]} for key in self.objects if key.startswith(Prefix))

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        return {"Body": io.BytesIO(self.objects[Key])}


def bucket(objects: dict[str, bytes]) -> Bucket:
    return Bucket("http://localhost", Path(), 1, Output(io.StringIO()), objects=objects)


def ledger(count: int) -> tuple[Ledger, list[bytes]]:
    """Events of one, two and three lines by turns, and the ledger that has them."""
    kept = Ledger()
    lines = [
        raw_line(GROUP.name, "2026/11/20/[$LATEST]1", 1_795_176_000_000 + number, label + "\n\tat more" * (number % 3))
        for number, label in enumerate(kept.labels(GROUP.number, count))
    ]
    for line in lines:
        kept.record(GROUP.number, line)
    return kept, lines


def read(kept: Ledger, objects: dict[str, bytes]) -> Found:
    compressed = {key: gzip.compress(text) for key, text in objects.items()}
    return archive.read(bucket(compressed), "b", kept, {GROUP.number: GROUP})


def test_events_of_many_lines_are_counted_once_each_in_whatever_object() -> None:
    kept, lines = ledger(7)
    found = read(kept, {f"{TODAY}a.gz": b"".join(lines[:4]), f"{TODAY}b.gz": b"".join(lines[4:]), "errors/x": b""})
    assert found.times == {(GROUP.number, number): 1 for number in range(7)}
    assert (found.altered, found.others) == (0, 0)
    [folder] = found.folders
    assert folder == TODAY
    assert (found.total.objects, found.total.events, found.total.bytes) == (2, 7, sum(map(len, lines)))
    assert found.samples == {GROUP.number: lines[1]}


def test_an_event_that_is_there_twice_is_counted_twice() -> None:
    kept, lines = ledger(2)
    found = read(kept, {f"{TODAY}a.gz": b"".join(lines), f"{TODAY}b.gz": lines[1]})
    assert found.times == {(GROUP.number, 0): 1, (GROUP.number, 1): 2}


ALTERED = {
    "a byte is another": lambda line: line.replace(b"ev-", b"Ev- ev-"),
    "the last newline is missing": lambda line: line[:-1],
    "a newline is added": lambda line: line + b"\n",
    "the stream is another's": lambda line: line.replace(b"[$LATEST]1", b"[$LATEST]2"),
    "the header is missing": lambda line: line.split(b"\t", 2)[2],
}


@pytest.mark.parametrize("case", ALTERED)
def test_an_event_that_is_not_as_it_was_written_is_not_counted_as_archived(case: str) -> None:
    kept, [line] = ledger(1)
    found = read(kept, {f"{TODAY}a.gz": ALTERED[case](line)})
    assert (found.times, found.altered) == ({}, 1)


def test_an_event_in_another_accounts_folder_is_not_where_it_belongs() -> None:
    kept, [line] = ledger(1)
    found = read(kept, {f"logs/{STOREFRONT}/2026/11/20/a.gz": line})
    assert (found.times, found.altered) == ({}, 1)


def test_events_that_the_demo_did_not_write_are_told_apart() -> None:
    kept, [line] = ledger(1)
    other = raw_line("/aws/lambda/other", "s", 1_795_176_000_000, "START RequestId: 1")
    found = read(kept, {f"{TODAY}a.gz": other + line + other})
    assert (found.others, found.altered, len(found.times)) == (2, 0, 1)


def message(count: int) -> bytes:
    events = [
        {"timestamp": number, "message": f"hello {label}"}
        for number, label in enumerate(Ledger().labels(GROUP.number, count))
    ]
    return subscription_message(GROUP, "s", events)


def error_line(data: bytes) -> bytes:
    shown = {"errorCode": "Lambda.FunctionError", "attemptsMade": 4, "rawData": base64.b64encode(data).decode()}
    return json.dumps(shown).encode() + b"\n"


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_error_store_is_read_whether_it_is_compressed_or_not(pack: Any) -> None:
    objects = {"errors/a": pack(error_line(b"one") + error_line(b"two")), "errors-given-up/b": error_line(b"three")}
    records = archive.error_records(bucket(objects), "b", "errors/")
    assert records == [ErrorRecord("Lambda.FunctionError", 4, data) for data in (b"one", b"two")]


def test_events_are_read_from_a_record_that_is_damaged_at_its_end() -> None:
    expected = [(GROUP.number, number) for number in range(3)]
    for data in (message(3), damaged(message(3))):
        assert ErrorRecord("", 1, data).events() == expected


@pytest.mark.parametrize("data", [b"", b"noise", gzip.compress(b"{}"), gzip.compress(b"[1]"), gzip.compress(b"{")])
def test_what_is_no_message_has_no_events(data: bytes) -> None:
    assert ErrorRecord("", 1, data).events() == []


def test_an_object_that_is_not_gzip_is_not_passed_over() -> None:
    with pytest.raises(gzip.BadGzipFile):
        archive.read(bucket({f"{TODAY}a": b"plain"}), "b", Ledger(), {})
