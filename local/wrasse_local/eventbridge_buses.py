"""A rule's target may be another event bus: of its region, or of another one.

AWS: the event arrives as it was, `account` and `region` are those where it was first, and it meets that bus's rules. A
bus of the same region must be another one than the rule's. An event that came by a rule is not handed to a third bus.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
Stock moto puts a new event with the second bus's region. Here it is the same event, `id` too; what role and policy
allow is not asked, and a bus of another account is refused. AWS says so of a third bus in
one account and of a third account, not of a third region; here it is never reached.
"""

from __future__ import annotations

import logging
from typing import Any

from botocore.exceptions import ClientError
from moto.events.exceptions import ValidationException
from moto.events.models import events_backends

LOG = logging.getLogger(__name__)


def is_bus(arn: str) -> bool:
    """`arn:aws:events:REGION:ACCOUNT:event-bus/NAME`"""
    return arn.split(":")[2] == "events" and ":event-bus/" in arn


def check(rule: Any, target: dict[str, Any]) -> None:
    """Raises moto's ValidationException for a bus that the engine gives no events to."""
    *_, region, account, name = target["Arn"].split(":", 5)
    if account != rule.account_id:
        raise ValidationException(f"the engine gives events to buses of the rule's own account, not to {target['Arn']}")
    if (region, name.removeprefix("event-bus/")) == (rule.region_name, rule.event_bus_name):
        raise ValidationException(f"{target['Arn']} is the bus of rule {rule.name} itself")
    if "Input" in target:
        raise ValidationException(f"the engine gives {target['Arn']} the whole event")


def forward(rule: Any, arn: str, event: dict[str, Any], came_by_a_rule: bool) -> None:
    """Gives the event to the rules of that bus. A bus that is not there is a ClientError, as of its service."""
    if came_by_a_rule:
        LOG.warning("rule %s: an event that came by a rule is not handed on to %s", rule.name, arn)
        return
    *_, region, account, name = arn.split(":", 5)
    bus = events_backends[account][region].event_buses.get(name.removeprefix("event-bus/"))
    if bus is None:
        error = {"Code": "ResourceNotFoundException", "Message": f"Event bus {arn} does not exist."}
        raise ClientError({"Error": error}, "PutEvents")
    for receiving in list(bus.rules.values()):
        if receiving.takes(event):
            receiving.give(event, came_by_a_rule=True)
