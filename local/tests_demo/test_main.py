"""One deployed fleet for all systems, however many are shown."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from demo import __main__ as demo_main
from demo import deployment, engine
from demo.context import Context
from demo.output import Output
from demo.system import System


class Shown:
    """A system that notes what it is asked."""

    def __init__(self, name: str, notes: list[str], found: tuple[str, ...] = ()) -> None:
        self.name, self.notes, self.found = name, notes, found

    def prepare(self, context: Context) -> str:
        self.notes.append(f"prepare {self.name}")
        return f"{self.name}'s"

    def parameters(self) -> dict[str, str]:
        return {self.name: "true"}

    def run(self, context: Context, prepared: Any, outputs: dict[str, str]) -> dict[str, Any]:
        self.notes.append(f"run {self.name} with {prepared} and {outputs}")
        return {"is": self.name}

    def problems(self, result: dict[str, Any]) -> list[str]:
        return [f"{result['is']} {found}" for found in self.found]


def test_all_is_prepared_then_deployed_once_then_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes: list[str] = []

    def deploy(context: Context, parameters: dict[str, str]) -> dict[str, str]:
        notes.append(f"deploy {parameters}")
        return {"output": "value"}

    monkeypatch.setattr(deployment, "deploy", deploy)
    context = Context("http://localhost", tmp_path, 1, Output(io.StringIO()), folder=tmp_path)
    systems: dict[str, System] = {"a": Shown("a", notes), "b": Shown("b", notes, ("is off", "is odd"))}
    assert demo_main.show(context, systems) == ["b: b is off", "b: b is odd"]
    assert notes == [
        "prepare a",
        "prepare b",
        "deploy {'a': 'true', 'b': 'true'}",
        "run a with a's and {'output': 'value'}",
        "run b with b's and {'output': 'value'}",
    ]
    assert json.loads((tmp_path / "result.json").read_text()) == {"a": {"is": "a"}, "b": {"is": "b"}}


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ([], list(demo_main.SYSTEMS)),
        (["--only", "log-archive"], ["log-archive"]),
        (["--only", "log-archive", "--only", "rds-snapshots"], ["rds-snapshots", "log-archive"]),
    ],
)
def test_only_what_is_asked_for_is_shown(
    arguments: list[str], shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def show(context: Context, systems: dict[str, System]) -> list[str]:
        asked.extend(systems)
        return []

    monkeypatch.setattr(engine, "running", lambda: ("http://localhost", Path()))
    monkeypatch.setattr(demo_main, "show", show)
    assert demo_main.main(arguments) == 0
    assert asked == shown


def test_an_unknown_system_is_refused_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        demo_main.main(["--only", "log-archives"])
    said = capsys.readouterr().err
    assert "log-archives" in said
    assert all(name in said for name in demo_main.SYSTEMS)
