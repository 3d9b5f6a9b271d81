from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .helpers import Account, eventually, unique


@pytest.fixture
def account(aws: Account) -> Account:
    return aws.of_its_own()


def put(account: Account, **detail: Any) -> None:
    entry = {"Source": "team.app", "DetailType": "Happened", "Detail": json.dumps(detail)}
    assert account("events").put_events(Entries=[entry])["FailedEntryCount"] == 0


def rule(account: Account, target: dict[str, Any], **settings: Any) -> str:
    name = unique("rule")
    pattern = {"source": ["team.app"], "detail": {"kind": [{"prefix": "wanted"}]}}
    account("events").put_rule(Name=name, **{"EventPattern": json.dumps(pattern), **settings})
    account("events").put_targets(Rule=name, Targets=[{"Id": "t", **target}])
    return name


def function(account: Account, handler: str = "") -> tuple[str, str]:
    """A function that prints its event; its name and ARN."""
    name = account.function(f"def handle(event):\n    print(json.dumps(event), flush=True)\n    {handler}")
    return name, account("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]


def events(account: Account, name: str, count: int = 1) -> list[dict[str, Any]]:
    """The events that a function has printed, once there are as many."""

    def printed() -> list[str]:
        groups = account("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")["logGroups"]
        lines = account.log_lines(f"/aws/lambda/{name}") if groups else []
        return [line for line in lines if line.startswith("{")]

    eventually(lambda: len(printed()) >= count)
    return [json.loads(line) for line in printed()]


def test_a_function_gets_the_events_that_match(account: Account) -> None:
    name, arn = function(account)
    rule(account, {"Arn": arn})
    put(account, kind="other")
    put(account, kind="wanted-1")
    [event] = events(account, name)
    assert event["detail"] == {"kind": "wanted-1"}
    assert (event["source"], event["detail-type"]) == ("team.app", "Happened")
    assert (event["account"], event["region"], event["version"]) == (account.engine.account, "us-east-1", "0")
    assert event["time"].endswith("Z")
    assert "ingestion-time" not in event


def test_a_state_machine_is_started_with_the_event(account: Account) -> None:
    machine = account.machine({"Only": {"Type": "Pass", "End": True}})
    rule(account, {"Arn": machine, "RoleArn": "arn:aws:iam::1:role/r"})
    put(account, kind="wanted")
    found = account("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    assert json.loads(account.ended(found[0]["executionArn"])["output"])["detail"] == {"kind": "wanted"}


def test_an_input_replaces_the_event(account: Account) -> None:
    machine = account.machine({"Only": {"Type": "Pass", "End": True}})
    rule(account, {"Arn": machine, "RoleArn": "arn:aws:iam::1:role/r", "Input": '{"a": 1}'})
    put(account, kind="wanted")
    found = account("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    assert json.loads(account.ended(found[0]["executionArn"])["output"]) == {"a": 1}


def test_a_disabled_rule_and_a_schedule_get_no_event(account: Account) -> None:
    machine = account.machine({"Only": {"Type": "Pass", "End": True}})
    target = {"Arn": machine, "RoleArn": "arn:aws:iam::1:role/r"}
    rule(account, target, State="DISABLED")
    account("events").put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
    account("events").put_targets(Rule="hourly", Targets=[{"Id": "t", **target}])
    put(account, kind="wanted")
    assert not account("stepfunctions").list_executions(stateMachineArn=machine)["executions"]


def test_a_function_s_failure_is_tried_again_and_recorded_by_lambda(account: Account) -> None:
    name, arn = function(account, "raise Error('Broken', 'as asked')")
    url = account("sqs").create_queue(QueueName=unique("failures"))["QueueUrl"]
    queue = account("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    account("lambda").put_function_event_invoke_config(
        FunctionName=name, DestinationConfig={"OnFailure": {"Destination": queue}}
    )
    rule(account, {"Arn": arn})
    put(account, kind="wanted")
    [message] = eventually(lambda: account("sqs").receive_message(QueueUrl=url).get("Messages"))
    record = json.loads(message["Body"])
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["requestPayload"]["detail"] == {"kind": "wanted"}


def test_what_no_target_takes_is_in_its_dead_letter_queue(account: Account) -> None:
    url = account("sqs").create_queue(QueueName=unique("dead"))["QueueUrl"]
    queue = account("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    arn = f"arn:aws:lambda:us-east-1:{account.engine.account}:function:gone"
    name = rule(account, {"Arn": arn, "DeadLetterConfig": {"Arn": queue}})
    put(account, kind="wanted")
    [message] = account("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert json.loads(message["Body"])["detail"] == {"kind": "wanted"}
    attributes = {key: value["StringValue"] for key, value in message["MessageAttributes"].items()}
    assert attributes["RULE_ARN"].endswith(f":rule/{name}")
    assert attributes["ERROR_CODE"] == "ResourceNotFoundException"


def test_a_delivery_is_made_twice_on_request(account: Account) -> None:
    name, arn = function(account)
    rule(account, {"Arn": arn})
    account.post("/events/faults", kind="duplicate", count=1)
    put(account, kind="wanted-twice")
    put(account, kind="wanted-once")
    found = events(account, name, 3)
    assert len({event["id"] for event in found if event["detail"]["kind"] == "wanted-twice"}) == 1
    assert sorted(event["detail"]["kind"] for event in found) == ["wanted-once", "wanted-twice", "wanted-twice"]


def test_a_queue_gets_the_whole_event(account: Account) -> None:
    url = account("sqs").create_queue(QueueName=unique("queue"))["QueueUrl"]
    queue = account("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    rule(account, {"Arn": queue})
    put(account, kind="wanted")
    [message] = account("sqs").receive_message(QueueUrl=url)["Messages"]
    event = json.loads(message["Body"])
    assert event["detail"] == {"kind": "wanted"}
    assert event["account"] == account.engine.account
    assert event["time"].endswith("Z")


def test_targets_of_moto_still_work_beside_them(account: Account) -> None:
    name, arn = unique("archive"), f"arn:aws:events:us-east-1:{account.engine.account}:event-bus/default"
    account("events").create_archive(ArchiveName=name, EventSourceArn=arn)
    put(account, kind="wanted")
    account.log_group()
    assert account("events").describe_archive(ArchiveName=name)["EventCount"] == 2, "a user's event and a service's"


def test_a_transformed_input_is_refused(account: Account) -> None:
    _, arn = function(account)
    with pytest.raises(ClientError, match="the whole event or `Input`"):
        rule(account, {"Arn": arn, "InputPath": "$.detail"})
