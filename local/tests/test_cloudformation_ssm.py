from __future__ import annotations

from typing import Any

from .helpers import Account, outputs, unique
from .pipelines import refused
from .test_cloudformation_types import delete


def deployed(aws: Account, stack: str | None = None, **properties: Any) -> dict[str, Any]:
    resource = {"R": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", **properties}}}
    value = {"Value": {"Fn::GetAtt": ["R", "Value"]}}
    return aws.deploy(resource, stack=stack, Outputs={"Ref": {"Value": {"Ref": "R"}}, "Value": value})


def test_a_parameter_is_made_changed_in_place_and_deleted_with_its_stack(aws: Account) -> None:
    name, api = f"/{unique('parameter')}", aws("ssm")
    stack = deployed(aws, Name=name, Value="one", Tags={"team": "a"})
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.reasons(stack["StackName"])
    assert outputs(stack) == {"Ref": name, "Value": "one"}
    tags = api.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
    assert tags == [{"Key": "team", "Value": "a"}]
    updated = deployed(aws, stack["StackName"], Name=name, Value="two", Tags={"team": "a"})
    assert updated["StackStatus"] == "UPDATE_COMPLETE", aws.reasons(stack["StackName"])
    assert outputs(updated) == {"Ref": name, "Value": "two"}
    found = api.get_parameter(Name=name)["Parameter"]
    assert (found["Value"], found["Version"]) == ("two", 2)
    delete(aws, stack["StackName"])
    refused("ParameterNotFound", api.get_parameter, Name=name)
