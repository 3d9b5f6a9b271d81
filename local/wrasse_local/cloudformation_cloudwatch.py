"""`AWS::CloudWatch::Alarm` and `AWS::CloudWatch::Dashboard` in a template. Stock moto has the API, and no such types.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-dashboard.html
A dashboard's body is checked to be a JSON object with widgets; AWS checks the widgets too.
"""

from __future__ import annotations

import json
from typing import Any

from .api_properties import called
from .engine import Engine
from .stack_resources import Resource, ResourceType, register

# What PutMetricAlarm sets anew; it sets tags only when it makes the alarm.
ALARM = frozenset(
    {
        "ActionsEnabled",
        "AlarmActions",
        "AlarmDescription",
        "ComparisonOperator",
        "DatapointsToAlarm",
        "Dimensions",
        "EvaluationPeriods",
        "ExtendedStatistic",
        "InsufficientDataActions",
        "MetricName",
        "Metrics",
        "Namespace",
        "OKActions",
        "Period",
        "Statistic",
        "Threshold",
        "TreatMissingData",
        "Unit",
    }
)


class Alarm(ResourceType):
    type = "AWS::CloudWatch::Alarm"
    any_region = True
    name_property = "AlarmName"
    replaced_by = frozenset({"AlarmName"})
    in_place = ALARM
    removable = ALARM

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        cloudwatch = self.engine.client("cloudwatch")
        called(self.engine, "cloudwatch", "PutMetricAlarm", {**properties, "AlarmName": name})
        made = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
        return Resource(name, {"Arn": made["AlarmArn"]})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        return self.create(existing.physical_resource_id, properties)

    def delete(self, existing: Resource) -> None:
        self.engine.client("cloudwatch").delete_alarms(AlarmNames=[existing.physical_resource_id])


class Dashboard(ResourceType):
    type = "AWS::CloudWatch::Dashboard"
    name_property = "DashboardName"
    replaced_by = frozenset({"DashboardName"})
    in_place = frozenset({"DashboardBody"})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        if "widgets" not in json.loads(properties["DashboardBody"]):
            raise ValueError("The dashboard body is invalid: it has no widgets")
        called(self.engine, "cloudwatch", "PutDashboard", {**properties, "DashboardName": name})
        return Resource(name)

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        return self.create(existing.physical_resource_id, properties)

    def delete(self, existing: Resource) -> None:
        self.engine.client("cloudwatch").delete_dashboards(DashboardNames=[existing.physical_resource_id])


def install(engine: Engine) -> None:
    for kind in (Alarm, Dashboard):
        register(kind(engine))
