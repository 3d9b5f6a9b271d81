"""`AWS::Events::Rule` in a template: a rule with a pattern, and its targets.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html
Rules with a schedule are refused, as nothing fires them; schedules are EventBridge Scheduler's.
"""

from __future__ import annotations

from typing import Any

from .api_properties import called, without
from .engine import Engine
from .stack_resources import Resource, ResourceType, register


class Rule(ResourceType):
    type = "AWS::Events::Rule"
    name_property = "Name"
    replaced_by = frozenset({"Name"})
    in_place = frozenset({"Description", "EventPattern", "RoleArn", "State", "Targets"})
    removable = frozenset({"Description", "RoleArn", "State", "Targets"})
    known = frozenset({"Name", *in_place})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        made = called(self.engine, "events", "PutRule", {**without(properties, "Targets"), "Name": name})
        if properties.get("Targets"):
            called(self.engine, "events", "PutTargets", {"Rule": name, "Targets": properties["Targets"]})
        return Resource(name, {"Arn": made["RuleArn"]})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        self._remove_targets(existing.physical_resource_id)
        return self.create(existing.physical_resource_id, properties)

    def delete(self, existing: Resource) -> None:
        self._remove_targets(existing.physical_resource_id)
        self.engine.client("events").delete_rule(Name=existing.physical_resource_id)

    def _remove_targets(self, name: str) -> None:
        events = self.engine.client("events")
        ids = [target["Id"] for target in events.list_targets_by_rule(Rule=name)["Targets"]]
        if ids:
            events.remove_targets(Rule=name, Ids=ids)


def install(engine: Engine) -> None:
    register(Rule(engine))
