"""A rule with a schedule fires when it is told to, and never by itself.

AWS: such a rule gives its targets a `Scheduled Event` of the source `aws.events` at each time of its expression:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html
Stock moto keeps the expression and does nothing with it. `POST /_engine/rules/fire {"name", "region"}` fires a rule of
the default bus, for schedules are nowhere else; a name that two accounts have needs `account` beside it.
"""

from __future__ import annotations

import uuid
from typing import Any

from moto.events.models import events_backends

from .engine import REGION, ControlError, Engine


def install(engine: Engine) -> None:
    engine.control["POST", "/rules/fire"] = lambda body: fire(
        engine, body.get("name"), body.get("region", REGION), body.get("account")
    )


def fire(engine: Engine, name: str | None, region: str, account: str | None = None) -> dict[str, str]:
    """Gives one event of the schedule to the rule's targets; answers the event's id and time."""
    rule = _named(name, region, account)
    if rule.state != "ENABLED":
        raise ControlError(409, f"rule {name!r} is {rule.state}: AWS would not fire it; enable it first")
    time = engine.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    event: dict[str, Any] = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": rule.account_id,
        "time": time,
        "region": region,
        "resources": [rule.arn],
        "detail": {},
    }
    rule.give(event)
    return {"id": event["id"], "time": time}


def _named(name: str | None, region: str, account: str | None) -> Any:
    scheduled = [
        rule
        for owner, regions in list(events_backends.items())
        for rule in list(regions[region].event_buses["default"].rules.values())
        if rule.scheduled_expression and account in (None, owner)
    ]
    found = [rule for rule in scheduled if rule.name == name]
    if len(found) != 1:
        known = ", ".join(sorted(f"{rule.name} ({rule.account_id})" for rule in scheduled)) or "none"
        raise ControlError(404, f"there is no one rule with a schedule named {name!r} in {region}; there are: {known}")
    return found[0]
