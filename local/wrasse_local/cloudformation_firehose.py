"""`AWS::KinesisFirehose::DeliveryStream` in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesisfirehose-deliverystream.html
`Ref` is the name. The destination is changed by `UpdateDestination`, which keeps what is left out. Stock moto has no
such type.
"""

from __future__ import annotations

from typing import Any

from .api_properties import called
from .engine import Engine
from .stack_resources import Resource, ResourceType, register


class DeliveryStream(ResourceType):
    type = "AWS::KinesisFirehose::DeliveryStream"
    name_property = "DeliveryStreamName"
    in_place = frozenset({"ExtendedS3DestinationConfiguration"})
    replaced_by = frozenset({"DeliveryStreamName", "DeliveryStreamType", "KinesisStreamSourceConfiguration"})
    known = frozenset({"DeliveryStreamEncryptionConfigurationInput", "Tags", *in_place, *replaced_by})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        request = {**properties, "DeliveryStreamName": name}
        arn = called(self.engine, "firehose", "CreateDeliveryStream", request)["DeliveryStreamARN"]
        return Resource(name, {"Arn": arn})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        name = existing.physical_resource_id
        found = self.engine.client("firehose").describe_delivery_stream(DeliveryStreamName=name)
        described = found["DeliveryStreamDescription"]
        request = {
            "DeliveryStreamName": name,
            "CurrentDeliveryStreamVersionId": described["VersionId"],
            "DestinationId": described["Destinations"][0]["DestinationId"],
            "ExtendedS3DestinationUpdate": properties["ExtendedS3DestinationConfiguration"],
        }
        called(self.engine, "firehose", "UpdateDestination", request)
        return existing

    def delete(self, existing: Resource) -> None:
        self.engine.client("firehose").delete_delivery_stream(DeliveryStreamName=existing.physical_resource_id)


def install(engine: Engine) -> None:
    register(DeliveryStream(engine))
