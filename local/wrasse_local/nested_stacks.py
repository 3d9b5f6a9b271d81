"""Nested stacks: `AWS::CloudFormation::Stack`, which is what `AWS::Serverless::Application` becomes.

AWS: `Ref` gives the nested stack's id, `Fn::GetAtt Nested.Outputs.Name` an output; a nested stack that fails, fails
its parent. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
Stock moto cannot read the template from our own port, and does not resolve outputs in the parent.
"""

from __future__ import annotations

from typing import Any

from moto.cloudformation.models import Stack, cloudformation_backends

from .engine import REGION, Engine
from .stack_resources import Resource, ResourceType, register
from .template_urls import read_object


class NestedStackResource(Resource):
    def __init__(self, stack: Stack) -> None:
        super().__init__(stack.stack_id)
        self.stack = stack

    def get_cfn_attribute(self, name: str) -> Any:
        key = name.removeprefix("Outputs.")
        return {output["OutputKey"]: output["OutputValue"] for output in self.stack.outputs or []}[key]


class NestedStack(ResourceType):
    type = "AWS::CloudFormation::Stack"
    takes_stack_tags = True
    known = frozenset({"TemplateURL", "Parameters", "Tags"})
    replaced_by = frozenset()
    in_place = known
    removable = frozenset({"Parameters", "Tags"})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        stack = self._backend().create_stack(
            name=name,
            template=read_object(properties["TemplateURL"]).decode(),
            parameters=_parameters(properties),
            tags=_tags(properties),
        )
        if stack.status != "CREATE_COMPLETE":
            self._backend().delete_stack(stack.stack_id)
            reason = getattr(stack, "status_reason", stack.status)
            raise RuntimeError(f"Embedded stack {stack.stack_id} was not successfully created: {_why(stack) or reason}")
        return NestedStackResource(stack)

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        assert isinstance(existing, NestedStackResource)
        stack = existing.stack
        stack.update(
            read_object(properties["TemplateURL"]).decode(), parameters=_parameters(properties), tags=_tags(properties)
        )
        if stack.status != "UPDATE_COMPLETE":
            raise RuntimeError(f"Embedded stack {stack.stack_id} was not successfully updated: {_why(stack)}")
        return existing

    def delete(self, existing: Resource) -> None:
        assert isinstance(existing, NestedStackResource)
        self._backend().delete_stack(existing.physical_resource_id)
        if existing.stack.status != "DELETE_COMPLETE":
            raise RuntimeError(f"Embedded stack {existing.physical_resource_id} was not successfully deleted")

    def _backend(self) -> Any:
        return cloudformation_backends[self.engine.account][REGION]


def install(engine: Engine) -> None:
    register(NestedStack(engine))


def _parameters(properties: dict[str, Any]) -> dict[str, str]:
    """CloudFormation passes every parameter as a string, lists joined by commas."""
    given = properties.get("Parameters") or {}
    return {
        key: ",".join(str(item) for item in value) if isinstance(value, list) else _string(value)
        for key, value in given.items()
    }


def _string(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _tags(properties: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in properties.get("Tags") or []}


def _why(stack: Any) -> str:
    failed = [event for event in stack.events if event.resource_status.endswith("_FAILED")]
    return "; ".join(f"{event.logical_resource_id}: {event.resource_status_reason}" for event in failed)
