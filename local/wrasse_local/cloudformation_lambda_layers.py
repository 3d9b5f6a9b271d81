"""`AWS::Lambda::LayerVersion` and `AWS::Lambda::LayerVersionPermission` in a template, in any region.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-layerversion.html
Every change makes a new version. Stock moto drops a version's architectures and has no permissions.
"""

from __future__ import annotations

from typing import Any

from .api_properties import called, without
from .engine import Engine
from .stack_resources import Resource, ResourceType, register


class LayerVersion(ResourceType):
    type = "AWS::Lambda::LayerVersion"
    any_region = True

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        given = {"LayerName": name, **properties}
        arn = called(self.engine, "lambda", "PublishLayerVersion", given)["LayerVersionArn"]
        return Resource(arn, {"LayerVersionArn": arn})

    def delete(self, existing: Resource) -> None:
        layer, number = _parts(existing.physical_resource_id)
        self.engine.client("lambda").delete_layer_version(LayerName=layer, VersionNumber=number)


class LayerVersionPermission(ResourceType):
    type = "AWS::Lambda::LayerVersionPermission"
    any_region = True
    known = frozenset({"Action", "LayerVersionArn", "OrganizationId", "Principal"})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        layer, number = _parts(properties["LayerVersionArn"])
        place = {"LayerName": layer, "VersionNumber": number, "StatementId": name}
        called(self.engine, "lambda", "AddLayerVersionPermission", {**without(properties, "LayerVersionArn"), **place})
        return Resource(name, {"Id": name})

    def delete(self, existing: Resource) -> None:
        layer, number = _parts(existing.properties["LayerVersionArn"])
        self.engine.client("lambda").remove_layer_version_permission(
            LayerName=layer, VersionNumber=number, StatementId=existing.physical_resource_id
        )


def install(engine: Engine) -> None:
    for kind in (LayerVersion, LayerVersionPermission):
        register(kind(engine))


def _parts(version_arn: str) -> tuple[str, int]:
    layer, _, number = version_arn.rpartition(":")
    return layer, int(number)
