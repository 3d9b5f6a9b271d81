from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from wrasse_local.kinesis_puts import RECORD_LIMIT, base64_length

from .delivery_streams import Archive


def put(archive: Archive, stream: str, *sizes: int) -> Any:
    records = [{"Data": b"x" * size, "PartitionKey": "k"} for size in sizes]
    return archive.aws("kinesis").put_records(StreamName=stream, Records=records)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5])
def test_the_length_of_base64_is_that_of_what_it_stands_for(size: int) -> None:
    assert base64_length({0: "", 1: "eA==", 2: "eHg=", 3: "eHh4", 4: "eHh4eA==", 5: "eHh4eHg="}[size]) == size


@pytest.mark.parametrize(
    ("sizes", "code"),
    [
        ([RECORD_LIMIT - 1], None),
        ([RECORD_LIMIT], "ValidationException"),
        ([1] * 500, None),
        ([1] * 501, "ValidationException"),
        ([1_000_000] * 5, None),
        ([1_000_000] * 6, "InvalidArgumentException"),
    ],
)
def test_the_limits_of_put_records(archive: Archive, sizes: list[int], code: str | None) -> None:
    name, _ = archive.kinesis()
    if code is None:
        assert put(archive, name, *sizes)["FailedRecordCount"] == 0
        return
    with pytest.raises(ClientError, match=code):
        put(archive, name, *sizes)


def test_put_record_takes_a_mebibyte_with_its_key_and_no_more(archive: Archive) -> None:
    name, _ = archive.kinesis()
    kinesis = archive.aws("kinesis")
    kinesis.put_record(StreamName=name, PartitionKey="k", Data=b"x" * (RECORD_LIMIT - 1))
    with pytest.raises(ClientError, match=r"ValidationException.*less than or equal to 1048576"):
        kinesis.put_record(StreamName=name, PartitionKey="k", Data=b"x" * RECORD_LIMIT)


def test_faults_on_demand(archive: Archive) -> None:
    name, _ = archive.kinesis()
    faults = archive.aws.post("/kinesis/faults", kind="throttle", count=2)
    assert faults == {"throttle": 2, "partial": 0, "fail": 0}
    with pytest.raises(ClientError, match="ProvisionedThroughputExceededException"):
        put(archive, name, 1)
    with pytest.raises(ClientError, match="ProvisionedThroughputExceededException"):
        archive.aws("kinesis").put_record(StreamName=name, PartitionKey="k", Data=b"x")
    archive.aws.post("/kinesis/faults", kind="fail", count=1)
    with pytest.raises(ClientError, match="InternalFailure") as failure:
        put(archive, name, 1)
    assert failure.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert put(archive, name, 1)["FailedRecordCount"] == 0


def test_a_partial_fault_refuses_every_second_record(archive: Archive) -> None:
    name, _ = archive.kinesis()
    archive.aws.post("/kinesis/faults", kind="partial", count=1)
    answer = put(archive, name, 1, 2, 3)
    assert answer["FailedRecordCount"] == 2
    codes = [record.get("ErrorCode") for record in answer["Records"]]
    assert codes == ["ProvisionedThroughputExceededException", None, "ProvisionedThroughputExceededException"]
    assert answer["Records"][1]["SequenceNumber"] == "1"
    assert put(archive, name, 1)["Records"][0]["SequenceNumber"] == "2"
