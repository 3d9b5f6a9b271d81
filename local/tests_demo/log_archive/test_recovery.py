"""Replays go on until the error prefix is empty, and what is in the error store is told by its errors."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from demo.context import Context
from demo.log_archive import delivery, mishaps, recovery
from demo.log_archive.archive import ErrorRecord
from demo.log_archive.groups import GROUPS
from demo.log_archive.ledger import Ledger
from demo.log_archive.mishaps import Replay, subscription_message
from demo.output import Output

POISON = ErrorRecord("Lambda.ProcessingFailedStatus", 1, b"noise")
COUNTS = {"ok": 3, "failed": 1}


def context() -> tuple[Context, io.StringIO]:
    stream = io.StringIO()
    return Context("http://localhost", Path(), 1, Output(stream)), stream


@pytest.mark.parametrize(("fails", "replays"), [(0, 1), (1, 2), (3, 4), (100, recovery.MOST_REPLAYS)])
def test_replays_end_when_nothing_is_left_or_it_gets_too_many(
    fails: int, replays: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: Iterator[list[ErrorRecord]] = iter([[POISON]] * fails + [[]])
    monkeypatch.setattr(recovery, "error_records", lambda *_: next(left))
    monkeypatch.setattr(mishaps, "replay", lambda *_: Replay(1, 4, 0, 0))
    monkeypatch.setattr(delivery, "flush", lambda *_: COUNTS)
    shown, stream = context()
    assert len(recovery.replay_all(shown, "bucket", "stream", "replay")) == replays
    assert len(stream.getvalue().splitlines()) == replays + 1


def test_errors_are_told_with_their_attempts_and_what_can_be_read_of_them() -> None:
    events = [{"timestamp": 1, "message": label} for label in Ledger().labels(1, 3)]
    broken = ErrorRecord("Lambda.FunctionError", 4, subscription_message(GROUPS[0], "s", events))
    shown, stream = context()
    recovery.show_errors(shown, [POISON, broken, broken])
    _, first, second = stream.getvalue().splitlines()
    assert " ".join(first.split()) == "Lambda.FunctionError the decoder did not work 4 2 6"
    assert " ".join(second.split()) == "Lambda.ProcessingFailedStatus the record cannot be read 1 1 0"


METRICS = '{"_aws":{"Timestamp":1},"Function":"decoder","EventsDecoded":5,"RecordsReingested":%d,"RecordsFailed":0}'


@dataclass(frozen=True)
class Logged(Context):
    """A decoder with a log."""

    lines: list[str] = field(default_factory=list)

    def client(self, service: str, account: str | None = None) -> Any:
        return self

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return [{"function": name, "milliseconds": 2.0, "init_milliseconds": None} for name in ("decoder", "other")]

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:
        return {"LoggingConfig": {"LogGroup": f"/of/{FunctionName}"}}

    def get_paginator(self, operation: str) -> Any:
        return self

    def paginate(self, logGroupName: str) -> Iterator[dict[str, Any]]:
        assert logGroupName == "/of/decoder"
        yield from ({"events": [{"message": line}]} for line in self.lines)


def test_what_was_put_back_is_the_sum_of_the_decoders_metric_and_of_no_other_line() -> None:
    other = ["START RequestId: 1", '{"level":"WARN","put_back":7}', '{"_aws":{},"Other":9}', "END"]
    logged = Logged(
        "http://localhost", Path(), 1, Output(io.StringIO()), lines=[METRICS % 2, *other, METRICS % 0, METRICS % 40]
    )
    assert delivery.decoder(logged, "decoder") == delivery.Decoder(invocations=1, milliseconds=2.0, reingested=42)
