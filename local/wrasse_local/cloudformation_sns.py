"""SNS topics, their policies and subscriptions in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SNS.html
Stock moto has no `TopicArn` attribute, no TopicPolicy and no Subscription.
"""

from __future__ import annotations

import json
from typing import Any

from .api_properties import as_text, called, without
from .engine import Engine
from .stack_resources import Resource, ResourceType, register

ATTRIBUTES = ("DisplayName", "KmsMasterKeyId", "FifoTopic", "ContentBasedDeduplication", "SignatureVersion")

SUBSCRIPTION_ATTRIBUTES = ("DeliveryPolicy", "FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy")


class Topic(ResourceType):
    type = "AWS::SNS::Topic"
    any_region = True
    name_property = "TopicName"

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        attributes = {key: as_text(properties[key]) for key in ATTRIBUTES if key in properties}
        rest = without(properties, "TopicName", "Subscription", *ATTRIBUTES)
        made = called(self.engine, "sns", "CreateTopic", {**rest, "Name": name, "Attributes": attributes})
        arn = made["TopicArn"]
        for subscription in properties.get("Subscription", []):
            called(self.engine, "sns", "Subscribe", {**subscription, "TopicArn": arn})
        return Resource(arn, {"TopicArn": arn, "TopicName": name})

    def delete(self, existing: Resource) -> None:
        self.engine.client("sns").delete_topic(TopicArn=existing.physical_resource_id)


class TopicPolicy(ResourceType):
    type = "AWS::SNS::TopicPolicy"
    any_region = True
    known = frozenset({"PolicyDocument", "Topics"})
    replaced_by = frozenset()
    in_place = frozenset({"PolicyDocument"})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        for arn in properties["Topics"]:
            self.engine.client("sns").set_topic_attributes(
                TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(properties["PolicyDocument"])
            )
        return Resource(name)

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        return self.create(existing.physical_resource_id, properties)

    def delete(self, existing: Resource) -> None:
        """The topic's default policy is not put back: the topic goes with it in every template of the fleet."""


class Subscription(ResourceType):
    type = "AWS::SNS::Subscription"
    any_region = True
    known = frozenset({"TopicArn", "Protocol", "Endpoint", *SUBSCRIPTION_ATTRIBUTES})
    replaced_by = frozenset({"TopicArn", "Protocol", "Endpoint"})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        attributes = without(properties, "TopicArn", "Protocol", "Endpoint")
        made = self.engine.client("sns").subscribe(
            TopicArn=properties["TopicArn"],
            Protocol=properties["Protocol"],
            Endpoint=properties["Endpoint"],
            Attributes={key: as_text(value) for key, value in attributes.items()},
            ReturnSubscriptionArn=True,
        )
        return Resource(made["SubscriptionArn"], {"Arn": made["SubscriptionArn"]})

    def delete(self, existing: Resource) -> None:
        self.engine.client("sns").unsubscribe(SubscriptionArn=existing.physical_resource_id)


def install(engine: Engine) -> None:
    for kind in (Topic, TopicPolicy, Subscription):
        register(kind(engine))
