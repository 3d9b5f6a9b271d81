"""How Health's messages reach the buses: at once, or held back, then in another order and more than once.

AWS delivers at least once and promises no order:
https://docs.aws.amazon.com/health/latest/ug/cloudwatch-events-health.html
Stock moto has no such messages. `POST /_engine/health/delivery` takes `hold` (true keeps messages back, false delivers
what was kept), `order` of the delivery (`sent`, `reversed`, `shuffled` by `seed`) and `duplicates`, how often each
message comes again; a duplicate has the id of the first. What it does not name stays as it is.
"""

from __future__ import annotations

import random
import threading
import uuid
from typing import Any

from moto.events.models import events_backends

from . import eventbridge_targets
from .clock import Clock
from .engine import ControlError
from .health_events import HealthEvent
from .health_messages import backup_of, message, region_of

ORDERS = ("sent", "reversed", "shuffled")


class Delivery:
    """The way of messages from Health to the default buses. Safe to use from several threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: list[dict[str, Any]] = []
        self._hold, self._order, self._duplicates, self._seed = False, ORDERS[0], 0, 0

    def send(self, event: HealthEvent) -> None:
        """Tells every account that sees the event, in the event's region and where its copy goes."""
        messages = [
            made
            for account in list(events_backends)
            if event.is_seen_by(account)
            for made in self._made(event, account)
        ]
        with self._lock:
            if self._hold:
                self._kept += messages
                return
            repeated = _repeated(messages, self._duplicates)
        for made in repeated:
            eventbridge_targets.emit(made)

    def set(self, body: dict[str, Any]) -> dict[str, int]:
        """What the control route does; answers how many messages are kept, and how many were delivered now."""
        hold, order = body.get("hold", self._hold), body.get("order", self._order)
        duplicates, seed = body.get("duplicates", self._duplicates), body.get("seed", self._seed)
        if not isinstance(hold, bool) or order not in ORDERS:
            raise ControlError(400, f"`hold` is true or false, `order` one of {', '.join(ORDERS)}")
        if not isinstance(duplicates, int) or duplicates < 0:
            raise ControlError(400, "`duplicates` is a whole number, 0 for none")
        with self._lock:
            self._hold, self._order, self._duplicates, self._seed = hold, order, duplicates, seed
            due = [] if hold else _ordered(_repeated(self._kept, duplicates), order, seed)
            self._kept = self._kept if hold else []
            kept = len(self._kept)
        for made in due:
            eventbridge_targets.emit(made)
        return {"held": kept, "delivered": len(due)}

    def clear(self) -> None:
        with self._lock:
            self._kept = []
            self._hold, self._order, self._duplicates, self._seed = False, ORDERS[0], 0, 0

    def _made(self, event: HealthEvent, account: str) -> list[dict[str, Any]]:
        now, first = self._clock.now(), region_of(event)
        original = message(event, account, first, str(uuid.uuid4()), now)
        backup = backup_of(event, eventbridge_targets.is_awaited(original))
        return [original] if backup is None else [original, message(event, account, backup, str(uuid.uuid4()), now)]


def _repeated(messages: list[dict[str, Any]], duplicates: int) -> list[dict[str, Any]]:
    return [made for made in messages for _ in range(1 + duplicates)]


def _ordered(messages: list[dict[str, Any]], order: str, seed: object) -> list[dict[str, Any]]:
    if order == "reversed":
        return messages[::-1]
    if order == "shuffled":
        messages = list(messages)
        random.Random(str(seed)).shuffle(messages)
    return messages
