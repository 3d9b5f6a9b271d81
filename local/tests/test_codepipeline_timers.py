from __future__ import annotations

import threading
from datetime import timedelta

from wrasse_local.codepipeline_timers import Timers
from wrasse_local.engine import Engine

from .helpers import eventually


def test_whoever_calls_after_a_skipped_wait_sees_its_effect(engine: Engine) -> None:
    lock = threading.RLock()
    timers, done = Timers(engine, lock), []
    now = engine.clock.now()
    with lock:
        timers.at(now + timedelta(hours=2), lambda: done.append("second"))
        timers.at(now + timedelta(hours=1), lambda: done.append("first"))
        timers.settle()
        assert done == []
        engine.clock.advance(7200)
        timers.settle()
        assert done == ["first", "second"]


def test_what_is_due_is_done_by_itself_and_a_failure_stops_nothing(engine: Engine) -> None:
    timers, done = Timers(engine, threading.RLock()), threading.Event()

    def fail() -> None:
        raise ValueError("as asked")

    timers.at(engine.clock.now() + timedelta(hours=1), fail)
    timers.at(engine.clock.now() + timedelta(hours=1), done.set)
    engine.clock.advance(3601)
    eventually(done.is_set)
