from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from wrasse_local.firehose_records import KinesisPlace, Record
from wrasse_local.firehose_transform import Request, Verdict, failed, verdicts
from wrasse_local.lambda_invocation import EVENT_LIMIT

MOMENT = datetime(2026, 11, 20, 12, 0, 0, 123000, tzinfo=UTC)
STREAM = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/d"
SOURCE = "arn:aws:kinesis:eu-west-1:111122223333:stream/s"


def record(number: int, size: int = 3, key: str | None = None) -> Record:
    data = base64.b64encode(b"x" * size).decode()
    place = None if key is None else KinesisPlace("shardId-000000000001", key, str(number))
    return Record(f"id-{number}", data, size, MOMENT, place)


def test_an_event_of_direct_puts() -> None:
    event = json.loads(Request(STREAM, None).event([record(1), record(2)]))
    assert len(event.pop("invocationId")) == 36
    shown = {"approximateArrivalTimestamp": 1795176000123, "data": "eHh4"}
    assert event == {
        "deliveryStreamArn": STREAM,
        "region": "eu-west-1",
        "records": [{"recordId": "id-1", **shown}, {"recordId": "id-2", **shown}],
    }


def test_an_event_of_a_kinesis_stream_says_where_its_records_stood() -> None:
    event = json.loads(Request(STREAM, SOURCE).event([record(7, key='a "key"')]))
    assert event["sourceKinesisStreamArn"] == SOURCE
    assert event["records"][0]["kinesisRecordMetadata"] == {
        "sequenceNumber": "7",
        "subsequenceNumber": 0,
        "partitionKey": 'a "key"',
        "shardId": "shardId-000000000001",
        "approximateArrivalTimestamp": 1795176000123,
    }


@pytest.mark.parametrize(
    ("sizes", "most", "taken"),
    [([5, 5, 5], 10, 2), ([5, 5, 5], 15, 3), ([5, 5, 5], 14, 2), ([50, 5], 10, 1), ([5, 50], 10, 1), ([5], 100, 1)],
)
def test_a_batch_is_as_large_as_the_hint_says(sizes: list[int], most: int, taken: int) -> None:
    waiting = [record(number, size) for number, size in enumerate(sizes)]
    assert Request(STREAM, None).batch(waiting, most) == waiting[:taken]


def test_a_request_is_never_over_six_mebibytes() -> None:
    request = Request(STREAM, SOURCE)
    many_small = [record(number, 1, "k" * 256) for number in range(20_000)]
    batch = request.batch(many_small, 3 * 1024 * 1024)
    one_more = many_small[: len(batch) + 1]
    assert len(request.event(batch)) <= EVENT_LIMIT < len(request.event(one_more))


RECORDS = [record(1), record(2)]
OK = {"recordId": "id-1", "result": "Ok", "data": "YQ=="}
OTHER = {"recordId": "id-2", "result": "Ok", "data": "Yg=="}
B = Verdict("Ok", b"b")


@pytest.mark.parametrize(
    ("answered", "first"),
    [
        ([OK, OTHER], Verdict("Ok", b"a")),
        ([OTHER, OK], Verdict("Ok", b"a")),
        ([{**OK, "metadata": {"partitionKeys": {"k": "v"}}}, OTHER], Verdict("Ok", b"a", {"k": "v"})),
        ([{**OK, "metadata": None}, OTHER], Verdict("Ok", b"a")),
        ([{**OK, "result": "Dropped"}, OTHER], Verdict("Dropped")),
        ([{"recordId": "id-1", "result": "Dropped"}, OTHER], Verdict("Dropped")),
        ([{**OK, "result": "ProcessingFailed"}, OTHER], *failed(RECORDS[:1], "Lambda.ProcessingFailedStatus")),
        ([OTHER], *failed(RECORDS[:1], "Lambda.MissingRecordId")),
        ([{**OK, "recordId": "id-3"}, OTHER], *failed(RECORDS[:1], "Lambda.MissingRecordId")),
        ([OK, OTHER, OK], *failed(RECORDS[:1], "Lambda.DuplicatedRecordId")),
        ([{**OK, "result": "ok"}, OTHER], *failed(RECORDS[:1], "Lambda.JsonProcessingException")),
        ([{"recordId": "id-1"}, OTHER], *failed(RECORDS[:1], "Lambda.JsonProcessingException")),
        ([{**OK, "data": None}, OTHER], *failed(RECORDS[:1], "Lambda.JsonProcessingException")),
        ([{**OK, "data": "YQ"}, OTHER], *failed(RECORDS[:1], "Lambda.JsonProcessingException")),
        ([{**OK, "data": "Y Q=="}, OTHER], *failed(RECORDS[:1], "Lambda.JsonProcessingException")),
        ([{**OK, "metadata": {"partitionKeys": ["k"]}}, OTHER], *failed(RECORDS[:1], "Lambda.JsonProcessingException")),
        ([{**OK, "metadata": "k"}, OTHER], *failed(RECORDS[:1], "Lambda.JsonProcessingException")),
    ],
)
def test_each_record_has_its_verdict_and_does_no_harm_to_others(answered: list[Any], first: Verdict) -> None:
    assert verdicts(RECORDS, json.dumps({"records": answered}).encode()) == [first, B]


@pytest.mark.parametrize(
    "answer",
    ["", "null", "[]", "{}", '{"records": null}', '{"records": [1]}', '{"records": [{"recordId": []}]}', "\xff"],
)
def test_an_answer_that_cannot_be_read_fails_the_batch(answer: str) -> None:
    found = verdicts(RECORDS, answer.encode("latin-1"))
    assert [verdict.code for verdict in found] == ["Lambda.JsonProcessingException"] * 2
