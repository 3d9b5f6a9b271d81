"""What a CloudFormation resource is to the engine: a type that can create, update and delete, and its instances.

A type calls its service's own API, as CloudFormation does, so that the service checks the properties. Stock moto has
models of its own that drop most of them.
"""

from __future__ import annotations

import random
import string
from typing import Any, ClassVar

from .engine import Engine

SUFFIX_LENGTH = 12
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
NAME_LIMITS = {
    "AWS::IAM::Role": 64,
    "AWS::Lambda::Function": 64,
    "AWS::S3::Bucket": 63,
    "AWS::SQS::Queue": 80,
    "AWS::Scheduler::Schedule": 64,
    "AWS::Scheduler::ScheduleGroup": 64,
    "AWS::StepFunctions::StateMachine": 80,
    "AWS::CloudFormation::Stack": 128,
}
DEFAULT_NAME_LIMIT = 255


RETAINED = ("Retain", "RetainExceptOnCreate")


class Resource:
    """A resource that exists: what `Ref` and `Fn::GetAtt` give, and the properties it was made from."""

    def __init__(self, physical_id: str, attributes: dict[str, Any] | None = None) -> None:
        self.physical_resource_id = physical_id
        self.attributes = attributes or {}
        self.logical_resource_id = ""
        self.cf_resource_type = ""
        self.properties: dict[str, Any] = {}

    def get_cfn_attribute(self, name: str) -> Any:
        return self.attributes[name]


class ResourceType:
    """Creates, updates and deletes resources of one type. Any exception fails the stack, with its text as reason."""

    type: ClassVar[str]
    name_property: ClassVar[str | None] = None

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        raise NotImplementedError

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource | None:
        """The updated resource, or None when AWS would replace it."""
        return None

    def delete(self, existing: Resource) -> None:
        raise NotImplementedError


_types: dict[str, ResourceType] = {}


def register(resource_type: ResourceType) -> None:
    _types[resource_type.type] = resource_type


def type_of(name: str) -> ResourceType:
    """The type of that name; `unknown_resource_types` keeps all others out of a template."""
    return _types[name]


def generated_name(type_name: str, stack_name: str, logical_id: str) -> str:
    """`<stack>-<logical id>-<12 random characters>`, both cut so that the service takes it."""
    suffix = "".join(random.choices(string.ascii_uppercase + string.digits, k=SUFFIX_LENGTH))
    room = NAME_LIMITS.get(type_name, DEFAULT_NAME_LIMIT) - SUFFIX_LENGTH - 2
    if len(stack_name) + len(logical_id) > room:
        stack_name = stack_name[: max(room // 2, room - len(logical_id))].rstrip("-")
        logical_id = logical_id[: room - len(stack_name)]
    name = f"{stack_name}-{logical_id}-{suffix}"
    return name.lower() if type_name == "AWS::S3::Bucket" else name


def chosen_name(kind: ResourceType, properties: dict[str, Any], otherwise: str) -> str:
    """The name that the template gives the resource, else the generated one."""
    return str(properties.get(kind.name_property, otherwise)) if kind.name_property else otherwise


def is_retained(declared: dict[str, Any], policy: str) -> bool:
    """Whether a resource's `DeletionPolicy` or `UpdateReplacePolicy` keeps it when its stack no longer has it."""
    return declared.get(policy) in RETAINED
