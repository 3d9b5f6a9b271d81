"""Each state is told as it is entered, with its time and AWS's waits when it is left."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from demo import execution
from demo.context import Context, DemoFailed
from demo.output import Output

ARN = "arn:aws:states:us-east-1:123456789012:execution:machine:run"


def visit(state: str, seconds: float, waits: list[int], left: str | None = "2026-01-01T00:00:01Z") -> dict[str, Any]:
    return {"state": state, "entered": "2026-01-01T00:00:00Z", "left": left, "seconds": seconds, "waits": waits}


class StepFunctions:
    """Answers one status a look, and two states' names."""

    def __init__(self, statuses: Iterator[str]) -> None:
        self.statuses = statuses

    def describe_execution(self, executionArn: str) -> dict[str, str]:
        return {"status": next(self.statuses)}

    def describe_state_machine_for_execution(self, executionArn: str) -> dict[str, str]:
        return {"definition": json.dumps({"States": {"Plan": {}, "Take snapshot": {}}})}


@dataclass(frozen=True)
class Scripted(Context):
    """An engine that answers what it was told to, in turn."""

    answers: Iterator[Any] = field(kw_only=True)
    statuses: Iterator[str] = field(kw_only=True)

    def client(self, service: str, account: str | None = None) -> Any:
        return StepFunctions(self.statuses)

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return next(self.answers)


def scripted(answers: list[Any], statuses: list[str]) -> tuple[Scripted, io.StringIO]:
    stream = io.StringIO()
    context = Scripted("http://localhost", Path(), 1, Output(stream), answers=iter(answers), statuses=iter(statuses))
    return context, stream


def test_states_are_told_once_in_order_with_their_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "POLL_SECONDS", 0)
    looks = [
        [],
        [visit("Plan", 0.1, [], left=None)],
        [visit("Plan", 0.25, []), visit("Take snapshot", 0, [60], left=None)],
        [visit("Plan", 0.25, []), visit("Take snapshot", 1.5, [60, 60])],
    ]
    context, stream = scripted(looks, ["RUNNING", "RUNNING", "RUNNING", "SUCCEEDED"])
    states = execution.follow(context, ARN)
    assert states == [
        {"name": "Plan", "seconds": 0.25, "waits": []},
        {"name": "Take snapshot", "seconds": 1.5, "waits": [60, 60]},
    ]
    assert stream.getvalue() == ("  Plan            0.25 s\n  Take snapshot   1.50 s   asked for waits of 2 x 60 s\n")


def test_a_schedule_that_starts_nothing_is_a_failure() -> None:
    context, _ = scripted([{"executions": []}], [])
    with pytest.raises(DemoFailed, match="started 0 executions"):
        execution.fire(context, "schedule")
