"""Faults of the stream services' puts on demand, for tests. A stand-in: AWS has nothing like it.

A control route takes `{"kind": KIND, "count": N}`, which makes the next N calls go wrong that way, and
`{"kind": "clear"}`, which takes all of it back. `throttle` refuses a call as the service does when its limit of
throughput is exceeded, `fail` answers an internal error, `partial` refuses every second record of a call, beginning
with the first. Firehose's `duplicate` works on the next N batches twice, as delivery at least once allows.
"""

from __future__ import annotations

import threading
from typing import Any

from moto.core.exceptions import JsonRESTError

from .engine import ControlError, Engine

THROTTLE, PARTIAL, FAIL = "throttle", "partial", "fail"
PUTS = (THROTTLE, PARTIAL, FAIL)


class Faults:
    """How many calls are still to go wrong, by kind."""

    def __init__(self, *kinds: str) -> None:
        self._left = dict.fromkeys(kinds, 0)
        self._lock = threading.Lock()

    def take(self, kind: str) -> bool:
        """Whether this call goes wrong that way; if so, it is counted."""
        with self._lock:
            taken = self._left[kind] > 0
            self._left[kind] -= int(taken)
            return taken

    def set(self, body: dict[str, Any]) -> dict[str, int]:
        """What the control route does; answers what is left of each kind."""
        kind, count = body.get("kind"), body.get("count")
        with self._lock:
            if kind == "clear":
                self._left = dict.fromkeys(self._left, 0)
            elif kind not in self._left:
                raise ControlError(400, f"no fault {kind!r}; there are: {', '.join([*self._left, 'clear'])}")
            elif not isinstance(count, int) or count < 1:
                raise ControlError(400, f"the fault {kind} needs `count`, a whole number of at least 1")
            else:
                self._left[kind] += count
            return dict(self._left)


def route(engine: Engine, service: str, *kinds: str) -> Faults:
    """The faults that `POST /{service}/faults` sets."""
    faults = Faults(*kinds)
    engine.control["POST", f"/{service}/faults"] = faults.set
    return faults


def refusal(status: int, code: str, message: str) -> JsonRESTError:
    """An error of the service with that HTTP status."""
    error = JsonRESTError(code, message)
    error.code = status
    return error


def internal_failure() -> JsonRESTError:
    return refusal(500, "InternalFailure", "The request processing has failed because of an unknown error (a fault).")
