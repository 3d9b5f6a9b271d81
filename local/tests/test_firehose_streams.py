from __future__ import annotations

import threading

import pytest
from botocore.exceptions import ClientError

from .delivery_streams import ROLE, TRANSFORMATION, Archive, processing
from .helpers import eventually


def described(archive: Archive, stream: str) -> dict[str, object]:
    found = archive.aws("firehose").describe_delivery_stream(DeliveryStreamName=stream)
    description: dict[str, object] = found["DeliveryStreamDescription"]
    return description


def update(archive: Archive, stream: str, version: str = "1", **given: object) -> None:
    archive.aws("firehose").update_destination(
        DeliveryStreamName=stream,
        CurrentDeliveryStreamVersionId=version,
        DestinationId="destinationId-000000000001",
        ExtendedS3DestinationUpdate=given,
    )


def test_a_new_configuration_begins_a_new_version_of_objects(archive: Archive) -> None:
    stream = archive.stream(Prefix="old/")
    archive.put(stream, "one ")
    archive.flush(stream)
    update(archive, stream, Prefix="new/", ProcessingConfiguration=processing(LambdaArn=archive.function()))
    archive.put(stream, "two ")
    archive.flush(stream)
    assert archive.text("old/") == "one "
    (key,) = archive.objects("new/")
    assert f"/{stream}-2-" in key
    assert archive.text("new/") == "TWO "


def test_a_wrong_configuration_changes_nothing(archive: Archive) -> None:
    stream = archive.stream(Prefix="old/")
    before = described(archive, stream)
    with pytest.raises(ClientError, match="InvalidArgumentException"):
        update(archive, stream, Prefix="!{timestamp:yyyy}/")
    with pytest.raises(ClientError, match="ConcurrentModificationException"):
        update(archive, stream, version="7", Prefix="new/")
    assert described(archive, stream) == before


def test_a_deleted_stream_works_no_more(archive: Archive) -> None:
    stream = archive.stream(source=archive.kinesis()[1])
    names = [thread.name for thread in threading.enumerate()]
    assert f"firehose {stream}" in names
    archive.delete(stream)
    eventually(lambda: f"firehose {stream}" not in [thread.name for thread in threading.enumerate()])
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        archive.aws("firehose").delete_delivery_stream(DeliveryStreamName=stream)


def test_a_name_in_use_is_refused_and_its_stream_goes_on(archive: Archive) -> None:
    stream = archive.stream(function=archive.function(TRANSFORMATION))
    with pytest.raises(ClientError, match="ResourceInUseException"):
        archive.aws("firehose").create_delivery_stream(
            DeliveryStreamName=stream, ExtendedS3DestinationConfiguration=archive.destination()
        )
    archive.put(stream, "one")
    assert archive.flush(stream)["ok"] == 1


@pytest.mark.parametrize(
    ("kind", "refusal"),
    [
        ("KinesisStreamAsSource", "KinesisStreamSourceConfiguration is required"),
        ("MSKAsSource", "NotImplementedByTheEmbeddedEngine"),
    ],
)
def test_a_stream_needs_a_source_of_its_type(archive: Archive, kind: str, refusal: str) -> None:
    with pytest.raises(ClientError, match=refusal):
        archive.aws("firehose").create_delivery_stream(
            DeliveryStreamName="no-source",
            DeliveryStreamType=kind,
            ExtendedS3DestinationConfiguration=archive.destination(),
        )


def test_what_reads_the_stream_can_be_found_out(archive: Archive) -> None:
    arn, function = archive.kinesis()[1], archive.function()
    stream = archive.stream(source=arn, function=function)
    found = archive.aws("firehose").describe_delivery_stream(DeliveryStreamName=stream)["DeliveryStreamDescription"]
    assert found["Source"]["KinesisStreamSourceDescription"] == {"KinesisStreamARN": arn, "RoleARN": ROLE}
    destination = found["Destinations"][0]["ExtendedS3DestinationDescription"]
    assert destination["ProcessingConfiguration"] == processing(LambdaArn=function)
