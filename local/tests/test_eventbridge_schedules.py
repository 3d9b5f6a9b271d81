from __future__ import annotations

import json
from typing import Any

import pytest

from .health import client
from .helpers import Account, unique
from .test_eventbridge_buses import bus
from .test_eventbridge_buses import rule as rule_on
from .test_eventbridge_targets import events, function


@pytest.fixture
def account(aws: Account) -> Account:
    return aws.of_its_own()


def scheduled(account: Account, target: dict[str, Any], region: str = "us-east-1", **more: Any) -> str:
    api, name = client(account, region, "events"), unique("every-ten-minutes")
    api.put_rule(Name=name, ScheduleExpression="rate(10 minutes)", **more)
    api.put_targets(Rule=name, Targets=[{"Id": "t", **target}])
    return name


def test_a_function_gets_a_scheduled_event(account: Account) -> None:
    name, arn = function(account)
    rule = scheduled(account, {"Arn": arn})
    fired = account.post("/rules/fire", name=rule)
    [event] = events(account, name)
    assert event == {
        "version": "0",
        "id": fired["id"],
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": account.engine.account,
        "time": fired["time"],
        "region": "us-east-1",
        "resources": [f"arn:aws:events:us-east-1:{account.engine.account}:rule/{rule}"],
        "detail": {},
    }


def test_a_state_machine_gets_the_input(account: Account) -> None:
    machine = account.machine({"Only": {"Type": "Pass", "End": True}})
    rule = scheduled(account, {"Arn": machine, "RoleArn": "arn:aws:iam::1:role/r", "Input": '{"compare": true}'})
    account.post("/rules/fire", name=rule)
    [found] = account("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    assert json.loads(account.ended(found["executionArn"])["output"]) == {"compare": True}


def test_another_region_s_rule_fires_to_the_home_bus(account: Account) -> None:
    name, arn = function(account)
    home = bus(account)
    pattern = {"source": ["aws.events"], "detail-type": ["Scheduled Event"]}
    rule_on(account, {"Arn": arn}, on=home, EventPattern=json.dumps(pattern))
    rule = scheduled(account, {"Arn": home, "RoleArn": "arn:aws:iam::1:role/r"}, "us-west-2")
    fired = account.post("/rules/fire", name=rule, region="us-west-2")
    [event] = events(account, name)
    assert (event["id"], event["region"], event["time"]) == (fired["id"], "us-west-2", fired["time"])


def test_a_disabled_rule_does_not_fire(account: Account) -> None:
    _, arn = function(account)
    answer = account.post("/rules/fire", name=scheduled(account, {"Arn": arn}, State="DISABLED"))
    assert answer["status"] == 409
    assert "enable it first" in answer["error"]


def test_what_has_no_schedule_there_is_refused_with_the_known_names(account: Account) -> None:
    _, arn = function(account)
    known, with_pattern = scheduled(account, {"Arn": arn}), rule_on(account, {"Arn": arn})
    for name, region in ((with_pattern, "us-east-1"), (known, "us-west-2"), (None, "us-east-1")):
        answer = account.post("/rules/fire", name=name, region=region)
        assert answer["status"] == 404
        assert (f"{known} (" in answer["error"]) == (region == "us-east-1")
