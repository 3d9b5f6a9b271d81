from __future__ import annotations

import json
from typing import Any

import pytest

from .builds import commands
from .helpers import Account, outputs, unique
from .test_cloudformation_codebuild import properties, shown

CHILD: dict[str, Any] = {
    "Parameters": {"Name": {"Type": "String"}, "Fifo": {"Type": "String"}, "Many": {"Type": "CommaDelimitedList"}},
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Name"}}}},
    "Outputs": {
        "Arn": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}},
        "Given": {"Value": {"Fn::Join": ["+", [{"Ref": "Fifo"}, {"Fn::Select": ["1", {"Ref": "Many"}]}]]}},
    },
}


@pytest.fixture
def parent(aws: Account) -> Any:
    def template(child: dict[str, Any], name: str) -> dict[str, Any]:
        bucket = unique("nested")
        aws("s3").create_bucket(Bucket=bucket)
        aws("s3").put_object(Bucket=bucket, Key="child.template", Body=json.dumps(child))
        url = f"{aws.engine.endpoint}/{bucket}/child.template"
        parameters = {"Name": name, "Fifo": False, "Many": ["a", "b"]}
        nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url, "Parameters": parameters}}
        return {"Nested": nested}

    return template


def test_the_parent_reads_the_outputs_of_its_nested_stack(aws: Account, parent: Any) -> None:
    name = unique("q")
    stack = aws.deploy(
        parent(CHILD, name),
        Outputs={
            "Arn": {"Value": {"Fn::GetAtt": ["Nested", "Outputs.Arn"]}},
            "Given": {"Value": {"Fn::Sub": "${Nested.Outputs.Given}"}},
            "Id": {"Value": {"Ref": "Nested"}},
        },
    )
    found = outputs(stack)
    assert found["Arn"] == f"arn:aws:sqs:us-east-1:123456789012:{name}"
    assert found["Given"] == "false+b"
    assert aws.stack(found["Id"])["StackStatus"] == "CREATE_COMPLETE"


def test_a_nested_stack_that_fails_fails_its_parent_with_the_reason(aws: Account, parent: Any) -> None:
    broken = {**CHILD, "Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "no spaces"}}}}
    stack = aws.deploy(parent(broken, "unused"))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    reasons = aws.reasons(stack["StackName"])
    assert "was not successfully created: Queue: " in reasons
    assert "alphanumeric" in reasons


def test_an_update_and_a_deletion_reach_the_nested_stack(aws: Account, parent: Any) -> None:
    stack = aws.deploy(parent(CHILD, unique("q")))["StackName"]
    nested = aws.physical_id(stack, "Nested")
    second = unique("q")
    assert aws.deploy(parent(CHILD, second), stack=stack)["StackStatus"] == "UPDATE_COMPLETE"
    assert aws.physical_id(stack, "Nested") == nested
    assert outputs(aws.stack(nested))["Arn"].endswith(f":{second}")
    aws("cloudformation").delete_stack(StackName=stack)
    assert aws.stack(nested)["StackStatus"] == "DELETE_COMPLETE"


def test_a_stack_s_tags_reach_a_nested_stack_and_its_resources(aws: Account, parent: Any) -> None:
    project = {"Type": "AWS::CodeBuild::Project", "Properties": properties(commands("true"), Name={"Ref": "Name"})}
    name = unique("project")
    resources = parent({**CHILD, "Resources": {"Project": project}, "Outputs": {}}, name)

    def deploy(value: str, stack: str | None = None) -> str:
        tags = [{"Key": "team", "Value": value}]
        deployed = aws.deploy_text(json.dumps({"Resources": resources}), stack, Tags=tags)
        assert deployed["StackStatus"].endswith("E_COMPLETE"), aws.reasons(deployed["StackName"])
        assert aws.stack(aws.physical_id(deployed["StackName"], "Nested"))["Tags"] == tags
        return str(deployed["StackName"])

    stack = deploy("a")
    assert shown(aws, name)["tags"] == [{"key": "team", "value": "a"}]
    deploy("b", stack)
    assert shown(aws, name)["tags"] == [{"key": "team", "value": "b"}]
