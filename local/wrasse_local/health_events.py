"""What AWS Health knows: events that are opened, updated and closed by control routes. A stand-in.

AWS: an event is public (a service of a region, or `global`) or specific to an account; its ARN is
`arn:aws:health:REGION::event/SERVICE/EVENT_TYPE_CODE/EVENT_TYPE_PLUS_ID`; its times have milliseconds.
https://docs.aws.amazon.com/health/latest/APIReference/API_Event.html
moto has no Health. Here nothing happens by itself: an event is as the last route left it, at the engine's time.
"""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from .clock import Clock
from .engine import ACCOUNT, ControlError

OPEN, UPCOMING, CLOSED = "open", "upcoming", "closed"
PUBLIC, ACCOUNT_SPECIFIC = "PUBLIC", "ACCOUNT_SPECIFIC"
GLOBAL = "global"
# https://docs.aws.amazon.com/health/latest/ug/aws-health-concepts-and-terms.html
TYPE_CODES = {
    "issue": "AWS_{service}_OPERATIONAL_ISSUE",
    "investigation": "AWS_{service}_INVESTIGATION",
    "accountNotification": "AWS_{service}_OPERATIONAL_NOTIFICATION",
    "scheduledChange": "AWS_{service}_MAINTENANCE_SCHEDULED",
}


@dataclass(frozen=True)
class HealthEvent:
    """One event; `region` is None where the event names none, `revision` counts what was told of it."""

    arn: str
    service: str
    type_code: str
    category: str
    region: str | None
    scope: str
    account: str
    status: str
    started: datetime
    updated: datetime
    ended: datetime | None = None
    revision: int = 1

    def is_seen_by(self, account: str) -> bool:
        return self.scope == PUBLIC or self.account == account


class HealthEvents:
    """All events, by ARN, as they are and were. Safe to use from several threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._events: dict[str, list[HealthEvent]] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def open(self, body: dict[str, Any]) -> HealthEvent:
        service, category = body.get("service"), body.get("category", "issue")
        scope, status = body.get("scope", PUBLIC), body.get("status", OPEN)
        if not isinstance(service, str) or "region" not in body:
            raise ControlError(400, "an event needs `service` and `region` (a region, `global`, or null for none)")
        if category not in TYPE_CODES:
            raise ControlError(400, f"no category {category!r}; there are: {', '.join(TYPE_CODES)}")
        if scope not in (PUBLIC, ACCOUNT_SPECIFIC) or status not in (OPEN, UPCOMING):
            raise ControlError(400, "the scope is PUBLIC or ACCOUNT_SPECIFIC, the status open or upcoming")
        region, now = body["region"], self._clock.now()
        type_code = body.get("type_code") or TYPE_CODES[category].format(service=service)
        arn = f"arn:aws:health:{region or ''}::event/{service}/{type_code}/{type_code}_ENGINE{next(self._numbers):06d}"
        account = body.get("account", ACCOUNT)
        event = HealthEvent(arn, service, type_code, category, region, scope, account, status, now, now)
        with self._lock:
            self._events[arn] = [event]
        return event

    def update(self, arn: str | None) -> HealthEvent:
        return self._changed(arn, {})

    def close(self, arn: str | None) -> HealthEvent:
        return self._changed(arn, {"status": CLOSED})

    def seen_by(self, account: str, lag: timedelta = timedelta()) -> list[HealthEvent]:
        """The account's events as they were so long ago, the last updated one first."""
        then = self._clock.now() - lag
        with self._lock:
            known = [[event for event in told if event.updated <= then] for told in self._events.values()]
        seen = [told[-1] for told in known if told and told[-1].is_seen_by(account)]
        return sorted(seen, key=lambda event: event.updated, reverse=True)

    def clear(self) -> None:
        with self._lock:
            self._events.clear()

    def _changed(self, arn: str | None, change: dict[str, Any]) -> HealthEvent:
        with self._lock:
            told = self._events.get(str(arn))
            if told is None:
                raise ControlError(404, f"there is no Health event {arn!r}: open it first")
            event = told[-1]
            if CLOSED in change.values() and event.status == CLOSED:
                raise ControlError(409, f"{arn} is closed already")
            now = self._clock.now()
            ended = now if CLOSED in change.values() else event.ended
            changed = replace(event, **change, ended=ended, updated=now, revision=event.revision + 1)
            told.append(changed)
        return changed
