"""`AWS::Lambda::Function`, `AWS::Lambda::EventInvokeConfig` and `AWS::Lambda::Permission` in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
Stock moto drops a function's architecture, tags, logging and storage settings, accepts code that is not in
S3, and has no EventInvokeConfig. Here the function's own API is called with all properties. Permissions are kept,
not enforced.
"""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import LambdaFunction

from .api_properties import called, without
from .engine import Engine
from .stack_resources import Resource, ResourceType, register

# Properties that are set by a call of their own.
APART = ("ReservedConcurrentExecutions",)
# What UpdateFunctionConfiguration does not take.
NOT_CONFIGURATION = (*APART, "Architectures", "Code", "PackageType", "Tags")
# What a property that was removed goes back to.
DEFAULTS: dict[str, Any] = {
    "Description": "",
    "Environment": {"Variables": {}},
    "Layers": [],
    "MemorySize": 128,
    "Timeout": 3,
}
IN_PLACE = frozenset({*DEFAULTS, *APART, "Code", "Handler", "LoggingConfig", "Role", "Runtime"})


class Function(ResourceType):
    type = "AWS::Lambda::Function"
    any_region = True
    name_property = "FunctionName"
    replaced_by = frozenset({"FunctionName", "PackageType"})
    in_place = IN_PLACE
    removable = frozenset(DEFAULTS)

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        self._check_code(properties["Code"])
        made = called(self.engine, "lambda", "CreateFunction", {**without(properties, *APART), "FunctionName": name})
        self._reserve(name, properties)
        return Resource(name, {"Arn": made["FunctionArn"]})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        self._check_code(properties["Code"])
        name = existing.physical_resource_id
        called(self.engine, "lambda", "UpdateFunctionCode", {"FunctionName": name, **properties["Code"]})
        configuration = {**DEFAULTS, **without(properties, *NOT_CONFIGURATION)}
        called(self.engine, "lambda", "UpdateFunctionConfiguration", {**configuration, "FunctionName": name})
        self._reserve(name, properties)
        return existing

    def delete(self, existing: Resource) -> None:
        self.engine.client("lambda").delete_function(FunctionName=existing.physical_resource_id)

    def _reserve(self, name: str, properties: dict[str, Any]) -> None:
        if "ReservedConcurrentExecutions" in properties:
            reserved = {key: properties[key] for key in APART}
            called(self.engine, "lambda", "PutFunctionConcurrency", {"FunctionName": name, **reserved})

    def _check_code(self, code: dict[str, Any]) -> None:
        if "S3Bucket" in code:
            self.engine.client("s3").head_object(Bucket=code["S3Bucket"], Key=code["S3Key"])


class EventInvokeConfig(ResourceType):
    type = "AWS::Lambda::EventInvokeConfig"
    any_region = True
    replaced_by = frozenset({"FunctionName", "Qualifier"})
    in_place = frozenset({"DestinationConfig", "MaximumEventAgeInSeconds", "MaximumRetryAttempts"})
    removable = in_place

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        called(self.engine, "lambda", "PutFunctionEventInvokeConfig", properties)
        return Resource(f"{properties['FunctionName']}|{properties.get('Qualifier', '$LATEST')}")

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        called(self.engine, "lambda", "PutFunctionEventInvokeConfig", properties)
        return existing

    def delete(self, existing: Resource) -> None:
        name = existing.properties["FunctionName"]
        self.engine.client("lambda").delete_function_event_invoke_config(FunctionName=name)


class Permission(ResourceType):
    type = "AWS::Lambda::Permission"
    any_region = True
    known = frozenset(
        {
            "Action",
            "EventSourceToken",
            "FunctionName",
            "FunctionUrlAuthType",
            "InvokedViaFunctionUrl",
            "Principal",
            "PrincipalOrgID",
            "SourceAccount",
            "SourceArn",
        }
    )

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        called(self.engine, "lambda", "AddPermission", {**properties, "StatementId": name})
        return Resource(name, {"Id": name})

    def delete(self, existing: Resource) -> None:
        self.engine.client("lambda").remove_permission(
            FunctionName=existing.properties["FunctionName"], StatementId=existing.physical_resource_id
        )


def install(engine: Engine) -> None:
    for kind in (Function, EventInvokeConfig, Permission):
        register(kind(engine))
    _keep_logging_config()


def _keep_logging_config() -> None:
    """Stock moto's function has no LoggingConfig; `lambda_invocation` reads it from there."""
    make, update = LambdaFunction.__init__, LambdaFunction.update_configuration
    describe = LambdaFunction.get_configuration

    def init(function: Any, account_id: str, spec: dict[str, Any], region: str, version: str | int = 1) -> None:
        function.logging_config = spec.get("LoggingConfig")
        make(function, account_id, spec, region, version)

    def update_configuration(function: Any, config_updates: dict[str, Any]) -> Any:
        function.logging_config = config_updates.get("LoggingConfig", function.logging_config)
        return update(function, config_updates)

    def get_configuration(function: Any, on_create: bool = False) -> Any:
        group = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function.function_name}"}
        return {**describe(function, on_create), "LoggingConfig": {**group, **(function.logging_config or {})}}

    LambdaFunction.__init__ = init
    LambdaFunction.update_configuration = update_configuration
    LambdaFunction.get_configuration = get_configuration
