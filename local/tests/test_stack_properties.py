"""A property that the engine would not apply fails the stack; nothing is dropped in silence."""

from __future__ import annotations

from typing import Any

import pytest

from .helpers import TRUST, Account, unique

ROLE = {"AssumeRolePolicyDocument": TRUST}
BOUNDARY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
TAGS = [{"Key": "a", "Value": "b"}]
MACHINE = {
    "RoleArn": "arn:aws:iam::123456789012:role/r",
    "Definition": {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}},
}
KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
SUBSCRIBED = {"TopicArn": "arn:aws:sns:us-east-1:123456789012:t", "Protocol": "email", "Endpoint": "a@b.example"}


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::StepFunctions::StateMachine", {**MACHINE, "Unheard": 1}),
        ("AWS::StepFunctions::StateMachine", {**MACHINE, "LoggingConfiguration": {"Unheard": 1}}),
        ("AWS::EC2::SecurityGroup", {"GroupDescription": "g", "Unheard": 1}),
        ("AWS::EC2::SecurityGroupEgress", {"GroupId": "sg-1", "IpProtocol": "-1", "Unheard": 1}),
        ("AWS::IAM::Role", {**ROLE, "Unheard": 1}),
        ("AWS::SQS::Queue", {"Unheard": 1}),
        ("AWS::SNS::Topic", {"Unheard": 1}),
        ("AWS::SNS::TopicPolicy", {"Topics": [], "PolicyDocument": {}, "Unheard": 1}),
        ("AWS::SNS::Subscription", {**SUBSCRIBED, "Unheard": 1}),
        ("AWS::S3::Bucket", {"Unheard": 1}),
        ("AWS::S3::BucketPolicy", {"Bucket": "b", "PolicyDocument": {}, "Unheard": 1}),
        ("AWS::Logs::LogGroup", {"Unheard": 1}),
        ("AWS::CloudFormation::Stack", {"TemplateURL": "u", "Unheard": 1}),
        ("AWS::RDS::DBSubnetGroup", {"Unheard": 1}),
        ("AWS::ECS::Cluster", {"Unheard": 1}),
        ("AWS::CloudWatch::Alarm", {"Unheard": 1}),
    ],
)
def test_a_property_that_a_type_does_not_know_is_refused(aws: Account, kind: str, properties: dict[str, Any]) -> None:
    stack = aws.deploy({"R": {"Type": kind, "Properties": properties}})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Encountered unsupported property Unheard" in aws.reasons(stack["StackName"])


@pytest.mark.parametrize(
    ("kind", "before", "change"),
    [
        ("AWS::IAM::Role", ROLE, {"PermissionsBoundary": BOUNDARY}),
        ("AWS::IAM::Role", ROLE, {"MaxSessionDuration": 7200}),
        ("AWS::IAM::Role", ROLE, {"Tags": TAGS}),
        ("AWS::Logs::LogGroup", {}, {"KmsKeyId": KEY}),
        ("AWS::StepFunctions::StateMachine", MACHINE, {"Tags": TAGS}),
        (
            "AWS::CloudWatch::Alarm",
            {
                "EvaluationPeriods": 1,
                "ComparisonOperator": "LessThanThreshold",
                "MetricName": "m",
                "Namespace": "n",
                "Period": 60,
                "Statistic": "Sum",
                "Threshold": 1,
            },
            {"Tags": TAGS},
        ),
        ("AWS::SQS::Queue", {}, {"Tags": TAGS}),
    ],
)
def test_a_change_that_the_engine_does_not_apply_is_refused(
    aws: Account, kind: str, before: dict[str, Any], change: dict[str, Any]
) -> None:
    stack = aws.deploy({"R": {"Type": kind, "Properties": before}})["StackName"]
    updated = aws.deploy({"R": {"Type": kind, "Properties": {**before, **change}}}, stack=stack)
    assert updated["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert f"does not change the property {next(iter(change))} of an existing {kind}" in aws.reasons(stack)


def test_a_removal_that_the_engine_does_not_apply_is_refused(aws: Account) -> None:
    versioned = {"VersioningConfiguration": {"Status": "Enabled"}}
    stack = aws.deploy({"R": {"Type": "AWS::S3::Bucket", "Properties": versioned}})["StackName"]
    updated = aws.deploy({"R": {"Type": "AWS::S3::Bucket"}}, stack=stack)
    assert updated["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "VersioningConfiguration" in aws.reasons(stack)


def test_a_resource_with_a_name_of_its_own_is_not_replaced(aws: Account) -> None:
    name = unique("topic")
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}
    stack = aws.deploy({"R": topic})["StackName"]
    changed = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name, "DisplayName": "shown"}}
    assert aws.deploy({"R": changed}, stack=stack)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "a custom-named resource requires replacing" in aws.reasons(stack)
    assert any(found["TopicArn"].endswith(f":{name}") for found in aws("sns").list_topics()["Topics"])
