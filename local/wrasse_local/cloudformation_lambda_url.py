"""`AWS::Lambda::Url` in a template, which `FunctionUrlConfig` of SAM becomes.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-url.html
`Ref` is the function's ARN, `Fn::GetAtt` knows `FunctionUrl` and `FunctionArn`. Stock moto has no such type.
"""

from __future__ import annotations

from typing import Any

from .api_properties import called, without
from .engine import Engine
from .stack_resources import Resource, ResourceType, register

TARGET = "TargetFunctionArn"


class Url(ResourceType):
    type = "AWS::Lambda::Url"
    any_region = True
    known = frozenset({"AuthType", "Cors", "InvokeMode", "Qualifier", TARGET})
    replaced_by = frozenset({TARGET})
    in_place = frozenset({"AuthType", "Cors", "InvokeMode"})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        if "Qualifier" in properties:
            raise NotImplementedError("the engine has function URLs of unqualified functions alone")
        given = {**without(properties, TARGET), "FunctionName": properties[TARGET]}
        made = called(self.engine, "lambda", "CreateFunctionUrlConfig", given)
        attributes = {key: made[key] for key in ("FunctionArn", "FunctionUrl")}
        return Resource(made["FunctionArn"], attributes)

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        given = {**without(properties, TARGET), "FunctionName": properties[TARGET]}
        called(self.engine, "lambda", "UpdateFunctionUrlConfig", given)
        return existing

    def delete(self, existing: Resource) -> None:
        self.engine.client("lambda").delete_function_url_config(FunctionName=existing.attributes["FunctionArn"])


def install(engine: Engine) -> None:
    register(Url(engine))
