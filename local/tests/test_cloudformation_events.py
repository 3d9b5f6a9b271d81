from __future__ import annotations

import json
from typing import Any

from .helpers import Account, outputs, unique
from .test_cloudformation_types import delete


def test_a_rule_with_its_target_and_the_target_s_permission(aws: Account) -> None:
    name = aws.function()
    arn = aws("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    pattern: dict[str, Any] = {"source": ["aws.logs"], "detail": {"eventName": ["CreateLogGroup"]}}
    rule = {"Description": "new groups", "EventPattern": pattern, "Targets": [{"Id": "f", "Arn": arn}]}
    of_rule = {"Action": "lambda:InvokeFunction", "FunctionName": arn, "Principal": "events.amazonaws.com"}
    resources = {
        "Rule": {"Type": "AWS::Events::Rule", "Properties": rule},
        "Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {**of_rule, "SourceArn": {"Fn::GetAtt": ["Rule", "Arn"]}},
        },
    }
    shown = {"Rule": {"Value": {"Ref": "Rule"}}, "Arn": {"Value": {"Fn::GetAtt": ["Rule", "Arn"]}}}
    stack = aws.deploy(resources, Outputs=shown)
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.reasons(stack["StackName"])
    made = outputs(stack)
    assert made["Arn"].endswith(f":rule/{made['Rule']}")
    events = aws("events")
    assert json.loads(events.describe_rule(Name=made["Rule"])["EventPattern"]) == pattern
    assert [target["Arn"] for target in events.list_targets_by_rule(Rule=made["Rule"])["Targets"]] == [arn]
    [statement] = json.loads(aws("lambda").get_policy(FunctionName=name)["Policy"])["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Condition"]["ArnLike"]["AWS:SourceArn"] == made["Arn"]

    rule["State"], pattern["detail"]["eventName"] = "DISABLED", ["DeleteLogGroup"]
    rule["Targets"] = [{"Id": "other", "Arn": arn}]
    assert aws.deploy(resources, stack=stack["StackName"], Outputs=shown)["StackStatus"] == "UPDATE_COMPLETE"
    described = events.describe_rule(Name=made["Rule"])
    assert (described["State"], json.loads(described["EventPattern"])) == ("DISABLED", pattern)
    assert [target["Id"] for target in events.list_targets_by_rule(Rule=made["Rule"])["Targets"]] == ["other"]

    delete(aws, stack["StackName"])
    assert made["Rule"] not in [found["Name"] for found in events.list_rules()["Rules"]]


def test_a_rule_with_a_schedule_is_made_and_changed(aws: Account) -> None:
    rule = {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": "rate(1 day)"}}
    stack = aws.deploy({"Rule": rule}, Outputs={"Rule": {"Value": {"Ref": "Rule"}}})
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.reasons(stack["StackName"])
    rule["Properties"] = {"ScheduleExpression": "rate(10 minutes)"}
    assert aws.deploy({"Rule": rule}, stack=stack["StackName"])["StackStatus"] == "UPDATE_COMPLETE"
    described = aws("events").describe_rule(Name=outputs(stack)["Rule"])
    assert described["ScheduleExpression"] == "rate(10 minutes)"


def test_a_bus_with_its_policy_and_a_rule_on_it(aws: Account) -> None:
    name, function = unique("bus"), aws.function()
    arn = aws("lambda").get_function(FunctionName=function)["Configuration"]["FunctionArn"]
    rule = {"EventBusName": {"Ref": "Bus"}, "EventPattern": {"source": ["a"]}, "Targets": [{"Id": "f", "Arn": arn}]}
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": "events:PutEvents",
        "Resource": {"Fn::GetAtt": ["Bus", "Arn"]},
    }
    policy = {"EventBusName": {"Ref": "Bus"}, "StatementId": "other", "Statement": statement}
    resources: dict[str, Any] = {
        "Rule": {"Type": "AWS::Events::Rule", "Properties": rule},
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": name}},
        "Policy": {"Type": "AWS::Events::EventBusPolicy", "Properties": policy},
    }
    shown = {
        "Bus": {"Value": {"Fn::GetAtt": ["Bus", "Name"]}},
        "Rule": {"Value": {"Ref": "Rule"}},
        "RuleArn": {"Value": {"Fn::GetAtt": ["Rule", "Arn"]}},
        "Arn": {"Value": {"Fn::GetAtt": ["Bus", "Arn"]}},
    }
    stack = aws.deploy(resources, Outputs=shown)
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.reasons(stack["StackName"])
    made = outputs(stack)
    bus, rule_name = made["Rule"].split("|")
    assert (made["Bus"], bus) == (name, name)
    assert made["Arn"] == f"arn:aws:events:us-east-1:123456789012:event-bus/{name}"
    assert made["RuleArn"] == f"arn:aws:events:us-east-1:123456789012:rule/{name}/{rule_name}"
    events = aws("events")
    [found] = json.loads(events.describe_event_bus(Name=name)["Policy"])["Statement"]
    assert (found["Sid"], found["Principal"]) == ("other", statement["Principal"])
    assert [item["Id"] for item in events.list_targets_by_rule(Rule=rule_name, EventBusName=name)["Targets"]] == ["f"]

    rule["EventPattern"] = {"source": ["b"]}
    assert aws.deploy(resources, stack=stack["StackName"], Outputs=shown)["StackStatus"] == "UPDATE_COMPLETE"
    described = events.describe_rule(Name=rule_name, EventBusName=name)
    assert json.loads(described["EventPattern"]) == {"source": ["b"]}
    delete(aws, stack["StackName"])
    assert name not in [item["Name"] for item in events.list_event_buses()["EventBuses"]]
