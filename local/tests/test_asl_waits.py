from __future__ import annotations

import time
from typing import Any

from .helpers import Account

COUNTING = """
calls = 0
def handle(event):
    global calls
    calls += 1
    if calls <= event["fail"]:
        raise Error("NotReady", f"call {calls}")
    return calls
"""


def task(name: str, *retries: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": name, "Payload.$": "$"},
        "OutputPath": "$.Payload",
        "Retry": list(retries),
        "End": True,
    }


def retry(**more: Any) -> dict[str, Any]:
    return {"ErrorEquals": ["NotReady"], "IntervalSeconds": 60, "BackoffRate": 1, "MaxAttempts": 300, **more}


def waits(aws: Account, execution: str) -> list[Any]:
    return [(wait["kind"], wait["seconds"]) for wait in aws.post("/executions/waits", arn=execution)]


def test_a_retry_is_recorded_and_not_slept(aws: Account) -> None:
    began, started = aws.engine.clock.now(), time.monotonic()
    result = aws.run({"Ask": task(aws.function(COUNTING), retry())}, {"fail": 2})
    assert result["output"] == "3"
    assert waits(aws, result["executionArn"]) == [("retry", 60), ("retry", 60)]
    assert time.monotonic() - started < 10
    assert (aws.engine.clock.now() - began).total_seconds() >= 120


def test_the_backoff_rate_and_the_number_of_attempts_count(aws: Account) -> None:
    backing_off = retry(IntervalSeconds=5, BackoffRate=2, MaxAttempts=3)
    result = aws.run({"Ask": task(aws.function(COUNTING), backing_off)}, {"fail": 9})
    assert waits(aws, result["executionArn"]) == [("retry", 5), ("retry", 10), ("retry", 20)]
    assert (result["status"], result["error"]) == ("FAILED", "NotReady")
    assert "call 4" in result["cause"]


def test_an_error_that_no_retry_names_is_not_retried(aws: Account) -> None:
    result = aws.run({"Ask": task(aws.function(COUNTING), retry(ErrorEquals=["Other"]))}, {"fail": 1})
    assert result["status"] == "FAILED"
    assert waits(aws, result["executionArn"]) == []


def test_a_wait_state_is_recorded(aws: Account) -> None:
    result = aws.run({"Rest": {"Type": "Wait", "SecondsPath": "$.rest", "End": True}}, {"rest": 900})
    assert waits(aws, result["executionArn"]) == [("wait", 900)]
    assert 900 <= (result["stopDate"] - result["startDate"]).total_seconds() < 910


def test_the_time_scale_makes_a_wait_real(aws: Account) -> None:
    aws.engine.time_scale = 0.01
    try:
        started = time.monotonic()
        aws.run({"Rest": {"Type": "Wait", "Seconds": 50, "End": True}})
        assert time.monotonic() - started >= 0.5
    finally:
        aws.engine.time_scale = 0.0


def test_a_wait_that_is_slept_in_part_passes_once_on_the_clock(aws: Account) -> None:
    aws.engine.time_scale = 0.5
    try:
        result = aws.run({"Rest": {"Type": "Wait", "Seconds": 4, "End": True}})
    finally:
        aws.engine.time_scale = 0.0
    assert 4 <= (result["stopDate"] - result["startDate"]).total_seconds() < 5.5


def test_a_wait_ends_when_the_execution_is_stopped(aws: Account) -> None:
    aws.engine.time_scale = 1.0
    try:
        execution = aws.start(aws.machine({"Rest": {"Type": "Wait", "Seconds": 600, "End": True}}))
        aws("stepfunctions").stop_execution(executionArn=execution)
        assert aws.ended(execution)["status"] == "ABORTED"
    finally:
        aws.engine.time_scale = 0.0
