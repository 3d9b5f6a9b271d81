"""`AWS::Kinesis::Stream` in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-stream.html
`Ref` is the name. Stock moto drops encryption and the stream's mode, and changes the retention without any check.
"""

from __future__ import annotations

from typing import Any

from .engine import Engine
from .stack_resources import Resource, ResourceType, register

DEFAULT_HOURS = 24
ON_DEMAND = "ON_DEMAND"


class Stream(ResourceType):
    type = "AWS::Kinesis::Stream"
    name_property = "Name"
    in_place = frozenset({"RetentionPeriodHours", "ShardCount", "StreamEncryption"})
    removable = frozenset({"RetentionPeriodHours", "StreamEncryption"})
    known = frozenset({"Name", "StreamModeDetails", "Tags", *in_place})
    replaced_by = frozenset({"Name"})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        kinesis = self.engine.client("kinesis")
        mode = properties.get("StreamModeDetails", {"StreamMode": "PROVISIONED"})
        shards = {} if mode["StreamMode"] == ON_DEMAND else {"ShardCount": int(properties["ShardCount"])}
        kinesis.create_stream(StreamName=name, StreamModeDetails=mode, **shards)
        self._configure(name, properties)
        if "Tags" in properties:
            tags = {tag["Key"]: str(tag["Value"]) for tag in properties["Tags"]}
            kinesis.add_tags_to_stream(StreamName=name, Tags=tags)
        return Resource(name, {"Arn": self._summary(name)["StreamARN"]})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        name = existing.physical_resource_id
        if "ShardCount" in properties and int(properties["ShardCount"]) != self._summary(name)["OpenShardCount"]:
            self.engine.client("kinesis").update_shard_count(
                StreamName=name, TargetShardCount=int(properties["ShardCount"]), ScalingType="UNIFORM_SCALING"
            )
        self._configure(name, properties)
        return existing

    def delete(self, existing: Resource) -> None:
        self.engine.client("kinesis").delete_stream(StreamName=existing.physical_resource_id)

    def _configure(self, name: str, properties: dict[str, Any]) -> None:
        kinesis, found = self.engine.client("kinesis"), self._summary(name)
        hours = int(properties.get("RetentionPeriodHours", DEFAULT_HOURS))
        if hours > found["RetentionPeriodHours"]:
            kinesis.increase_stream_retention_period(StreamName=name, RetentionPeriodHours=hours)
        elif hours < found["RetentionPeriodHours"]:
            kinesis.decrease_stream_retention_period(StreamName=name, RetentionPeriodHours=hours)
        encryption = properties.get("StreamEncryption")
        if encryption:
            kinesis.start_stream_encryption(StreamName=name, **encryption)
        elif found["EncryptionType"] != "NONE":
            kinesis.stop_stream_encryption(
                StreamName=name, EncryptionType=found["EncryptionType"], KeyId=found["KeyId"]
            )

    def _summary(self, name: str) -> dict[str, Any]:
        found = self.engine.client("kinesis").describe_stream_summary(StreamName=name)
        summary: dict[str, Any] = found["StreamDescriptionSummary"]
        return summary


def install(engine: Engine) -> None:
    register(Stream(engine))
