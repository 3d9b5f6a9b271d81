"""Notification rules of the developer tools (CodeStar Notifications): kept and listed, nothing is sent.

AWS tells a topic or a chat client of the events that a rule names:
https://docs.aws.amazon.com/dtconsole/latest/userguide/welcome.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codestarnotifications-notificationrule.html
moto has no such service. Here `AWS::CodeStarNotifications::NotificationRule` keeps a rule, and `GET
/_engine/codestar-notifications/rules` lists what is kept; the service's own operations are not there.
"""

from __future__ import annotations

import threading
import uuid
from typing import Any

from .api_properties import UnsupportedProperty
from .engine import Engine
from .stack_resources import Resource, ResourceError, ResourceType, register

REQUIRED = frozenset({"DetailType", "EventTypeIds", "Name", "Resource", "Targets"})
DETAIL_TYPES = ("BASIC", "FULL")
TARGET_TYPES = ("SNS", "AWSChatbotSlack", "AWSChatbotMicrosoftTeams")

_rules: dict[str, dict[str, Any]] = {}
_lock = threading.Lock()


class NotificationRule(ResourceType):
    type = "AWS::CodeStarNotifications::NotificationRule"
    name_property = "Name"
    known = frozenset({"Status", "Tags", *REQUIRED})
    replaced_by = frozenset({"Resource"})
    in_place = frozenset({"DetailType", "EventTypeIds", "Name", "Status", "Targets"})
    removable = frozenset({"Status"})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        _check(properties)
        with _lock:
            if any(rule["Name"] == name and rule["Account"] == self.engine.account for rule in _rules.values()):
                raise ResourceError(f"a notification rule named {name} already exists")
            at = f"{self.engine.region}:{self.engine.account}"
            arn = f"arn:aws:codestar-notifications:{at}:notificationrule/{uuid.uuid4().hex}"
            _rules[arn] = self._kept(properties)
        return Resource(arn, {"Arn": arn})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        _check(properties)
        with _lock:
            _rules[existing.physical_resource_id] = self._kept(properties)
        return existing

    def delete(self, existing: Resource) -> None:
        with _lock:
            _rules.pop(existing.physical_resource_id, None)

    def _kept(self, properties: dict[str, Any]) -> dict[str, Any]:
        return {"Status": "ENABLED", **properties, "Account": self.engine.account}


def install(engine: Engine) -> None:
    register(NotificationRule(engine))
    engine.control["GET", "/codestar-notifications/rules"] = lambda _: listed()


def listed() -> list[dict[str, Any]]:
    with _lock:
        return [{"Arn": arn, **rule} for arn, rule in _rules.items()]


def _check(properties: dict[str, Any]) -> None:
    if missing := sorted(REQUIRED - properties.keys()):
        raise ResourceError(f"required key [{missing[0]}] not found")
    if properties["DetailType"] not in DETAIL_TYPES:
        raise ResourceError(f"{properties['DetailType']} is not a valid enum value: {', '.join(DETAIL_TYPES)}")
    for target in properties["Targets"]:
        if unknown := sorted(target.keys() - {"TargetAddress", "TargetType"}):
            raise UnsupportedProperty(unknown[0])
        if target.get("TargetType") not in TARGET_TYPES:
            raise ResourceError(f"{target.get('TargetType')} is not a valid target type: {', '.join(TARGET_TYPES)}")
