"""What a CloudFormation resource is to the engine: a type that can create, update and delete, and its instances.

A type calls its service's own API, as CloudFormation does, so that the service checks the properties. Stock moto has
models of its own that drop most of them.
"""

from __future__ import annotations

import copy
import random
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from .api_properties import UnsupportedProperty
from .engine import REGION, Engine

SUFFIX_LENGTH = 12
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
NAME_LIMITS = {
    "AWS::IAM::Role": 64,
    "AWS::Kinesis::Stream": 128,
    "AWS::KinesisFirehose::DeliveryStream": 64,
    "AWS::Lambda::Function": 64,
    "AWS::Lambda::LayerVersion": 64,
    "AWS::Lambda::LayerVersionPermission": 100,
    "AWS::Lambda::Permission": 100,
    "AWS::Events::Rule": 64,
    "AWS::S3::Bucket": 63,
    "AWS::SQS::Queue": 80,
    "AWS::Scheduler::Schedule": 64,
    "AWS::StepFunctions::StateMachine": 80,
    "AWS::CloudFormation::Stack": 128,
    "AWS::CodePipeline::Pipeline": 100,
}
DEFAULT_NAME_LIMIT = 255


RETAINED = ("Retain", "RetainExceptOnCreate")


class ResourceError(Exception):
    """A failure of which the text is the whole reason, as CloudFormation words it."""


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


@dataclass(frozen=True)
class Place:
    """Where a resource stands: its stack's account and id, its logical id, and its type as the template names it."""

    account: str
    stack_id: str
    logical_id: str
    type_name: str

    @property
    def region(self) -> str:
        """`arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID` says it."""
        return self.stack_id.split(":")[3]


class ResourceType:
    """Creates, updates and deletes resources of one type. Any exception fails the stack, with its text as reason.

    `known` are all its properties; None stands for those of the API that it calls. A change of a property in
    `replaced_by` makes a new resource (None: any change does), one in `in_place` is applied by `update`; so is the
    removal of one in `removable` (None: every property's). Any other change is refused. Where `update` answers a
    resource of another id, the old one goes. Where `any_region` is not set, it makes resources in `REGION` alone.
    Where `takes_stack_tags` is set, the tags of the stack are among the resource's `Tags`.
    """

    type: ClassVar[str]
    name_property: ClassVar[str | None] = None
    known: ClassVar[frozenset[str] | None] = None
    replaced_by: ClassVar[frozenset[str] | None] = None
    in_place: ClassVar[frozenset[str] | None] = frozenset()
    removable: ClassVar[frozenset[str] | None] = frozenset()
    any_region: ClassVar[bool] = False
    takes_stack_tags: ClassVar[bool] = False
    place: Place

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def at(self, place: Place) -> ResourceType:
        """The type for one resource; `self.engine` is the engine seen from its stack's account and region."""
        if place.region != REGION and not self.any_region:
            raise ResourceError(f"the engine makes {self.type} in {REGION} alone, not in {place.region}")
        kind = copy.copy(self)
        kind.place, kind.engine = place, self.engine.of(place.account).at(place.region)
        return kind

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        raise NotImplementedError

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        """Applies a change of properties in `in_place`."""
        raise NotImplementedError

    def delete(self, existing: Resource) -> None:
        raise NotImplementedError


_types: dict[str, ResourceType] = {}
CUSTOM_RESOURCE = "AWS::CloudFormation::CustomResource"
CUSTOM = "Custom::"


def register(resource_type: ResourceType) -> None:
    _types[resource_type.type] = resource_type


def is_known(name: str) -> bool:
    """Whether there is a type of that name. `Custom::` and any name is the type of custom resources."""
    return _registered(name) in _types


def type_of(place: Place) -> ResourceType:
    """The type of the resource at that place; `unknown_resource_types` keeps all others out of a template."""
    return _types[_registered(place.type_name)].at(place)


def _registered(name: str) -> str:
    return CUSTOM_RESOURCE if name.startswith(CUSTOM) else name


def check_properties(kind: ResourceType, properties: dict[str, Any]) -> None:
    """Raises UnsupportedProperty for a property that the type does not know."""
    if kind.known is not None and (unknown := sorted(properties.keys() - kind.known)):
        raise UnsupportedProperty(unknown[0])


def with_stack_tags(type_name: str, properties: dict[str, Any], tags: Mapping[str, str]) -> dict[str, Any]:
    """The properties with the stack's tags, of which the resource's own win, where the type takes any.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-resource-tags.html
    """
    kind = _types.get(_registered(type_name))
    if kind is None or not kind.takes_stack_tags or not tags:
        return properties
    own = properties.get("Tags") or []
    names = {tag["Key"] for tag in own}
    return {
        **properties,
        "Tags": [*own, *({"Key": key, "Value": tags[key]} for key in sorted(tags) if key not in names)],
    }


def is_replaced(kind: ResourceType, existing: Resource, properties: dict[str, Any]) -> bool:
    """Whether the change of properties makes a new resource. ValueError when the engine can't apply the change."""
    old = existing.properties
    changed = sorted(key for key in {*old, *properties} if old.get(key) != properties.get(key))
    if kind.replaced_by is None or kind.replaced_by.intersection(changed):
        if kind.name_property in properties and kind.name_property not in changed:
            name = properties[kind.name_property]
            raise ValueError(
                "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
                f"Rename {name} and update the stack again."
            )
        return True
    for key in changed:
        allowed = kind.in_place if key in properties else kind.removable
        if allowed is not None and key not in allowed:
            raise ValueError(f"the engine does not change the property {key} of an existing {kind.type}")
    return False


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
