"""`AWS::CloudWatch::Alarm` in a template. Stock moto has the API, and no such type.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
"""

from __future__ import annotations

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


def install(engine: Engine) -> None:
    register(Alarm(engine))
