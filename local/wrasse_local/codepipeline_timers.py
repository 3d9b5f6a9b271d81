"""What of CodePipeline is due at a time: the next ask of a continued job, time-outs of jobs and actions.

AWS waits. Here everything is due at a time of the engine's clock: a thread sleeps until then, and is woken by a skipped
wait. `settle` does what is due in the caller's thread, so that a call that follows a skipped wait sees its effect.
https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
from collections.abc import Callable
from datetime import datetime

from .engine import Engine

LOG = logging.getLogger(__name__)
Due = Callable[[], None]


class Timers:
    """`lock` is held while something that is due is done: CodePipeline's one lock."""

    def __init__(self, engine: Engine, lock: threading.RLock) -> None:
        self._clock = engine.clock
        self._lock = lock
        self._heap: list[tuple[datetime, int, Due]] = []
        self._numbers = itertools.count()
        self._something = threading.Event()
        self._ended = False
        engine.clock.listen(self._wake)
        engine.at_stop.append(self._end)
        threading.Thread(target=self._run, name="codepipeline timers", daemon=True).start()

    def at(self, due: datetime, action: Due) -> None:
        """Does `action` once that time has come. It finds out itself whether it is still wanted."""
        with self._lock:
            heapq.heappush(self._heap, (due, next(self._numbers), action))
        self._wake()

    def settle(self) -> None:
        """Does all that is due."""
        with self._lock:
            while self._heap and self._heap[0][0] <= self._clock.now():
                _, _, action = heapq.heappop(self._heap)
                try:
                    action()
                except Exception:
                    LOG.exception("what was due failed")

    def _run(self) -> None:
        while not self._ended:
            self._something.clear()
            self.settle()
            self._something.wait(self._seconds_to_wait())

    def _seconds_to_wait(self) -> float | None:
        with self._lock:
            if not self._heap:
                return None
            return max(0.0, (self._heap[0][0] - self._clock.now()).total_seconds())

    def _wake(self) -> None:
        self._something.set()

    def _end(self) -> None:
        self._ended = True
        self._something.set()
