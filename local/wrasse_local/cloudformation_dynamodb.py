"""`AWS::DynamoDB::Table` in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
Stock moto drops the settings for time to live, recovery and deletion protection. Here they are set by the calls that
CloudFormation makes. Items are not deleted when their time to live is over, and there is nothing to recover from.
"""

from __future__ import annotations

from typing import Any

from .api_properties import called, without
from .engine import Engine
from .stack_resources import Resource, ResourceType, register

TIME_TO_LIVE, RECOVERY = "TimeToLiveSpecification", "PointInTimeRecoverySpecification"
PROTECTION = "DeletionProtectionEnabled"


class Table(ResourceType):
    type = "AWS::DynamoDB::Table"
    name_property = "TableName"
    replaced_by = frozenset({"AttributeDefinitions", "KeySchema", "TableName"})
    in_place = frozenset({PROTECTION, RECOVERY, TIME_TO_LIVE})
    removable = frozenset({RECOVERY})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        settings = {**without(properties, TIME_TO_LIVE, RECOVERY), "TableName": name}
        made = called(self.engine, "dynamodb", "CreateTable", settings)["TableDescription"]
        self._set(name, properties)
        return Resource(name, {"Arn": made["TableArn"], "StreamArn": made.get("LatestStreamArn", "")})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        name = existing.physical_resource_id
        protected = {"TableName": name, PROTECTION: properties.get(PROTECTION, False)}
        called(self.engine, "dynamodb", "UpdateTable", protected)
        if existing.properties.get(TIME_TO_LIVE) != properties.get(TIME_TO_LIVE):
            self._set(name, {TIME_TO_LIVE: properties[TIME_TO_LIVE]})
        off = {"PointInTimeRecoveryEnabled": False}
        self._set(name, {RECOVERY: properties.get(RECOVERY, off)})
        return existing

    def delete(self, existing: Resource) -> None:
        self.engine.client("dynamodb").delete_table(TableName=existing.physical_resource_id)

    def _set(self, name: str, properties: dict[str, Any]) -> None:
        for key, operation in ((TIME_TO_LIVE, "UpdateTimeToLive"), (RECOVERY, "UpdateContinuousBackups")):
            if key in properties:
                called(self.engine, "dynamodb", operation, {"TableName": name, key: properties[key]})


def install(engine: Engine) -> None:
    register(Table(engine))
