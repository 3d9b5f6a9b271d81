"""The demo's time begins with the engine's."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from demo import engine


def test_the_time_of_the_engines_start_is_handed_to_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(engine, "answering", lambda state: None)
    monkeypatch.setattr(os, "execv", lambda program, command: started.append(command))
    monkeypatch.setattr(os, "environ", dict(os.environ))
    engine.start(["image=binary"], ["--people", "5"])
    time.sleep(0.05)
    assert 0.05 <= engine.watch().seconds < 5
    [command] = started
    assert command[1:4] == ["-m", "wrasse_local", "exec"]
    assert command[-5:] == [command[0], "-m", "demo", "--people", "5"]


def test_where_somebody_else_started_the_engine_the_time_begins_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(engine.BEGIN, raising=False)
    assert engine.watch().seconds < 1


def test_an_engine_that_is_gone_does_not_answer(tmp_path: Path) -> None:
    (tmp_path / "endpoint").write_text("http://127.0.0.1:9\n")
    assert engine.answering(tmp_path) is None
