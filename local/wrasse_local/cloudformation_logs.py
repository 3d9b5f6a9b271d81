"""`AWS::Logs::LogGroup` in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
`Ref` is the name, `Arn` ends with `:*`. A group that exists already fails the stack, as on AWS, where stock moto
lets a Lambda function's first log make it silently.
"""

from __future__ import annotations

from typing import Any

from .api_properties import called, without
from .engine import ACCOUNT, REGION, Engine
from .stack_resources import Resource, ResourceType, register


class LogGroup(ResourceType):
    type = "AWS::Logs::LogGroup"
    name_property = "LogGroupName"
    replaced_by = frozenset({"LogGroupName"})
    in_place = frozenset({"RetentionInDays"})
    removable = in_place

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        called(self.engine, "logs", "CreateLogGroup", {**without(properties, "RetentionInDays"), "LogGroupName": name})
        self._retain(name, properties)
        return Resource(name, {"Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:*"})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        self._retain(existing.physical_resource_id, properties)
        return existing

    def delete(self, existing: Resource) -> None:
        self.engine.client("logs").delete_log_group(logGroupName=existing.physical_resource_id)

    def _retain(self, name: str, properties: dict[str, Any]) -> None:
        logs = self.engine.client("logs")
        if "RetentionInDays" in properties:
            logs.put_retention_policy(logGroupName=name, retentionInDays=int(properties["RetentionInDays"]))
        else:
            logs.delete_retention_policy(logGroupName=name)


def install(engine: Engine) -> None:
    register(LogGroup(engine))
