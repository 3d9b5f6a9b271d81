from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .health import client, opened
from .helpers import Account, unique
from .test_eventbridge_targets import events, function

ALL = json.dumps({"source": ["team.app", "aws.health"]})


@pytest.fixture
def account(aws: Account) -> Account:
    aws.post("/health/reset")
    return aws.of_its_own()


def bus(account: Account, region: str = "us-east-1") -> str:
    """A bus's ARN."""
    return str(client(account, region, "events").create_event_bus(Name=unique("bus"))["EventBusArn"])


def rule(account: Account, target: dict[str, Any], on: str = "default", region: str = "us-east-1", **more: Any) -> str:
    api, name = client(account, region, "events"), unique("rule")
    api.put_rule(Name=name, EventBusName=on, **{"EventPattern": ALL, **more})
    api.put_targets(Rule=name, EventBusName=on, Targets=[{"Id": "t", **target}])
    return name


def put(account: Account, region: str = "us-east-1", on: str = "default") -> None:
    entry = {"Source": "team.app", "DetailType": "Happened", "Detail": '{"a": 1}', "EventBusName": on}
    assert client(account, region, "events").put_events(Entries=[entry])["FailedEntryCount"] == 0


def test_an_event_arrives_on_another_region_s_bus_as_it_was(account: Account) -> None:
    name, arn = function(account)
    home = bus(account)
    rule(account, {"Arn": arn}, on=home, EventPattern=json.dumps({"source": ["team.app"], "region": ["eu-west-1"]}))
    rule(account, {"Arn": home, "RoleArn": "arn:aws:iam::1:role/r"}, region="eu-west-1")
    put(account, "eu-west-1")
    [event] = events(account, name)
    assert (event["region"], event["account"]) == ("eu-west-1", account.engine.account)
    assert (event["source"], event["detail-type"], event["detail"]) == ("team.app", "Happened", {"a": 1})
    assert event["time"].endswith("Z")


def test_the_receiving_bus_s_rules_choose(account: Account) -> None:
    name, arn = function(account)
    home = bus(account)
    rule(account, {"Arn": arn}, on=home, EventPattern=json.dumps({"source": ["aws.health", "aws.events"]}))
    rule(account, {"Arn": home}, region="us-west-2")
    put(account, "us-west-2")
    incident = opened(account, region="us-west-2")
    [event] = events(account, name)
    assert event["detail"]["eventArn"] == incident


def test_a_bus_of_the_same_region_gets_events_too(account: Account) -> None:
    name, arn = function(account)
    other = bus(account)
    rule(account, {"Arn": arn}, on=other)
    rule(account, {"Arn": other})
    put(account)
    assert len(events(account, name)) == 1


def test_an_event_is_not_handed_to_a_third_bus(account: Account) -> None:
    name, arn = function(account)
    second, third = bus(account), bus(account)
    rule(account, {"Arn": arn}, on=third)
    rule(account, {"Arn": third}, on=second)
    rule(account, {"Arn": second}, region="eu-west-1")
    put(account, "eu-west-1")
    put(account, on=second)
    [event] = events(account, name)
    assert event["region"] == "us-east-1"


def test_a_bus_that_is_not_there_leaves_the_event_in_the_dead_letter_queue_of_the_rule_s_region(
    account: Account,
) -> None:
    sqs = client(account, "eu-west-1", "sqs")
    url = sqs.create_queue(QueueName=unique("dead"))["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    gone = f"arn:aws:events:us-east-1:{account.engine.account}:event-bus/gone"
    rule(account, {"Arn": gone, "DeadLetterConfig": {"Arn": queue}}, region="eu-west-1")
    put(account, "eu-west-1")
    [message] = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert json.loads(message["Body"])["region"] == "eu-west-1"
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ({"Arn": "arn:aws:events:us-east-1:999999999999:event-bus/b"}, "the rule's own account"),
        ({"Arn": "arn:aws:events:us-east-1:ACCOUNT:event-bus/default"}, "is the bus of rule"),
        ({"Arn": "arn:aws:events:eu-west-1:ACCOUNT:event-bus/b", "Input": "{}"}, "the whole event"),
        ({"Arn": "arn:aws:lambda:eu-west-1:ACCOUNT:function:f"}, "its own region, us-east-1"),
    ],
)
def test_a_target_that_gets_no_events_is_refused(account: Account, target: dict[str, Any], words: str) -> None:
    target["Arn"] = target["Arn"].replace("ACCOUNT", account.engine.account)
    with pytest.raises(ClientError, match=words):
        rule(account, target)


@pytest.mark.parametrize("by", ["name", "ARN"])
def test_an_event_put_on_a_bus_of_one_s_own_meets_that_bus_s_rules_alone(account: Account, by: str) -> None:
    name, arn = function(account)
    other, other_arn = function(account)
    home = bus(account)
    rule(account, {"Arn": arn}, on=home)
    rule(account, {"Arn": other_arn})
    put(account, on=home if by == "ARN" else home.split("/")[-1])
    [event] = events(account, name)
    assert (event["source"], event["detail-type"], event["detail"]) == ("team.app", "Happened", {"a": 1})
    assert (event["account"], event["region"]) == (account.engine.account, "us-east-1")
    put(account)
    assert len(events(account, other)) == 1
    assert len(events(account, name)) == 1


def test_a_stack_s_bus_gives_its_function_what_is_put_there(account: Account) -> None:
    name, arn = function(account)
    pattern = {"detail-type": ["Branch State Change"]}
    to = {"EventBusName": {"Ref": "Bus"}, "EventPattern": pattern, "Targets": [{"Id": "t", "Arn": arn}]}
    resources = {
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": unique("bus")}},
        "Rule": {"Type": "AWS::Events::Rule", "Properties": to},
    }
    stack = account.deploy(resources, Outputs={"Bus": {"Value": {"Ref": "Bus"}}})
    detail = {"event": "created", "repository": "r", "branch": "feature/#{x}"}
    entry = {"Source": "wrasse.webhook", "DetailType": "Branch State Change", "Detail": json.dumps(detail)}
    account("events").put_events(Entries=[{**entry, "EventBusName": stack["Outputs"][0]["OutputValue"]}])
    [event] = events(account, name)
    assert (event["source"], event["detail"]) == ("wrasse.webhook", detail)
