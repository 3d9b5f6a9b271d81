"""SQS queues and their policies in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queuepolicy.html
`Ref` is the queue's URL. Stock moto gives an address of AWS as URL, which no client of the engine reaches. Policies are
kept, not enforced.
"""

from __future__ import annotations

from typing import Any

from .api_properties import as_text, without
from .engine import Engine
from .stack_resources import Resource, ResourceType, register

CHANGEABLE = frozenset(
    {
        "ContentBasedDeduplication",
        "DeduplicationScope",
        "DelaySeconds",
        "FifoThroughputLimit",
        "KmsDataKeyReusePeriodSeconds",
        "KmsMasterKeyId",
        "MaximumMessageSize",
        "MessageRetentionPeriod",
        "ReceiveMessageWaitTimeSeconds",
        "RedriveAllowPolicy",
        "RedrivePolicy",
        "SqsManagedSseEnabled",
        "VisibilityTimeout",
    }
)


class Queue(ResourceType):
    type = "AWS::SQS::Queue"
    any_region = True
    name_property = "QueueName"
    known = frozenset({"FifoQueue", "QueueName", "Tags", *CHANGEABLE})
    replaced_by = frozenset({"FifoQueue", "QueueName"})
    in_place = CHANGEABLE

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        url = self.engine.client("sqs").create_queue(
            QueueName=name,
            Attributes=_attributes(properties),
            tags={tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])},
        )["QueueUrl"]
        arn = f"arn:aws:sqs:{self.engine.region}:{self.engine.account}:{name}"
        return Resource(url, {"Arn": arn, "QueueName": name, "QueueUrl": url})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        self.engine.client("sqs").set_queue_attributes(
            QueueUrl=existing.physical_resource_id, Attributes=_attributes(properties)
        )
        return existing

    def delete(self, existing: Resource) -> None:
        self.engine.client("sqs").delete_queue(QueueUrl=existing.physical_resource_id)


class QueuePolicy(ResourceType):
    type = "AWS::SQS::QueuePolicy"
    any_region = True
    known = frozenset({"PolicyDocument", "Queues"})
    replaced_by = frozenset()
    in_place = frozenset({"PolicyDocument"})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        self._put(properties["Queues"], as_text(properties["PolicyDocument"]))
        return Resource(name, {"Id": name})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        self._put(properties["Queues"], as_text(properties["PolicyDocument"]))
        return existing

    def delete(self, existing: Resource) -> None:
        self._put(existing.properties["Queues"], "")

    def _put(self, queues: list[str], policy: str) -> None:
        for url in queues:
            self.engine.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


def install(engine: Engine) -> None:
    for kind in (Queue, QueuePolicy):
        register(kind(engine))


def _attributes(properties: dict[str, Any]) -> dict[str, str]:
    return {key: as_text(value) for key, value in without(properties, "QueueName", "Tags").items()}
