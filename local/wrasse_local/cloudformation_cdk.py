"""`AWS::CDK::Metadata` in a template, which CDK adds to its stacks: nothing is made for it.

https://docs.aws.amazon.com/cdk/v2/guide/usage-data.html
"""

from __future__ import annotations

from typing import Any

from .engine import Engine
from .stack_resources import Resource, ResourceType, register


class Metadata(ResourceType):
    type = "AWS::CDK::Metadata"
    any_region = True
    known = in_place = removable = frozenset({"Analytics"})
    replaced_by = frozenset()

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        return Resource(name)

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        return existing

    def delete(self, existing: Resource) -> None:
        """There is nothing to delete."""


def install(engine: Engine) -> None:
    register(Metadata(engine))
