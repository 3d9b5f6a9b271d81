"""SQS queues in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html
`Ref` is the queue's URL. Stock moto gives an address of AWS as URL, which no client of the engine reaches.
"""

from __future__ import annotations

from typing import Any

from .api_properties import as_text, without
from .engine import ACCOUNT, REGION, Engine
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
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        return Resource(url, {"Arn": arn, "QueueName": name, "QueueUrl": url})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        self.engine.client("sqs").set_queue_attributes(
            QueueUrl=existing.physical_resource_id, Attributes=_attributes(properties)
        )
        return existing

    def delete(self, existing: Resource) -> None:
        self.engine.client("sqs").delete_queue(QueueUrl=existing.physical_resource_id)


def install(engine: Engine) -> None:
    register(Queue(engine))


def _attributes(properties: dict[str, Any]) -> dict[str, str]:
    return {key: as_text(value) for key, value in without(properties, "QueueName", "Tags").items()}
