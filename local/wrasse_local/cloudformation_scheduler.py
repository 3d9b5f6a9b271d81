"""EventBridge Scheduler's schedules in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html
Stock moto has the API, and no such type.
"""

from __future__ import annotations

from typing import Any

from .api_properties import called
from .engine import Engine
from .stack_resources import Resource, ResourceType, register


class Schedule(ResourceType):
    type = "AWS::Scheduler::Schedule"
    name_property = "Name"
    replaced_by = frozenset({"GroupName", "Name"})
    in_place = frozenset(
        {
            "Description",
            "EndDate",
            "FlexibleTimeWindow",
            "ScheduleExpression",
            "ScheduleExpressionTimezone",
            "StartDate",
            "State",
            "Target",
        }
    )
    removable = in_place

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        made = called(self.engine, "scheduler", "CreateSchedule", {**properties, "Name": name})
        return Resource(name, {"Arn": made["ScheduleArn"]})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        called(self.engine, "scheduler", "UpdateSchedule", {**properties, "Name": existing.physical_resource_id})
        return existing

    def delete(self, existing: Resource) -> None:
        group = existing.properties.get("GroupName", "default")
        self.engine.client("scheduler").delete_schedule(Name=existing.physical_resource_id, GroupName=group)


def install(engine: Engine) -> None:
    register(Schedule(engine))
