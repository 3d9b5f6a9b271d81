from __future__ import annotations

from typing import Any

from .delivery_streams import ROLE, Archive, hints, processing
from .helpers import unique
from .test_cloudformation_types import delete, deploy


def test_a_kinesis_stream(archive: Archive) -> None:
    aws, name = archive.aws, unique("stream")
    properties: dict[str, Any] = {
        "Name": name,
        "ShardCount": "2",
        "RetentionPeriodHours": 48,
        "StreamEncryption": {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"},
        "StreamModeDetails": {"StreamMode": "PROVISIONED"},
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    stack, found = deploy(aws, "AWS::Kinesis::Stream", properties, "Arn")
    assert found == {"Ref": name, "Arn": f"arn:aws:kinesis:us-east-1:123456789012:stream/{name}"}
    kinesis = aws("kinesis")

    def summary() -> dict[str, Any]:
        described: dict[str, Any] = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
        return described

    shown = ("OpenShardCount", "RetentionPeriodHours", "EncryptionType", "KeyId")
    assert [summary()[key] for key in shown] == [2, 48, "KMS", "alias/aws/kinesis"]
    assert kinesis.list_tags_for_stream(StreamName=name)["Tags"] == [{"Key": "a", "Value": "b"}]
    changed = {**properties, "ShardCount": 3, "RetentionPeriodHours": 24}
    del changed["StreamEncryption"]
    aws.deploy({"R": {"Type": "AWS::Kinesis::Stream", "Properties": changed}}, stack=stack)
    assert aws.stack(stack)["StackStatus"] == "UPDATE_COMPLETE", aws.reasons(stack)
    assert [summary().get(key) for key in shown] == [3, 24, "NONE", None]
    delete(aws, stack)
    assert name not in kinesis.list_streams(Limit=1000)["StreamNames"]


def test_a_stream_on_demand_has_no_shard_count(archive: Archive) -> None:
    properties = {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}
    stack, found = deploy(archive.aws, "AWS::Kinesis::Stream", properties)
    summary = archive.aws("kinesis").describe_stream_summary(StreamName=found["Ref"])["StreamDescriptionSummary"]
    assert summary["StreamModeDetails"] == {"StreamMode": "ON_DEMAND"}
    delete(archive.aws, stack)


def test_a_delivery_stream(archive: Archive) -> None:
    aws, function = archive.aws, archive.function()
    destination = archive.destination(
        BufferingHints={"SizeInMBs": "1", "IntervalInSeconds": "60"},
        CompressionFormat="GZIP",
        Prefix="old/",
        ProcessingConfiguration=processing(LambdaArn=function, BufferSizeInMBs=0.5),
    )
    properties: dict[str, Any] = {
        "DeliveryStreamType": "KinesisStreamAsSource",
        "KinesisStreamSourceConfiguration": {"KinesisStreamARN": {"Fn::GetAtt": ["Source", "Arn"]}, "RoleARN": ROLE},
        "ExtendedS3DestinationConfiguration": destination,
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    resources = {
        "Source": {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 1}},
        "R": {"Type": "AWS::KinesisFirehose::DeliveryStream", "Properties": properties},
    }
    shown = {
        "Name": {"Value": {"Ref": "R"}},
        "Arn": {"Value": {"Fn::GetAtt": ["R", "Arn"]}},
        "Source": {"Value": {"Ref": "Source"}},
    }
    stack = aws.deploy(resources, Outputs=shown)
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.reasons(stack["StackName"])
    found = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    assert found["Arn"] == f"arn:aws:firehose:us-east-1:123456789012:deliverystream/{found['Name']}"
    assert len(found["Name"]) <= 64
    archive.put_kinesis(found["Source"], "one")
    assert archive.flush(found["Name"])["ok"] == 1
    assert archive.text("old/") == "ONE"
    described = aws("firehose").describe_delivery_stream(DeliveryStreamName=found["Name"])["DeliveryStreamDescription"]
    given = described["Destinations"][0]["ExtendedS3DestinationDescription"]
    assert given["BufferingHints"] == hints(1, 60)
    resources["R"]["Properties"] = {
        **properties,
        "ExtendedS3DestinationConfiguration": {**destination, "Prefix": "new/"},
    }
    aws.deploy(resources, stack=stack["StackName"])
    archive.put_kinesis(found["Source"], "two")
    assert archive.flush(found["Name"])["ok"] == 1
    assert archive.text("new/") == "TWO"
    delete(aws, stack["StackName"])
    assert found["Name"] not in aws("firehose").list_delivery_streams(Limit=1000)["DeliveryStreamNames"]


def test_a_wrong_delivery_stream_fails_its_stack(archive: Archive) -> None:
    wrong = archive.destination(Prefix="!{timestamp:yyyy}/")
    properties = {"ExtendedS3DestinationConfiguration": wrong}
    stack = archive.aws.deploy({"R": {"Type": "AWS::KinesisFirehose::DeliveryStream", "Properties": properties}})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "ErrorOutputPrefix cannot be null" in archive.aws.reasons(stack["StackName"])
