from __future__ import annotations

import json
from typing import Any

import pytest

from .helpers import Account, role_of, unique

STATES: dict[str, Any] = {"Only": {"Type": "Pass", "Next": "Fail"}, "Fail": {"Type": "Fail", "Error": "E"}}


@pytest.fixture
def logged(aws: Account) -> Any:
    def run(level: str, data: bool) -> list[dict[str, Any]]:
        group = f"/{unique('states')}"
        aws("logs").create_log_group(logGroupName=group)
        arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{group}:*"
        machine = aws("stepfunctions").create_state_machine(
            name=unique("machine"),
            definition=json.dumps({"StartAt": "Only", "States": STATES}),
            roleArn=role_of(aws("iam")),
            loggingConfiguration={
                "level": level,
                "includeExecutionData": data,
                "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}}],
            },
        )["stateMachineArn"]
        aws.ended(aws.start(machine, {"secret": "x"}))
        return [json.loads(line) for line in aws.log_lines(group)]

    return run


def test_all_events_are_logged_with_their_data_where_asked_for(logged: Any) -> None:
    entries = logged("ALL", True)
    assert [entry["type"] for entry in entries][:2] == ["ExecutionStarted", "PassStateEntered"]
    assert "secret" in entries[0]["details"]["input"]
    assert entries[0]["execution_arn"].startswith("arn:aws:states:")
    assert entries[0]["event_timestamp"].isdigit()


def test_data_is_left_out_where_not_asked_for(logged: Any) -> None:
    assert "secret" not in json.dumps(logged("ALL", False))


def test_the_level_filters(logged: Any) -> None:
    assert [entry["type"] for entry in logged("FATAL", True)] == ["ExecutionFailed"]
    assert logged("OFF", True) == []
