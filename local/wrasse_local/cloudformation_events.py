"""`AWS::Events::Rule`, `EventBus` and `EventBusPolicy` in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbus.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbuspolicy.html
`Ref` is the name of a rule or bus; of a rule on a custom bus `BUS|RULE`. Stock moto gives the rule's name alone, drops
most properties, and has no policy. Policies are kept, not enforced. A rule with a schedule is made, and fires when it
is told to (`eventbridge_schedules`).
"""

from __future__ import annotations

import json
from typing import Any

from .api_properties import as_text, called, without
from .engine import Engine
from .stack_resources import Resource, ResourceType, register

DEFAULT_BUS = "default"


class Rule(ResourceType):
    type = "AWS::Events::Rule"
    any_region = True
    name_property = "Name"
    replaced_by = frozenset({"EventBusName", "Name"})
    in_place = frozenset({"Description", "EventPattern", "RoleArn", "ScheduleExpression", "State", "Targets"})
    removable = frozenset({"Description", "EventPattern", "RoleArn", "ScheduleExpression", "State", "Targets"})
    known = frozenset({"EventBusName", "Name", *in_place})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        made = called(self.engine, "events", "PutRule", {**without(properties, "Targets"), "Name": name})
        bus = _bus(properties)
        if properties.get("Targets"):
            targets = {"Rule": name, "Targets": properties["Targets"], "EventBusName": bus}
            called(self.engine, "events", "PutTargets", targets)
        return Resource(name if bus == DEFAULT_BUS else f"{bus}|{name}", {"Arn": made["RuleArn"]})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        bus, name = _bus_and_name(existing)
        self._remove_targets(bus, name)
        return self.create(name, properties)

    def delete(self, existing: Resource) -> None:
        bus, name = _bus_and_name(existing)
        self._remove_targets(bus, name)
        self.engine.client("events").delete_rule(Name=name, EventBusName=bus)

    def _remove_targets(self, bus: str, name: str) -> None:
        events = self.engine.client("events")
        found = events.list_targets_by_rule(Rule=name, EventBusName=bus)["Targets"]
        if found:
            events.remove_targets(Rule=name, EventBusName=bus, Ids=[target["Id"] for target in found])


class EventBus(ResourceType):
    type = "AWS::Events::EventBus"
    any_region = True
    name_property = "Name"
    known = frozenset({"Description", "Name", "Policy", "Tags"})
    replaced_by = frozenset({"Name"})
    in_place = frozenset({"Policy"})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        made = called(self.engine, "events", "CreateEventBus", {**without(properties, "Policy"), "Name": name})
        self._put_policy(name, properties)
        return Resource(name, {"Arn": made["EventBusArn"], "Name": name})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        self._put_policy(existing.physical_resource_id, properties)
        return existing

    def delete(self, existing: Resource) -> None:
        self.engine.client("events").delete_event_bus(Name=existing.physical_resource_id)

    def _put_policy(self, name: str, properties: dict[str, Any]) -> None:
        if "Policy" in properties:
            self.engine.client("events").put_permission(EventBusName=name, Policy=as_text(properties["Policy"]))


class EventBusPolicy(ResourceType):
    """One statement of a bus's policy."""

    type = "AWS::Events::EventBusPolicy"
    any_region = True
    known = frozenset({"EventBusName", "Statement", "StatementId"})
    replaced_by = frozenset({"EventBusName", "StatementId"})
    in_place = frozenset({"Statement"})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        bus, identifier = _bus(properties), properties["StatementId"]
        events = self.engine.client("events")
        policy = json.loads(events.describe_event_bus(Name=bus).get("Policy") or '{"Statement": []}')
        others = [statement for statement in policy["Statement"] if statement["Sid"] != identifier]
        whole = {"Version": "2012-10-17", "Statement": [*others, {**properties["Statement"], "Sid": identifier}]}
        events.put_permission(EventBusName=bus, Policy=json.dumps(whole))
        return Resource(name)

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        return self.create(existing.physical_resource_id, properties)

    def delete(self, existing: Resource) -> None:
        properties = existing.properties
        bus = _bus(properties)
        self.engine.client("events").remove_permission(EventBusName=bus, StatementId=properties["StatementId"])


def install(engine: Engine) -> None:
    for kind in (Rule, EventBus, EventBusPolicy):
        register(kind(engine))


def _bus(properties: dict[str, Any]) -> str:
    """The bus's name; a template may name it by its ARN."""
    return str(properties.get("EventBusName", DEFAULT_BUS)).split("/")[-1]


def _bus_and_name(existing: Resource) -> tuple[str, str]:
    bus, _, name = existing.physical_resource_id.rpartition("|")
    return bus or DEFAULT_BUS, name
