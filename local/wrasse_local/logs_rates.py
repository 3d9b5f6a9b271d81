"""How often CloudWatch Logs may be called, and its refusals on demand.

AWS: PutSubscriptionFilter, DeleteSubscriptionFilter and DescribeSubscriptionFilters take 5 calls a second each, by
account and region; more are a ThrottlingException, "Rate exceeded":
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
Here a bucket of 5 tokens that the engine's clock fills again, so that a state machine's wait of a second counts. Other
operations are not limited.

`POST /logs/faults {"operation": "PutSubscriptionFilter", "kind": "throttle", "count": N, "account"?: A}` refuses the
next N calls so; kind `fail` answers them ServiceUnavailableException. `{"kind": "clear"}` takes all of it back.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from botocore import xform_name
from moto.logs.responses import LogsResponse

from .engine import ControlError, Engine
from .put_faults import refusal

CALLS_A_SECOND = dict.fromkeys(("PutSubscriptionFilter", "DeleteSubscriptionFilter", "DescribeSubscriptionFilters"), 5)
KINDS = {
    "throttle": (400, "ThrottlingException", "Rate exceeded"),
    "fail": (
        503,
        "ServiceUnavailableException",
        "The service cannot complete the request (a fault that was asked for).",
    ),
}


class Rates:
    """Tokens that are left, and faults that are still to come, by operation and account."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._tokens: dict[tuple[str, str], tuple[float, datetime]] = {}
        self._faults: dict[tuple[str, str, str | None], int] = defaultdict(int)
        self._lock = threading.Lock()

    def refused(self, operation: str, account: str) -> str | None:
        """The kind of refusal that this call gets, if any; the call is counted."""
        with self._lock:
            for kind in KINDS:
                for whom in (account, None):
                    if self._faults[kind, operation, whom]:
                        self._faults[kind, operation, whom] -= 1
                        return kind
            return None if self._take(operation, account) else "throttle"

    def set(self, body: dict[str, Any], operations: frozenset[str]) -> object:
        """What the control route does."""
        kind, operation, count = body.get("kind"), body.get("operation"), body.get("count")
        with self._lock:
            if kind == "clear":
                self._faults.clear()
                return {}
            if kind not in KINDS:
                raise ControlError(400, f"no fault {kind!r}; there are: {', '.join([*KINDS, 'clear'])}")
            if operation not in operations:
                raise ControlError(
                    400, f"the fault {kind} needs `operation`, one of CloudWatch Logs, not {operation!r}"
                )
            if not isinstance(count, int) or count < 1:
                raise ControlError(400, f"the fault {kind} needs `count`, a whole number of at least 1")
            self._faults[str(kind), str(operation), body.get("account")] += count
        return {}

    def _take(self, operation: str, account: str) -> bool:
        limit = CALLS_A_SECOND.get(operation)
        if limit is None:
            return True
        now = self._now()
        left, since = self._tokens.get((operation, account), (float(limit), now))
        left = min(float(limit), left + (now - since).total_seconds() * limit)
        taken = left >= 1
        self._tokens[operation, account] = (left - 1 if taken else left, now)
        return taken


def install(engine: Engine) -> None:
    rates = Rates(engine.clock.now)
    names = engine.client("logs").meta.service_model.operation_names
    operations = frozenset(name for name in names if hasattr(LogsResponse, xform_name(name)))
    for name in operations:
        setattr(LogsResponse, xform_name(name), _limited(rates, name, getattr(LogsResponse, xform_name(name))))
    engine.control["POST", "/logs/faults"] = lambda body: rates.set(body, operations)


def _limited(rates: Rates, operation: str, serve: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def limited(response: Any) -> Any:
        kind = rates.refused(operation, response.current_account)
        if kind is not None:
            raise refusal(*KINDS[kind])
        return serve(response)

    return limited
