"""`AWS::StepFunctions::StateMachine`: definition in S3 as JSON or YAML, substitutions, logging, tracing, tags.

AWS reads `DefinitionS3Location`, or takes `DefinitionString` or the object `Definition`, and replaces every
`${Name}` of `DefinitionSubstitutions`:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html
Stock moto reads `DefinitionString` alone, so a machine of `sam deploy` is empty, and creates it in the backend that
does not execute.
"""

from __future__ import annotations

import json
import re
from typing import Any

from .api_properties import called, without
from .engine import Engine
from .sam_transform import load
from .stack_resources import Resource, ResourceType, register
from .template_urls import read_object

DEFINITION = ("Definition", "DefinitionS3Location", "DefinitionString", "DefinitionSubstitutions")
SUBSTITUTION = re.compile(r"\$\{([A-Za-z0-9_]+)\}")


class StateMachine(ResourceType):
    type = "AWS::StepFunctions::StateMachine"
    name_property = "StateMachineName"

    replaced_by = frozenset({"StateMachineName", "StateMachineType"})
    in_place = frozenset({*DEFINITION, "LoggingConfiguration", "RoleArn", "TracingConfiguration"})
    removable = frozenset(DEFINITION)

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        settings = without(properties, *DEFINITION, "StateMachineName", "StateMachineType")
        kind = properties.get("StateMachineType", "STANDARD")
        request = {**settings, "name": name, "definition": definition(properties), "type": kind}
        arn = called(self.engine, "stepfunctions", "CreateStateMachine", request)["stateMachineArn"]
        return Resource(arn, {"Arn": arn, "Name": name})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        settings = without(properties, *DEFINITION, "StateMachineName", "StateMachineType", "Tags")
        request = {**settings, "stateMachineArn": existing.physical_resource_id, "definition": definition(properties)}
        called(self.engine, "stepfunctions", "UpdateStateMachine", request)
        return existing

    def delete(self, existing: Resource) -> None:
        self.engine.client("stepfunctions").delete_state_machine(stateMachineArn=existing.physical_resource_id)


def install(engine: Engine) -> None:
    register(StateMachine(engine))


def definition(properties: dict[str, Any]) -> str:
    """The machine's definition as JSON. Raises ValueError for a `${Name}` that no substitution replaces."""
    text = _source(properties)
    substitutions = {key: _text(value) for key, value in properties.get("DefinitionSubstitutions", {}).items()}
    missing = sorted(set(SUBSTITUTION.findall(text)) - substitutions.keys())
    if missing:
        raise ValueError(f"DefinitionSubstitutions has no value for {', '.join(missing)}")
    text = SUBSTITUTION.sub(lambda found: substitutions[found[1]], text)
    try:
        json.loads(text)
    except ValueError:
        return json.dumps(load(text))
    return text


def _source(properties: dict[str, Any]) -> str:
    if "DefinitionString" in properties:
        return str(properties["DefinitionString"])
    if "Definition" in properties:
        return json.dumps(properties["Definition"])
    location = properties.get("DefinitionS3Location")
    if location is None:
        raise ValueError("a state machine needs Definition, DefinitionString or DefinitionS3Location")
    return read_object(f"s3://{location['Bucket']}/{location['Key']}", location.get("Version")).decode()


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
