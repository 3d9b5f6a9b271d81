"""What is broken is broken as said, and mended afterwards."""

from __future__ import annotations

import gzip
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from demo.context import Context, DemoFailed
from demo.log_archive import mishaps
from demo.log_archive.groups import GROUPS
from demo.log_archive.load import Load
from demo.log_archive.mishaps import Replay
from demo.output import Output


@dataclass(frozen=True)
class Services(Context):
    """Answers in turn, and notes what it was asked."""

    answers: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def client(self, service: str, account: str | None = None) -> Any:
        return self

    def invoke(self, **arguments: Any) -> dict[str, Any]:
        self.asked.append(arguments)
        answer = self.answers.pop(0)
        error = {"FunctionError": "Unhandled"} if "errorType" in answer else {}
        return {"Payload": io.BytesIO(json.dumps(answer).encode()), **error}

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:
        return {"Environment": {"Variables": {"FORMAT": "raw", "NEWLINES": "keep"}}}

    def update_function_configuration(self, **arguments: Any) -> None:
        self.asked.append(arguments["Environment"]["Variables"])

    def put_record(self, **arguments: Any) -> None:
        self.asked.append(arguments)


def services(*answers: dict[str, Any]) -> Services:
    return Services("http://localhost", Path(), 1, Output(io.StringIO()), answers=list(answers))


def test_poison_is_noise_and_a_message_whose_checksum_is_wrong() -> None:
    context = services()
    load = Load(context)
    assert mishaps.poison(context, load, "stream", GROUPS[0]) == 2
    noise, message = (asked["Data"] for asked in context.asked)
    for record in (noise, message):
        with pytest.raises(gzip.BadGzipFile):
            gzip.decompress(record)
    assert load.ledger.written(GROUPS[0].number) == mishaps.DAMAGED_EVENTS


def test_a_message_is_as_cloudwatch_logs_writes_it_and_damage_is_in_its_checksum_alone() -> None:
    events = [{"timestamp": 1, "message": "one"}]
    record = mishaps.subscription_message(GROUPS[0], "s", events)
    message = json.loads(gzip.decompress(record))
    assert message["messageType"] == "DATA_MESSAGE"
    assert (message["owner"], message["logGroup"]) == (GROUPS[0].account, GROUPS[0].name)
    assert message["logEvents"] == [{"id": "0" * 56, "timestamp": 1, "message": "one"}]
    different = [
        at for at, (one, other) in enumerate(zip(record, mishaps.damaged(record), strict=True)) if one != other
    ]
    assert different == list(range(len(record) - 8, len(record) - 4))


def test_the_decoder_works_again_whatever_happens_meanwhile() -> None:
    context = services()
    with pytest.raises(DemoFailed), mishaps.broken(context, "decoder"):
        raise DemoFailed
    assert context.asked == [{"FORMAT": "rwa", "NEWLINES": "keep"}, {"FORMAT": "raw", "NEWLINES": "keep"}]


def answer(more: bool, number: int) -> dict[str, Any]:
    return {"objects": number, "replayed": number, "givenUp": 1, "left": 0, "more": more, "dryRun": False}


def test_a_replay_goes_on_while_there_is_more() -> None:
    context = services(answer(True, 5), answer(True, 3), answer(False, 2))
    assert mishaps.replay(context, "replay") == Replay(objects=10, replayed=10, given_up=3, left=0)
    assert [asked["Payload"] for asked in context.asked] == [b"{}"] * 3


def test_a_replay_that_fails_is_told() -> None:
    context = services({"errorType": "ReplayIncomplete", "errorMessage": "3 records left"})
    with pytest.raises(DemoFailed, match="ReplayIncomplete: 3 records left"):
        mishaps.replay(context, "replay")
