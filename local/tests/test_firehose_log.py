from __future__ import annotations

import json
from typing import Any

from .delivery_streams import TRANSFORMATION, Archive
from .helpers import unique


def logging(archive: Archive, made: bool = True) -> dict[str, Any]:
    group = f"/firehose/{unique('log')}"
    if made:
        archive.aws("logs").create_log_group(logGroupName=group)
        archive.aws("logs").create_log_stream(logGroupName=group, logStreamName="S3Delivery")
    return {"Enabled": True, "LogGroupName": group, "LogStreamName": "S3Delivery"}


def test_a_batch_with_failures_is_one_line_for_each_code(archive: Archive) -> None:
    options, function = logging(archive), archive.function(TRANSFORMATION)
    stream = archive.stream(function=function, CloudWatchLoggingOptions=options)
    archive.put(stream, "fail of secret words", "fail again", "missing", "fine")
    archive.flush(stream)
    lines = archive.aws.log_lines(options["LogGroupName"])
    first, second = (json.loads(line) for line in lines)
    assert [first["errorCode"], second["errorCode"]] == ["Lambda.MissingRecordId", "Lambda.ProcessingFailedStatus"]
    assert second == {
        "deliveryStreamARN": f"arn:aws:firehose:us-east-1:123456789012:deliverystream/{stream}",
        "destination": f"arn:aws:s3:::{archive.bucket}",
        "deliveryStreamVersionId": 1,
        "errorCode": "Lambda.ProcessingFailedStatus",
        "message": "ProcessingFailed status set for record",
        "attemptsMade": 1,
        "processor": function,
    }
    assert "secret" not in "".join(lines)


def test_nothing_is_logged_where_nothing_was_to_be_logged_or_no_group_is(archive: Archive) -> None:
    function, options = archive.function(TRANSFORMATION), logging(archive)
    off = {**options, "Enabled": False}
    for chosen in (off, logging(archive, made=False)):
        stream = archive.stream(function=function, CloudWatchLoggingOptions=chosen)
        archive.put(stream, "fail")
        assert archive.flush(stream)["failed"] == 1
    assert archive.aws.log_lines(options["LogGroupName"]) == []
