"""The engine's clock: AWS's time, in which waits are skipped instead of slept.

Everything that AWS would make a caller wait for is due at a time of this clock. A state machine that waits 60 seconds
advances it by 60, so that it asks as often as it would on AWS, whatever the real time taken.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """Real time plus all skipped waits. Safe to use from several threads; never goes back by itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._skipped = timedelta()
        self._listeners: list[Callable[[], None]] = []

    def listen(self, listener: Callable[[], None]) -> None:
        """Has `listener` called after every skipped wait, by the thread that skips it: it must return at once."""
        with self._lock:
            self._listeners.append(listener)

    def now(self) -> datetime:
        """AWS's time: an aware datetime in UTC."""
        with self._lock:
            return datetime.now(UTC) + self._skipped

    def advance(self, seconds: float) -> datetime:
        """Skips a wait of so many seconds (not negative) and returns the new time."""
        if seconds < 0:
            raise ValueError(f"the clock cannot go back: advance was asked for {seconds} seconds")
        with self._lock:
            self._skipped += timedelta(seconds=seconds)
            now = datetime.now(UTC) + self._skipped
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener()
        return now
