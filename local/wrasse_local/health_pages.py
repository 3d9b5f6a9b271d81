"""Pages of DescribeEvents: a token for the next one.

AWS: at most `maxResults` events a page, and a `nextToken` until all were given; a token that it does not know is an
InvalidPaginationToken. https://docs.aws.amazon.com/health/latest/APIReference/API_DescribeEvents.html
What a token holds, how long it is known, and whether later pages see later changes is not documented. Here the pages
of one question are those of the moment it was asked, and the last thousand tokens are known. `POST
/_engine/health/pages {"size": N}` makes pages smaller than asked for, which AWS may do.
"""

from __future__ import annotations

import base64
import itertools
import threading
from collections import OrderedDict
from typing import Any

from .engine import ControlError
from .health_events import HealthEvent

DEFAULT_SIZE = 100
TOKENS = 1_000

Rest = tuple[list[HealthEvent], int]


class Pages:
    """Tokens of pages that were not asked for yet. Safe to use from several threads."""

    def __init__(self) -> None:
        self._size = DEFAULT_SIZE
        self._numbers = itertools.count(1)
        self._rests: OrderedDict[str, Rest] = OrderedDict()
        self._lock = threading.Lock()

    def set(self, body: dict[str, Any]) -> dict[str, int]:
        size = body.get("size")
        if not isinstance(size, int) or not 1 <= size <= DEFAULT_SIZE:
            raise ControlError(400, f"`size` is a whole number of 1 to {DEFAULT_SIZE}")
        self._size = size
        return {"size": size}

    def clear(self) -> None:
        self._size = DEFAULT_SIZE

    def first(self, events: list[HealthEvent], size: int) -> tuple[list[HealthEvent], str | None]:
        return self._page((events, 0), size)

    def next(self, token: str, size: int) -> tuple[list[HealthEvent], str | None] | None:
        """The page of a token, as often as it is asked for; None for a token that is not known."""
        with self._lock:
            rest = self._rests.get(token)
        return None if rest is None else self._page(rest, size)

    def _page(self, rest: Rest, size: int) -> tuple[list[HealthEvent], str | None]:
        events, begin = rest
        end = begin + min(size, self._size)
        if end >= len(events):
            return events[begin:], None
        with self._lock:
            token = base64.urlsafe_b64encode(f"page-{next(self._numbers):09d}".encode()).decode()
            self._rests[token] = (events, end)
            if len(self._rests) > TOKENS:
                self._rests.popitem(last=False)
        return events[begin:end], token
