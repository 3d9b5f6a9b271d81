from __future__ import annotations

import json
from typing import Any

from .helpers import Account, outputs
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


def test_a_rule_with_a_schedule_is_refused(aws: Account) -> None:
    rule = {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": "rate(1 day)"}}
    stack = aws.deploy({"Rule": rule})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Encountered unsupported property ScheduleExpression" in aws.reasons(stack["StackName"])
