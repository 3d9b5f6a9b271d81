"""EventBridge Scheduler's schedules and groups in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Scheduler.html
Stock moto has the API, and neither type.
"""

from __future__ import annotations

from typing import Any

from .api_properties import called
from .engine import Engine
from .stack_resources import Resource, ResourceType, register


class Schedule(ResourceType):
    type = "AWS::Scheduler::Schedule"
    name_property = "Name"

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        made = called(self.engine, "scheduler", "CreateSchedule", {**properties, "Name": name})
        return Resource(name, {"Arn": made["ScheduleArn"]})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource | None:
        if any(properties.get(key) != existing.properties.get(key) for key in ("Name", "GroupName")):
            return None
        called(self.engine, "scheduler", "UpdateSchedule", {**properties, "Name": existing.physical_resource_id})
        return existing

    def delete(self, existing: Resource) -> None:
        group = existing.properties.get("GroupName", "default")
        self.engine.client("scheduler").delete_schedule(Name=existing.physical_resource_id, GroupName=group)


class ScheduleGroup(ResourceType):
    type = "AWS::Scheduler::ScheduleGroup"
    name_property = "Name"

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        made = called(self.engine, "scheduler", "CreateScheduleGroup", {**properties, "Name": name})
        return Resource(name, {"Arn": made["ScheduleGroupArn"]})

    def delete(self, existing: Resource) -> None:
        self.engine.client("scheduler").delete_schedule_group(Name=existing.physical_resource_id)


def install(engine: Engine) -> None:
    for kind in (Schedule, ScheduleGroup):
        register(kind(engine))
