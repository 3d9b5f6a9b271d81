"""The measurements of health-gate in `make bench`, on a function of known behaviour."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.parsers import RpcV2CBORParser

from bench import gate, gate_stand_in
from bench.binaries import StartFailed
from bench.gate_stand_in import StandIn, health_event, health_page
from wrasse_local import health_protocols

# Makes one call for each event, and answers. `{before}` is done in every invocation.
FUNCTION = """
import http.client, os, time
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
aws = http.client.HTTPConnection(os.environ["AWS_ENDPOINT_URL"].removeprefix("http://"))
while True:
    api.request("GET", "/2018-06-01/runtime/invocation/next")
    invocation = api.getresponse()
    invocation.read()
    {before}
    aws.request("POST", "/", b"{{}}", {{"X-Amz-Target": "CodePipeline_20150709.{operation}"}})
    aws.getresponse().read()
    request = invocation.getheader("Lambda-Runtime-Aws-Request-Id")
    api.request("POST", f"/2018-06-01/runtime/invocation/{{request}}/response", b"null")
    api.getresponse().read()
"""
SLOW_SECONDS = 0.2


def function(folder: Path, operation: str = "PutJobSuccessResult", before: str = "pass") -> Path:
    path = folder / "bootstrap"
    path.write_text(f"#!{sys.executable} -SE\n{FUNCTION.format(operation=operation, before=before)}")
    path.chmod(0o755)
    return path


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    made = StandIn([health_event(1, "EC2")], gate.running(gate.job("EC2")))
    yield made
    made.close()


def client(stand_in: StandIn, service: str) -> Any:
    keys = {"aws_access_key_id": "bench", "aws_secret_access_key": "bench"}
    return boto3.client(service, region_name="us-east-1", endpoint_url=stand_in.url, **keys)


def test_the_stand_in_answers_as_aws_does_and_counts(stand_in: StandIn) -> None:
    table, item = client(stand_in, "dynamodb"), {"pk": {"S": "BLOCK"}}
    table.put_item(TableName="bench", Item=item)
    stand_in.blocks = [stand_in.written]

    def listed(kind: str) -> list[Any]:
        values = {":pk": {"S": kind}}
        found = table.query(TableName="bench", KeyConditionExpression="pk = :pk", ExpressionAttributeValues=values)
        return list(found["Items"])

    assert (listed("BLOCK"), listed("EVENT")) == ([item], [])
    assert client(stand_in, "sns").publish(TopicArn="arn:aws:sns:us-east-1:1:t", Message="m")["MessageId"] == "1"
    [found] = client(stand_in, "codepipeline").list_action_executions(pipelineName="p")["actionExecutionDetails"]
    assert (found["actionName"], found["status"]) == ("HealthGate", "InProgress")
    assert stand_in.calls == {"PutItem": 1, "Query": 2, "Publish": 1, "ListActionExecutions": 1}
    assert stand_in.seconds > 0


def test_health_s_page_is_one_that_an_sdk_reads() -> None:
    shape = health_protocols.model().operation_model("DescribeEvents").output_shape
    answer = {"status_code": 200, "headers": health_protocols.CBOR, "body": health_page([health_event(7, "EC2")])}
    [event] = RpcV2CBORParser().parse(answer, shape)["events"]
    assert event == health_event(7, "EC2")


def test_the_stand_in_s_own_time_is_not_counted_and_the_function_s_is(
    tmp_path: Path, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(usegmt: bool) -> str:
        time.sleep(SLOW_SECONDS)
        return "Fri, 20 Nov 2026 12:00:00 GMT"

    with gate.started("quick", function(tmp_path), stand_in, "") as (api, _):
        gate.timed(api, stand_in, {})
        monkeypatch.setattr(gate_stand_in, "formatdate", slow)
        begin = time.monotonic()
        milliseconds = gate.timed(api, stand_in, {})
        assert milliseconds < SLOW_SECONDS * 1000 <= (time.monotonic() - begin) * 1000
    monkeypatch.undo()
    with gate.started("slow", function(tmp_path, before=f"time.sleep({SLOW_SECONDS})"), stand_in, "") as (api, _):
        assert gate.timed(api, stand_in, {}) >= SLOW_SECONDS * 1000


def test_a_gate_that_answers_otherwise_is_not_measured(tmp_path: Path, stand_in: StandIn) -> None:
    good = gate.measure_gate(function(tmp_path), stand_in, "", "EC2", "PutJobSuccessResult", 5)
    assert (good["invocations"], good["calls_each"]) == (5, 1.0)
    with pytest.raises(StartFailed, match=r"asked 5 times and called \{'PutJobSuccessResult': 5\}"):
        gate.measure_gate(function(tmp_path), stand_in, "", "EC2", "PutJobFailureResult", 5)


def test_a_watch_that_writes_nothing_is_not_measured(tmp_path: Path, stand_in: StandIn) -> None:
    with pytest.raises(StartFailed, match="health-watch was given 1000 events"):
        gate.measure_watch(function(tmp_path, "GetPipelineState"), stand_in, "")


def test_a_function_that_ends_is_told_with_its_words(tmp_path: Path, stand_in: StandIn) -> None:
    ending = function(tmp_path, before="raise SystemExit('out of memory')")
    with (
        pytest.raises(StartFailed, match="gate through the Runtime API: it has ended; it said: out of memory"),
        gate.started("gate", ending, stand_in, "") as (api, _),
    ):
        gate.timed(api, stand_in, {})


def test_the_batch_has_every_update_of_every_incident_out_of_order_and_some_again() -> None:
    told = [(event["detail"]["eventArn"], event["detail"]["lastUpdatedTime"]) for event in gate.updates()]
    assert (len(told), len(set(told))) == (gate.WATCH_EVENTS, 3 * gate.INCIDENTS)
    assert told != sorted(told)
    assert {event["detail"]["statusCode"] for event in gate.updates()} == {"open", "closed"}


def test_goals_are_reached_or_missed() -> None:
    result = {"invocations": 300, "calls_each": 2.0, "median_ms": 1.0, "p95_ms": 150.0, "peak_kib": 29_000}
    good = {"clear": result, "blocked": result, "watch": result}
    assert [reached for reached, _ in gate.goals(good)] == [True, True]
    late, large = {**result, "p95_ms": 150.1}, {**result, "peak_kib": 29_300}
    assert [reached for reached, _ in gate.goals({**good, "clear": late, "watch": large})] == [False, False]
    assert "150.00 ms" in gate.table(good)


def test_a_binary_that_was_not_built_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench.gate", "--binaries", str(tmp_path), "--output", str(tmp_path / "out")])
    assert gate.main() == 1
    assert str(tmp_path / "health-gate" / "bootstrap") in capsys.readouterr().err


def test_the_stand_in_ends_with_its_connections(stand_in: StandIn) -> None:
    made = StandIn([], {})
    host, port = made.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        made.close()
        assert connection.recv(1) == b""
    assert not made.calls
