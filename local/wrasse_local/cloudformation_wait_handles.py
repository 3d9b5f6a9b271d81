"""Wait condition handles in a template: the resource that is nothing, which a stack of no resources needs one of.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitconditionhandle.html
`Ref` is a presigned address to signal to. Stock moto does not know the type. Here nobody
answers at the address: wait conditions themselves are refused as a type that is not known.
"""

from __future__ import annotations

from typing import Any

from .engine import Engine
from .stack_resources import Resource, ResourceType, register


class WaitConditionHandle(ResourceType):
    type = "AWS::CloudFormation::WaitConditionHandle"
    any_region = True
    known = frozenset[str]()

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        return Resource(f"https://cloudformation-waitcondition-{self.engine.region}.invalid/{name}")

    def delete(self, existing: Resource) -> None:
        """There is nothing to delete."""


def install(engine: Engine) -> None:
    register(WaitConditionHandle(engine))
