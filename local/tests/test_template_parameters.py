from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .helpers import Account, outputs

QUEUE = {"Type": "AWS::SQS::Queue"}


def template(slot: dict[str, Any], **sections: Any) -> str:
    return json.dumps({"Parameters": {"Value": slot}, "Resources": {"Queue": QUEUE}, **sections})


@pytest.mark.parametrize(
    ("slot", "value", "problem"),
    [
        ({"Type": "String", "AllowedValues": ["new", "latest"]}, "newest", "must be one of new, latest"),
        ({"Type": "Number", "AllowedValues": [256, 512]}, "300", "must be one of 256, 512"),
        ({"Type": "String", "AllowedPattern": "|[0-9]{12}"}, "123", "must match pattern"),
        ({"Type": "String", "MaxLength": 3}, "long", "must be at most 3 characters"),
        ({"Type": "String", "MinLength": 1}, "", "must be at least 1 characters"),
        ({"Type": "Number", "MinValue": 1}, "0", "must be at least 1"),
        ({"Type": "Number", "MaxValue": 100}, "101", "must be at most 100"),
        ({"Type": "Number", "MaxValue": 1, "ConstraintDescription": "be small"}, "2", "be small"),
    ],
)
def test_a_value_that_breaks_a_constraint_is_refused(
    aws: Account, slot: dict[str, Any], value: str, problem: str
) -> None:
    with pytest.raises(ClientError, match=f"Parameter Value failed to satisfy constraint: {problem}"):
        aws.deploy_text(template(slot), parameters={"Value": value})


def test_a_parameter_that_the_template_lacks_is_refused(aws: Account) -> None:
    with pytest.raises(ClientError, match=r"Parameters: \[Valeu\] do not exist in the template"):
        aws.deploy_text(template({"Type": "String", "Default": "a"}), parameters={"Valeu": "b"})


def test_a_list_s_default_is_a_list(aws: Account) -> None:
    shown = {"Shown": {"Value": {"Fn::Join": ["+", {"Ref": "Value"}]}}}
    stack = aws.deploy_text(template({"Type": "CommaDelimitedList", "Default": "a,b"}, Outputs=shown))
    assert outputs(stack) == {"Shown": "a+b"}


def test_an_assertion_of_a_rule_refuses_with_its_description(aws: Account) -> None:
    given = {"Fn::Not": [{"Fn::Equals": [{"Ref": "Value"}, ""]}]}
    rule = {
        "RuleCondition": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Value"}, "skip"]}]},
        "Assertions": [{"Assert": given, "AssertDescription": "Value is needed"}],
    }
    text = template({"Type": "String", "Default": ""}, Rules={"Needed": rule})
    with pytest.raises(ClientError, match="Value is needed"):
        aws.deploy_text(text)
    assert aws.deploy_text(text, parameters={"Value": "a"})["StackStatus"] == "CREATE_COMPLETE"
    assert aws.deploy_text(text, parameters={"Value": "skip"})["StackStatus"] == "CREATE_COMPLETE"


def test_a_list_that_is_kept_stays_as_it_was(aws: Account) -> None:
    shown = {"Shown": {"Value": {"Fn::Join": ["+", {"Ref": "Value"}]}}}
    text = template({"Type": "CommaDelimitedList"}, Outputs=shown)
    name = aws.deploy_text(text, parameters={"Value": "a,b"})["StackName"]
    kept = [{"ParameterKey": "Value", "UsePreviousValue": True}]
    api = aws("cloudformation")
    change = {"StackName": name, "ChangeSetName": "again", "TemplateBody": text.replace('"Queue":', '"Other":')}
    api.create_change_set(**change, ChangeSetType="UPDATE", Parameters=kept)
    api.execute_change_set(StackName=name, ChangeSetName="again")
    [stack] = api.describe_stacks(StackName=name)["Stacks"]
    assert outputs(stack) == {"Shown": "a+b"}
