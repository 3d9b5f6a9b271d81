"""`AWS::SSM::Parameter` in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html
`Ref` is the parameter's name, `Fn::GetAtt` knows `Type` and `Value`. Stock moto has a model of its own, which makes a
changed parameter anew. Tags are set when it is made, and not changed.
"""

from __future__ import annotations

from typing import Any

from .api_properties import without
from .engine import Engine
from .stack_resources import Resource, ResourceType, register

IN_PLACE = frozenset({"AllowedPattern", "DataType", "Description", "Policies", "Tier", "Type", "Value"})


class Parameter(ResourceType):
    type = "AWS::SSM::Parameter"
    name_property = "Name"
    any_region = True
    known = frozenset({"Name", "Tags", *IN_PLACE})
    replaced_by = frozenset({"Name"})
    in_place = IN_PLACE

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        own = without(properties, "Name", "Tags")
        tags = [{"Key": key, "Value": str(value)} for key, value in (properties.get("Tags") or {}).items()]
        self.engine.client("ssm").put_parameter(Name=name, Tags=tags, **own)
        return Resource(name, {"Type": own["Type"], "Value": own["Value"]})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        own = without(properties, "Name", "Tags")
        self.engine.client("ssm").put_parameter(Name=existing.physical_resource_id, Overwrite=True, **own)
        existing.attributes = {"Type": own["Type"], "Value": own["Value"]}
        return existing

    def delete(self, existing: Resource) -> None:
        self.engine.client("ssm").delete_parameter(Name=existing.physical_resource_id)


def install(engine: Engine) -> None:
    register(Parameter(engine))
