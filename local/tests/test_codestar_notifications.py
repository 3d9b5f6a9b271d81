from __future__ import annotations

from typing import Any

import pytest

from .helpers import Account, unique
from .test_cloudformation_types import delete


def properties(**more: Any) -> dict[str, Any]:
    return {
        "Name": unique("notifications"),
        "Resource": "arn:aws:codepipeline:us-east-1:123456789012:shop",
        "EventTypeIds": ["codepipeline-pipeline-pipeline-execution-failed"],
        "DetailType": "FULL",
        "Targets": [{"TargetType": "SNS", "TargetAddress": "arn:aws:sns:us-east-1:123456789012:topic"}],
        **more,
    }


def kept(aws: Account, name: str) -> list[dict[str, Any]]:
    return [rule for rule in aws.get("/codestar-notifications/rules") if rule["Name"] == name]


def test_a_rule_is_kept_changed_and_gone_with_its_stack(aws: Account) -> None:
    declared = properties()
    resources = {"Rule": {"Type": "AWS::CodeStarNotifications::NotificationRule", "Properties": declared}}
    stack = aws.deploy(resources)["StackName"]
    arn = aws.physical_id(stack, "Rule")
    assert arn.startswith("arn:aws:codestar-notifications:us-east-1:123456789012:notificationrule/")
    [rule] = kept(aws, declared["Name"])
    assert rule == {**declared, "Arn": arn, "Status": "ENABLED", "Account": "123456789012"}
    declared["Status"] = "DISABLED"
    assert aws.deploy(resources, stack=stack)["StackStatus"] == "UPDATE_COMPLETE"
    assert [rule["Status"] for rule in kept(aws, declared["Name"])] == ["DISABLED"]
    delete(aws, stack)
    assert kept(aws, declared["Name"]) == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"DetailType": "SOME"}, "SOME is not a valid enum value"),
        ({"Targets": [{"TargetType": "EMAIL", "TargetAddress": "a"}]}, "EMAIL is not a valid target type"),
        ({"Targets": [{"Type": "SNS"}]}, "Encountered unsupported property Type"),
        ({"CreatedBy": "me"}, "Encountered unsupported property CreatedBy"),
    ],
)
def test_what_aws_would_refuse_is_refused(aws: Account, wrong: dict[str, Any], words: str) -> None:
    rule = {"Type": "AWS::CodeStarNotifications::NotificationRule", "Properties": properties(**wrong)}
    stack = aws.deploy({"Rule": rule})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert words in aws.reasons(stack["StackName"])
