"""Log groups, log streams, subscription filters and Logs destinations in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Logs.html
A group's `Ref` is the name, `Arn` ends with `:*`. A group that exists already fails the stack, as on AWS, where stock
moto lets a Lambda function's first log make it silently. Of the others, stock moto has no types.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from .api_properties import as_text, called, without
from .engine import REGION, Engine
from .stack_resources import Resource, ResourceType, register

TRIES = 30
RETRY_SECONDS = 0.1


class LogGroup(ResourceType):
    type = "AWS::Logs::LogGroup"
    name_property = "LogGroupName"
    replaced_by = frozenset({"LogGroupName"})
    in_place = frozenset({"RetentionInDays", "Tags"})
    removable = in_place

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        called(self.engine, "logs", "CreateLogGroup", {**without(properties, "RetentionInDays"), "LogGroupName": name})
        self._retain(name, properties)
        return Resource(name, {"Arn": f"arn:aws:logs:{REGION}:{self.engine.account}:log-group:{name}:*"})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        name, logs = existing.physical_resource_id, self.engine.client("logs")
        self._retain(name, properties)
        arn, tags = existing.attributes["Arn"].removesuffix(":*"), _tags(properties)
        gone = sorted(_tags(existing.properties).keys() - tags.keys())
        if gone:
            logs.untag_resource(resourceArn=arn, tagKeys=gone)
        if tags:
            logs.tag_resource(resourceArn=arn, tags=tags)
        return existing

    def delete(self, existing: Resource) -> None:
        self.engine.client("logs").delete_log_group(logGroupName=existing.physical_resource_id)

    def _retain(self, name: str, properties: dict[str, Any]) -> None:
        logs = self.engine.client("logs")
        if "RetentionInDays" in properties:
            logs.put_retention_policy(logGroupName=name, retentionInDays=int(properties["RetentionInDays"]))
        else:
            logs.delete_retention_policy(logGroupName=name)


class LogStream(ResourceType):
    type = "AWS::Logs::LogStream"
    name_property = "LogStreamName"

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        called(self.engine, "logs", "CreateLogStream", {**properties, "LogStreamName": name})
        return Resource(name)

    def delete(self, existing: Resource) -> None:
        group = existing.properties["LogGroupName"]
        self.engine.client("logs").delete_log_stream(logGroupName=group, logStreamName=existing.physical_resource_id)


class SubscriptionFilter(ResourceType):
    type = "AWS::Logs::SubscriptionFilter"
    name_property = "FilterName"
    replaced_by = frozenset({"FilterName", "LogGroupName"})
    in_place = frozenset({"DestinationArn", "Distribution", "FilterPattern", "RoleArn"})
    removable = frozenset({"Distribution", "RoleArn"})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        _patiently(lambda: called(self.engine, "logs", "PutSubscriptionFilter", {**properties, "FilterName": name}))
        return Resource(name)

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        self.create(existing.physical_resource_id, properties)
        return existing

    def delete(self, existing: Resource) -> None:
        group, name = existing.properties["LogGroupName"], existing.physical_resource_id
        logs = self.engine.client("logs")
        _patiently(lambda: logs.delete_subscription_filter(logGroupName=group, filterName=name))


class Destination(ResourceType):
    type = "AWS::Logs::Destination"
    name_property = "DestinationName"
    replaced_by = frozenset({"DestinationName"})
    in_place = frozenset({"DestinationPolicy", "RoleArn", "TargetArn"})
    known = frozenset({"DestinationName", "Tags", *in_place})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        request = {**without(properties, "DestinationPolicy"), "DestinationName": name}
        made = called(self.engine, "logs", "PutDestination", request)["destination"]
        if "DestinationPolicy" in properties:
            policy = as_text(properties["DestinationPolicy"])
            self.engine.client("logs").put_destination_policy(destinationName=name, accessPolicy=policy)
        return Resource(name, {"Arn": made["arn"]})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        self.create(existing.physical_resource_id, without(properties, "Tags"))
        return existing

    def delete(self, existing: Resource) -> None:
        self.engine.client("logs").delete_destination(destinationName=existing.physical_resource_id)


def install(engine: Engine) -> None:
    for kind in (LogGroup, LogStream, SubscriptionFilter, Destination):
        register(kind(engine))


def _tags(properties: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: str(tag["Value"]) for tag in properties.get("Tags", [])}


def _patiently(call: Callable[[], Any]) -> None:
    """CloudFormation tries again what CloudWatch Logs throttles, 5 calls a second."""
    for attempt in range(TRIES):
        try:
            call()
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "ThrottlingException" or attempt == TRIES - 1:
                raise
            time.sleep(RETRY_SECONDS)
