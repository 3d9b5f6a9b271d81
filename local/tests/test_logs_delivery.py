from __future__ import annotations

import base64
import gzip
import json
import random
import string
from typing import Any

import pytest

from wrasse_local.logs_delivery import RECORD_LIMITS, Undeliverable, message, packed, records

from .helpers import Account, eventually, unique


@pytest.fixture
def account(aws: Account) -> Account:
    return aws.of_its_own()


def data(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entry for entry in messages if entry["messageType"] == "DATA_MESSAGE"]


def test_a_stream_gets_messages_as_cloudwatch_logs_sends_them(account: Account) -> None:
    group, stream = account.log_group("/app/web"), account.kinesis_stream()
    account.subscribe(group, stream, "mine")
    account.log(group, "one\n", "zwei äöü")
    control, found = account.messages(stream)
    assert control["messageType"] == "CONTROL_MESSAGE"
    assert (control["owner"], control["logGroup"], control["logStream"]) == ("CloudwatchLogs", "", "")
    assert control["logEvents"][0]["message"] == "CWL CONTROL MESSAGE: Checking health of destination Kinesis stream."
    events = found.pop("logEvents")
    assert found == {
        "messageType": "DATA_MESSAGE",
        "owner": account.engine.account,
        "logGroup": "/app/web",
        "logStream": "s",
        "subscriptionFilters": ["mine"],
    }
    assert [event["message"] for event in events] == ["one\n", "zwei äöü"]
    assert list(events[0]) == ["id", "timestamp", "message"]
    stored = account("logs").filter_log_events(logGroupName=group)["events"]
    assert [event["id"] for event in events] == [event["eventId"] for event in stored]


def test_events_are_delivered_when_the_call_that_puts_them_returns(account: Account) -> None:
    group, stream = account.log_group(), account.kinesis_stream()
    account.subscribe(group, stream)
    for number in range(20):
        account.log(group, str(number))
        assert account.messages(stream)[-1]["logEvents"][0]["message"] == str(number)


def test_a_pattern_lets_only_its_events_through(account: Account) -> None:
    group, stream = account.log_group(), account.kinesis_stream()
    account.subscribe(group, stream, pattern="ERROR")
    account.log(group, "an ERROR", "nothing", "ERROR again")
    account.log(group, "nothing at all")
    [found] = data(account.messages(stream))
    assert [event["message"] for event in found["logEvents"]] == ["an ERROR", "ERROR again"]


def test_two_filters_are_two_deliveries(account: Account) -> None:
    group, streams = account.log_group(), [account.kinesis_stream() for _ in range(2)]
    for name, stream in zip("ab", streams, strict=True):
        account.subscribe(group, stream, name)
    account.log(group, "both")
    assert [data(account.messages(stream))[0]["subscriptionFilters"] for stream in streams] == [["a"], ["b"]]


def test_a_function_gets_base64_and_no_control_message(account: Account) -> None:
    name = account.function("def handle(event):\n    print(json.dumps(event), flush=True)")
    arn = account("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    group = account.log_group()
    account.subscribe(group, arn)
    account.log(group, "to a function")
    own = f"/aws/lambda/{name}"
    eventually(
        lambda: [group for group in account("logs").describe_log_groups()["logGroups"] if group["logGroupName"] == own]
    )
    [line] = eventually(lambda: [line for line in account.log_lines(own) if "awslogs" in line])
    found = json.loads(gzip.decompress(base64.b64decode(json.loads(line)["awslogs"]["data"])))
    assert found["logEvents"][0]["message"] == "to a function"


def test_a_delivery_stream_gets_messages_too(account: Account) -> None:
    bucket, name = unique("archive"), unique("delivery")
    account("s3").create_bucket(Bucket=bucket)
    role = f"arn:aws:iam::{account.engine.account}:role/r"
    made = account("firehose").create_delivery_stream(
        DeliveryStreamName=name,
        ExtendedS3DestinationConfiguration={"BucketARN": f"arn:aws:s3:::{bucket}", "RoleARN": role},
    )
    group = account.log_group()
    account.subscribe(group, made["DeliveryStreamARN"])
    account.log(group, "to a delivery stream")
    account.post("/firehose/flush", stream=name)
    [entry] = account("s3").list_objects_v2(Bucket=bucket)["Contents"]
    text = gzip.decompress(account("s3").get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()).decode()
    control, _, found = text.partition("}]}")
    assert "Checking health of destination Firehose." in control
    assert json.loads(found)["logEvents"][0]["message"] == "to a delivery stream"


def test_what_a_function_prints_is_delivered_too(account: Account) -> None:
    name, stream = account.function("def handle(event):\n    print('printed', flush=True)"), account.kinesis_stream()
    group = f"/aws/lambda/{name}"
    account("logs").create_log_group(logGroupName=group)
    account.subscribe(group, stream)
    account.invoke(name, {})
    [found] = data(account.messages(stream))
    lines = [event["message"] for event in found["logEvents"]]
    assert lines[0].startswith("START RequestId")
    assert lines[1] == "printed"
    assert lines[-1].startswith("REPORT RequestId")


def test_a_function_that_is_subscribed_to_its_own_log_is_a_loop(account: Account) -> None:
    name = account.function("def handle(event):\n    print('round', flush=True)")
    arn = account("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    group = f"/aws/lambda/{name}"
    account("logs").create_log_group(logGroupName=group)
    account.subscribe(group, arn)
    account.invoke(name, {})
    eventually(lambda: account.log_lines(group).count("round") >= 4)
    account("logs").delete_subscription_filter(logGroupName=group, filterName="f")


@pytest.mark.parametrize("kind", ["throttle", "fail"])
def test_what_a_stream_refuses_for_the_moment_is_tried_again(account: Account, kind: str) -> None:
    group, stream = account.log_group(), account.kinesis_stream()
    account.subscribe(group, stream)
    account.post("/kinesis/faults", kind=kind, count=3)
    account.log(group, "late")
    assert data(account.messages(stream))[0]["logEvents"][0]["message"] == "late"


def test_what_cannot_be_delivered_is_counted_and_does_not_fail_the_call(account: Account) -> None:
    group, stream = account.log_group(), account.kinesis_stream()
    account.subscribe(group, stream)
    account("kinesis").delete_stream(StreamName=stream.split("/")[-1])
    before = account.get("/logs/stats")
    account.log(group, "lost", "lost too")
    after = account.get("/logs/stats")
    assert after["dropped_events"] - before["dropped_events"] == 2
    assert after["messages"] == before["messages"]


def of(events: list[dict[str, Any]]) -> dict[str, Any]:
    return message("DATA_MESSAGE", "1", "g", "s", ["f"], events)


def noise(size: int) -> str:
    return "".join(random.Random(size).choices(string.printable, k=size))


def test_a_message_over_the_limit_is_halved_until_it_fits() -> None:
    events = [{"id": str(number), "timestamp": 0, "message": noise(1000 + number)} for number in range(100)]
    found = list(records(of, events, 20_000))
    assert len(found) > 3
    assert all(len(record) <= 20_000 for _, record in found)
    assert all(json.loads(gzip.decompress(record))["logEvents"] == part for part, record in found)
    assert [event for part, _ in found for event in part] == events


def test_one_event_over_the_limit_is_undeliverable() -> None:
    with pytest.raises(Undeliverable, match="one event makes a record"):
        list(records(of, [{"id": "1", "timestamp": 0, "message": noise(5000)}], 1000))


@pytest.mark.parametrize("service", ["kinesis", "firehose"])
def test_the_largest_event_of_noise_is_one_record(service: str) -> None:
    events = [{"id": "1" * 56, "timestamp": 0, "message": noise(1024 * 1024 - 26)}]
    [(_, record)] = records(of, events, RECORD_LIMITS[service])
    assert len(record) <= RECORD_LIMITS[service]


def test_a_lone_surrogate_does_not_stop_a_message() -> None:
    text = gzip.decompress(packed(of([{"id": "1", "timestamp": 0, "message": "a\ud800b"}])))
    assert json.loads(text)["logEvents"][0]["message"] == "a?b"


def test_a_put_of_a_mebibyte_is_delivered_whole(account: Account) -> None:
    group, stream = account.log_group(unique("big")), account.kinesis_stream()
    account.subscribe(group, stream)
    lines = [noise(10_000 + number) for number in range(100)]
    account.log(group, *lines)
    found = data(account.messages(stream))
    assert [event["message"] for entry in found for event in entry["logEvents"]] == lines
