from __future__ import annotations

import re
from typing import Any

import pytest

from .helpers import Account, outputs

QUEUE = {"Type": "AWS::SQS::Queue"}


def test_getatt_takes_a_string_a_list_and_sub(aws: Account) -> None:
    stack = aws.deploy_text(
        """
        Resources: {Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: q1}}}
        Outputs:
          Short: {Value: !GetAtt Queue.Arn}
          Long: {Value: {"Fn::GetAtt": [Queue, Arn]}}
          Sub: {Value: !Sub "${Queue.Arn}"}
        """
    )
    assert set(outputs(stack).values()) == {"arn:aws:sqs:us-east-1:123456789012:q1"}


def test_a_list_element_without_a_value_is_dropped(aws: Account) -> None:
    joined = {"Fn::Join": [",", ["a", {"Fn::If": ["Never", "b", {"Ref": "AWS::NoValue"}]}, "c"]]}
    stack = aws.deploy(
        {"Queue": QUEUE},
        Conditions={"Never": {"Fn::Equals": ["a", "b"]}},
        Outputs={"Joined": {"Value": joined}},
    )
    assert outputs(stack) == {"Joined": "a,c"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("${Word}-${Word}", "w-w"),
        ("${!Word} ${Word}", "${Word} w"),
        (["s3://${Word}/${Folders}", {"Folders": "${account}/"}], "s3://w/${account}/"),
        (["${a}${b}", {"a": "${b}", "b": {"Ref": "Word"}}], "${b}w"),
        (["${Word}", {"Word": {"Fn::Sub": "${AWS::Region}"}}], "us-east-1"),
        ('{"a": "${Word}"}', '{"a": "w"}'),
    ],
)
def test_sub_replaces_once(aws: Account, value: Any, expected: str) -> None:
    parameters = {"Word": {"Type": "String", "Default": "w"}}
    stack = aws.deploy({"Q": QUEUE}, Parameters=parameters, Outputs={"Text": {"Value": {"Fn::Sub": value}}})
    assert outputs(stack) == {"Text": expected}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"Fn::GetAtt": ["Queue", "Colour"]}, "does not support attribute type Colour"),
        ({"Fn::GetAtt": ["Nothing", "Arn"]}, r"Unresolved resource dependencies \[Nothing\]"),
        ({"Ref": "Nothing"}, r"Unresolved resource dependencies \[Nothing\]"),
        ({"Ref": "Absent"}, r"Unresolved resource dependencies \[Absent\]"),
        ({"Fn::Sub": "${Nothing}"}, r"Unresolved resource dependencies \[Nothing\]"),
    ],
)
def test_a_reference_to_nothing_fails_the_stack(aws: Account, value: dict[str, Any], reason: str) -> None:
    resources = {
        "Queue": QUEUE,
        "Absent": {**QUEUE, "Condition": "Never"},
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": value}},
    }
    stack = aws.deploy(resources, Conditions={"Never": {"Fn::Equals": ["a", "b"]}})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert re.search(reason, aws.reasons(stack["StackName"]))
