"""Statuses that change by themselves: creating -> available, deleting -> gone, a password that is being applied.

On AWS a change takes minutes, here the real work takes a second. A change is due at a time of the engine's clock, so
that a caller asks as often as on AWS; once it is due, whoever looks waits for the real work to be finished.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .clock import Clock

SNAPSHOT_SECONDS = 150
RESTORE_SECONDS = 300
CREATE_SECONDS = 240
MODIFY_SECONDS = 90
DELETE_INSTANCE_SECONDS = 180
DELETE_SNAPSHOT_SECONDS = 5
NEVER = datetime.max.replace(tzinfo=UTC)

LOG = logging.getLogger(__name__)
Work = Callable[[], None]
Finish = Callable[[bool], None]


@dataclass
class Transition:
    """A change under way: when it is due, its real work, and what then becomes of the resource."""

    started: datetime
    due: datetime
    work: Future[None]
    finish: Finish


class Transitions:
    """The changes under way, one at most for each resource, by the resource's ARN.

    `lock` is held while a change is begun or finished; it may be taken by those who look at what a change changes.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.lock = threading.RLock()
        self._under_way: dict[str, Transition] = {}
        self._workers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="rds")

    def begin(self, arn: str, seconds: float | None, work: Work, finish: Finish, *waits_for: str) -> None:
        """Starts `work` at once. Once `seconds` have passed (None: never) `finish` is told whether it succeeded.

        A change of the same resource that is under way is replaced: its work is waited for, its `finish` is dropped.
        So is the work of the resources in `waits_for`.
        """
        with self.lock:
            now = self._clock.now()
            earlier = [self._under_way[other].work for other in (arn, *waits_for) if other in self._under_way]
            future = self._workers.submit(_after, earlier, work, arn)
            due = NEVER if seconds is None else now + timedelta(seconds=seconds)
            self._under_way[arn] = Transition(now, due, future, finish)

    def settle(self) -> None:
        """Finishes every change that is due, waiting for its work."""
        while (found := self._next_due()) is not None:
            arn, transition = found
            succeeded = transition.work.exception() is None
            with self.lock:
                if self._under_way.get(arn) is transition:
                    del self._under_way[arn]
                    transition.finish(succeeded)

    def hurry(self, arn: str) -> None:
        """Makes a change that would never be due, due now."""
        with self.lock:
            transition = self._under_way.get(arn)
            if transition is not None and transition.due == NEVER:
                transition.due = self._clock.now()

    def percent(self, arn: str) -> int:
        """How much of the time of the change under way has passed: 0 to 99, and 100 when there is none."""
        with self.lock:
            transition = self._under_way.get(arn)
        if transition is None:
            return 100
        passed = (self._clock.now() - transition.started) / (transition.due - transition.started)
        return min(99, int(passed * 100))

    def _next_due(self) -> tuple[str, Transition] | None:
        with self.lock:
            now = self._clock.now()
            due = [(arn, transition) for arn, transition in self._under_way.items() if transition.due <= now]
            return min(due, key=lambda item: item[1].due, default=None)


def _after(earlier: list[Future[None]], work: Work, arn: str) -> None:
    for future in earlier:
        future.exception()
    try:
        work()
    except Exception:
        LOG.exception("the work for %s failed", arn)
        raise
