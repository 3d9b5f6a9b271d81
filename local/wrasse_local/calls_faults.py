"""The faults that calls are to meet: which calls, in which way, after how many, how often.

A call counts for every fault that it matches. It has all the delays that are due, and of the other kinds the one that
was set first; what is left of the rest waits for later calls.
"""

from __future__ import annotations

import enum
import threading
from dataclasses import dataclass
from typing import Any

from .calls_operations import Call, operations
from .engine import ControlError

CLEAR = "clear"


class Kind(enum.StrEnum):
    """What happens to a call. Those `-after` have had their effect when the caller hears nothing, or of a failure."""

    REFUSE = "refuse"
    THROTTLE = "throttle"
    FAIL = "fail"
    FAIL_AFTER = "fail-after"
    DROP = "drop"
    DROP_AFTER = "drop-after"
    DELAY = "delay"


# What a kind needs besides the calls that it is for.
FIELDS: dict[Kind, dict[str, type]] = {
    Kind.REFUSE: {"status": int, "code": str, "message": str},
    Kind.DELAY: {"milliseconds": int},
}
COMMON = {"kind", "service", "operation", "region", "skip", "count"}


@dataclass
class Fault:
    """`operation` and `region` None stand for any. `count` None is for as long as the fault is not cleared."""

    kind: Kind
    service: str
    operation: str | None = None
    region: str | None = None
    skip: int = 0
    count: int | None = 1
    status: int = 0
    code: str = ""
    message: str = ""
    milliseconds: int = 0

    def matches(self, call: Call) -> bool:
        return (
            self.service == call.service
            and self.operation in (None, call.operation)
            and self.region in (None, call.region)
        )

    @property
    def spent(self) -> bool:
        return self.count == 0


@dataclass(frozen=True)
class Met:
    """What a call meets: real seconds of delay, then perhaps a fault."""

    seconds: float
    fault: Fault | None


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._faults)

    def set(self, body: dict[str, Any]) -> dict[str, object]:
        """What the control route does; answers what is left."""
        if body == {"kind": CLEAR}:
            with self._lock:
                self._faults = []
        else:
            fault = _read(body)
            with self._lock:
                self._faults = [*self._faults, fault]
        return self.left()

    def left(self) -> dict[str, object]:
        """The faults that are still to be met, in the order in which they were set."""
        with self._lock:
            return {"faults": [{name: value for name, value in vars(fault).items() if value} for fault in self._faults]}

    def meet(self, call: Call) -> Met:
        """What this call meets; it is counted."""
        milliseconds, met = 0, None
        with self._lock:
            for fault in self._faults:
                if not fault.matches(call):
                    continue
                if fault.skip:
                    fault.skip -= 1
                elif fault.kind is Kind.DELAY:
                    milliseconds += fault.milliseconds
                    _count(fault)
                elif met is None:
                    met = fault
                    _count(fault)
            self._faults = [fault for fault in self._faults if not fault.spent]
        return Met(milliseconds / 1000, met)


def _count(fault: Fault) -> None:
    if fault.count is not None:
        fault.count -= 1


def _read(body: dict[str, Any]) -> Fault:
    """The fault that a body describes. ControlError for what could never be met as it is written."""
    kinds = [kind.value for kind in Kind]
    if body.get("kind") not in kinds:
        raise ControlError(400, f"no fault {body.get('kind')!r}; there are: {', '.join([*kinds, CLEAR])}")
    kind = Kind(body["kind"])
    needed = FIELDS.get(kind, {})
    for name, wanted in {"service": str, **needed}.items():
        if not isinstance(body.get(name), wanted) or not body[name]:
            raise ControlError(400, f"the fault {kind} needs `{name}`")
    if unknown := sorted(body.keys() - COMMON - needed.keys()):
        raise ControlError(400, f"the fault {kind} has no `{unknown[0]}`")
    skip, count = body.get("skip", 0), body.get("count", None if kind is Kind.DELAY else 1)
    if not isinstance(skip, int) or skip < 0:
        raise ControlError(400, "`skip` is a whole number that is not negative")
    if count is not None and (not isinstance(count, int) or count < 1):
        raise ControlError(400, "`count` is a whole number of at least 1")
    _check_operation(body["service"], body.get("operation"))
    return Fault(**{**body, "kind": kind, "skip": skip, "count": count})


def _check_operation(service: str, operation: str | None) -> None:
    try:
        known = operations(service)
    except ValueError as error:
        raise ControlError(400, f"{error}; `service` is the name in a signature's credential scope") from error
    if operation is not None and operation not in known:
        raise ControlError(400, f"{service} has no operation {operation!r}")
