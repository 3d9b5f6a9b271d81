from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from wrasse_local.firehose_puts import RECORD_LIMIT

from .delivery_streams import Archive


def put(archive: Archive, stream: str, *sizes: int) -> Any:
    records = [{"Data": b"x" * size} for size in sizes]
    return archive.aws("firehose").put_record_batch(DeliveryStreamName=stream, Records=records)


@pytest.mark.parametrize(
    ("sizes", "error"),
    [
        ([RECORD_LIMIT], None),
        ([1, RECORD_LIMIT + 1], "ValidationException.*records.2.member.data.*1024000"),
        ([1] * 500, None),
        ([1] * 501, "ValidationException.*'records'.*500"),
        ([RECORD_LIMIT] * 4 + [98_304], None),
        ([RECORD_LIMIT] * 4 + [98_305], "InvalidArgumentException"),
    ],
)
def test_the_limits_of_a_batch(archive: Archive, sizes: list[int], error: str | None) -> None:
    stream = archive.stream()
    if error is None:
        answer = put(archive, stream, *sizes)
        assert answer["FailedPutCount"] == 0
        assert len({record["RecordId"] for record in answer["RequestResponses"]}) == len(sizes)
        return
    with pytest.raises(ClientError, match=error):
        put(archive, stream, *sizes)
    assert archive.flush(stream)["records_read"] == 0, "nothing of it is taken"


def test_put_record_takes_a_thousand_kibibytes_and_no_more(archive: Archive) -> None:
    stream, firehose = archive.stream(), archive.aws("firehose")
    assert firehose.put_record(DeliveryStreamName=stream, Record={"Data": b"x" * RECORD_LIMIT})["RecordId"]
    with pytest.raises(ClientError, match="ValidationException"):
        firehose.put_record(DeliveryStreamName=stream, Record={"Data": b"x" * (RECORD_LIMIT + 1)})
    assert archive.flush(stream)["records_read"] == 1


def test_a_stream_that_reads_kinesis_takes_no_puts(archive: Archive) -> None:
    stream = archive.stream(source=archive.kinesis()[1])
    refused = r"InvalidArgumentException.*not permitted on KinesisStreamAsSource"
    with pytest.raises(ClientError, match=refused):
        put(archive, stream, 1)
    with pytest.raises(ClientError, match=refused):
        archive.aws("firehose").put_record(DeliveryStreamName=stream, Record={"Data": b"x"})


def test_a_stream_that_is_not_there(archive: Archive) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        put(archive, "nowhere", 1)


def test_faults_on_demand(archive: Archive) -> None:
    stream = archive.stream()
    archive.aws.post("/firehose/faults", kind="throttle", count=1)
    archive.aws.post("/firehose/faults", kind="fail", count=1)
    for code, status in (("ServiceUnavailableException", 503), ("InternalFailure", 500)):
        with pytest.raises(ClientError, match=code) as refusal:
            put(archive, stream, 1)
        assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert put(archive, stream, 1)["FailedPutCount"] == 0
    assert archive.flush(stream)["ok"] == 1


def test_a_partial_fault_refuses_every_second_record(archive: Archive) -> None:
    stream = archive.stream()
    archive.aws.post("/firehose/faults", kind="partial", count=1)
    answer = put(archive, stream, 1, 2, 3)
    assert answer["FailedPutCount"] == 2
    codes = [record.get("ErrorCode") for record in answer["RequestResponses"]]
    assert codes == ["ServiceUnavailableException", None, "ServiceUnavailableException"]
    archive.flush(stream)
    assert archive.text() == "xx"


def test_a_subscribed_log_group_writes_into_a_stream(archive: Archive) -> None:
    stream, group = archive.stream(), archive.aws.log_group()
    archive.aws.subscribe(group, f"arn:aws:firehose:us-east-1:123456789012:deliverystream/{stream}")
    archive.aws.log(group, "a line")
    archive.flush(stream)
    assert "a line" in archive.text(), "gunzipped: an object of one record is that record"
