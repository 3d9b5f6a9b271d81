"""Waits for what happens by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from demo.context import DemoFailed

POLL_SECONDS = 0.05
PATIENCE_SECONDS = 60

Found = TypeVar("Found")


def until(what: str, look: Callable[[], Found | None], patience: float = PATIENCE_SECONDS) -> Found:
    """What `look` finds, once that is something, and not empty; a DemoFailed that names it where it does not come."""
    end = time.monotonic() + patience
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise DemoFailed(f"{what} has not come within {patience:g} s")
        time.sleep(POLL_SECONDS)
