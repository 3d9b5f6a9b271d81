"""SQS queues and their policies in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SQS.html
`Ref` is the queue's URL. Stock moto gives an address of AWS as URL, which no client of the engine reaches, and has no
QueuePolicy.
"""

from __future__ import annotations

import json
from typing import Any

from .api_properties import as_text, without
from .engine import ACCOUNT, REGION, Engine
from .stack_resources import Resource, ResourceType, register


class Queue(ResourceType):
    type = "AWS::SQS::Queue"
    name_property = "QueueName"

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        url = self.engine.client("sqs").create_queue(
            QueueName=name,
            Attributes=_attributes(properties),
            tags={tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])},
        )["QueueUrl"]
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        return Resource(url, {"Arn": arn, "QueueName": name, "QueueUrl": url})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource | None:
        if properties.get("QueueName") != existing.properties.get("QueueName"):
            return None
        self.engine.client("sqs").set_queue_attributes(
            QueueUrl=existing.physical_resource_id, Attributes=_attributes(properties)
        )
        return existing

    def delete(self, existing: Resource) -> None:
        self.engine.client("sqs").delete_queue(QueueUrl=existing.physical_resource_id)


class QueuePolicy(ResourceType):
    type = "AWS::SQS::QueuePolicy"

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        for url in properties["Queues"]:
            policy = {"Policy": json.dumps(properties["PolicyDocument"])}
            self.engine.client("sqs").set_queue_attributes(QueueUrl=url, Attributes=policy)
        return Resource(name)

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource | None:
        return self.create(existing.physical_resource_id, properties)

    def delete(self, existing: Resource) -> None:
        for url in existing.properties["Queues"]:
            self.engine.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})


def install(engine: Engine) -> None:
    for kind in (Queue, QueuePolicy):
        register(kind(engine))


def _attributes(properties: dict[str, Any]) -> dict[str, str]:
    return {key: as_text(value) for key, value in without(properties, "QueueName", "Tags").items()}
