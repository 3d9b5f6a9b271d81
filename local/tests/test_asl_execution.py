from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .helpers import Account, eventually

PASS = {"Type": "Pass", "End": True}


def task(name: str, **more: Any) -> dict[str, Any]:
    invoke = "arn:aws:states:::lambda:invoke"
    return {"Type": "Task", "Resource": invoke, "Parameters": {"FunctionName": name, "Payload.$": "$"}, **more}


@pytest.fixture
def slow(aws: Account) -> str:
    return aws.function("def handle(event):\n    time.sleep(6)\n    raise Error('Late', 'too late')", Timeout=20)


def test_a_used_name_with_the_same_input_is_the_same_execution_while_it_runs(aws: Account, slow: str) -> None:
    machine = aws.machine({"Work": task(slow, End=True)})
    first = aws.start(machine, {"a": 1}, name="one")
    assert aws.start(machine, {"a": 1}, name="one") == first
    with pytest.raises(ClientError) as refusal:
        aws.start(machine, {"a": 2}, name="one")
    assert refusal.value.response["Error"]["Code"] == "ExecutionAlreadyExists"


def test_a_used_name_is_refused_once_the_execution_has_ended(aws: Account) -> None:
    machine = aws.machine({"Only": PASS})
    aws.ended(aws.start(machine, {"a": 1}, name="one"))
    with pytest.raises(ClientError) as refusal:
        aws.start(machine, {"a": 1}, name="one")
    assert refusal.value.response["Error"]["Code"] == "ExecutionAlreadyExists"


def test_executions_without_a_name_are_apart(aws: Account) -> None:
    machine = aws.machine({"Only": PASS})
    assert aws.start(machine) != aws.start(machine)


def test_a_name_that_step_functions_refuses_is_refused(aws: Account) -> None:
    with pytest.raises(ClientError, match="Invalid Name"):
        aws.start(aws.machine({"Only": PASS}), name="a b")


def test_the_context_object_names_the_execution_and_its_start(aws: Account) -> None:
    shown = {"id.$": "$$.Execution.Id", "name.$": "$$.Execution.Name", "start.$": "$$.Execution.StartTime"}
    machine = aws.machine({"Show": {"Type": "Pass", "Parameters": shown, "End": True}})
    result = aws.ended(aws.start(machine, name="named"))
    assert result["executionArn"] in result["output"]
    assert '"named"' in result["output"]
    assert re.search(r'"start":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"', result["output"])


def test_a_fail_state_takes_error_and_cause_from_the_input(aws: Account) -> None:
    fail = {"Type": "Fail", "ErrorPath": "$.failure.Error", "CausePath": "$.failure.Cause"}
    result = aws.run({"Fail": fail}, {"failure": {"Error": "SanitizerFailed", "Cause": "2 rows found"}})
    assert (result["status"], result["error"], result["cause"]) == ("FAILED", "SanitizerFailed", "2 rows found")


def test_a_stopped_execution_is_aborted_at_once_and_stays_so(aws: Account, slow: str) -> None:
    execution = aws.start(aws.machine({"Work": task(slow, Next="After"), "After": PASS}))
    eventually(lambda: aws.post("/executions/trace", arn=execution))
    aws("stepfunctions").stop_execution(executionArn=execution, error="Enough", cause="by hand")
    described = aws("stepfunctions").describe_execution(executionArn=execution)
    assert (described["status"], described["error"], described["cause"]) == ("ABORTED", "Enough", "by hand")

    def events() -> list[str]:
        history = aws("stepfunctions").get_execution_history(executionArn=execution)["events"]
        return [event["type"] for event in history]

    eventually(lambda: "ExecutionAborted" in events())
    assert "PassStateEntered" not in events()
    assert aws("stepfunctions").describe_execution(executionArn=execution)["status"] == "ABORTED"


def test_a_state_s_time_out_is_states_timeout(aws: Account, slow: str) -> None:
    caught = {"ErrorEquals": ["States.Timeout"], "Next": "After"}
    result = aws.run({"Work": task(slow, TimeoutSeconds=1, Catch=[caught], End=True), "After": PASS})
    assert result["status"] == "SUCCEEDED"
    assert '"States.Timeout"' in result["output"]


def test_a_machine_s_time_out_counts_the_waits(aws: Account) -> None:
    wait = {"Type": "Wait", "Seconds": 1000, "Next": "After"}
    result = aws.run({"Wait": wait, "After": PASS}, TimeoutSeconds=600)
    assert result["status"] == "TIMED_OUT"
    assert 600 <= (result["stopDate"] - result["startDate"]).total_seconds() < 610


def test_a_machine_within_its_time_out_succeeds(aws: Account) -> None:
    wait = {"Type": "Wait", "Seconds": 500, "End": True}
    assert aws.run({"Wait": wait}, TimeoutSeconds=600)["status"] == "SUCCEEDED"


def test_the_trace_has_the_states_in_order_and_the_running_one(aws: Account, slow: str) -> None:
    first = {"Type": "Pass", "Next": "Wait a while"}
    wait = {"Type": "Wait", "Seconds": 300, "Next": "Work"}
    execution = aws.start(aws.machine({"First": first, "Wait a while": wait, "Work": task(slow, End=True)}))
    trace = eventually(lambda: len(found := aws.post("/executions/trace", arn=execution)) == 3 and found)
    assert [visit["state"] for visit in trace] == ["First", "Wait a while", "Work"]
    assert trace[1]["waits"] == [300]
    assert trace[1]["left"] >= trace[1]["entered"]
    assert trace[2]["left"] is None
    assert aws.ended(execution)["error"] == "Late"
    assert aws.post("/executions/trace", arn=execution)[2]["seconds"] >= 1


def test_the_trace_of_an_unknown_execution_is_refused(aws: Account) -> None:
    assert aws.post("/executions/trace", arn="arn:nothing")["status"] == 404
