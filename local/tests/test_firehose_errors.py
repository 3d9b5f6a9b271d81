from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from wrasse_local.firehose_errors import LIMIT, NO_KEYS, line, output_type
from wrasse_local.firehose_records import Record
from wrasse_local.firehose_transform import MESSAGES, MISSING

MOMENT = datetime(2026, 11, 20, 12, 0, 0, 123000, tzinfo=UTC)


def test_a_line_has_the_record_as_it_came_and_what_happened() -> None:
    written = line(Record("1", "cmF3", 3, MOMENT), MISSING, 4, MOMENT.replace(second=9), "arn:function")
    assert written.endswith(b"}\n")
    assert written.count(b"\n") == 1
    assert json.loads(written) == {
        "attemptsMade": 4,
        "arrivalTimestamp": 1795176000123,
        "errorCode": "Lambda.MissingRecordId",
        "errorMessage": MESSAGES[MISSING],
        "attemptEndingTimestamp": 1795176009123,
        "rawData": "cmF3",
        "lambdaArn": "arn:function",
    }


def test_a_line_without_a_function_names_none() -> None:
    assert "lambdaArn" not in json.loads(line(Record("1", "cmF3", 3, MOMENT), MISSING, 0, MOMENT, None))


@pytest.mark.parametrize(
    ("code", "expected"),
    [(MISSING, "processing-failed"), (NO_KEYS, "partitioning-failed"), (LIMIT, "activePartitionExceeded")],
)
def test_the_output_type_of_an_error(code: str, expected: str) -> None:
    assert output_type(code) == expected
