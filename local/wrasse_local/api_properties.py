"""A resource's properties as parameters of the service's own API.

CloudFormation spells most properties as the API does, but for the case of the first letter, and takes numbers and
booleans as strings: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
AWS refuses a property that a type does not have: "Encountered unsupported property Name". So does `called`.
"""

from __future__ import annotations

import json
from typing import Any

from .engine import Engine


class UnsupportedProperty(ValueError):
    def __init__(self, name: str) -> None:
        super().__init__(f"Encountered unsupported property {name}")


def called(engine: Engine, service: str, operation: str, properties: dict[str, Any]) -> Any:
    """Calls an operation (as the API spells it: `CreateTopic`) with properties."""
    client = engine.client(service)
    shape = client.meta.service_model.operation_model(operation).input_shape
    method = next(name for name, api in client.meta.method_to_api_mapping.items() if api == operation)
    return getattr(client, method)(**_structure(properties, shape))


def _structure(value: dict[str, Any], shape: Any) -> dict[str, Any]:
    members = {name.lower(): name for name in shape.members}
    result = {}
    for key, item in value.items():
        name = members.get(key.lower())
        if name is None:
            raise UnsupportedProperty(key)
        result[name] = _converted(item, shape.members[name])
    return result


def _converted(value: Any, shape: Any) -> Any:
    kind = shape.type_name
    if kind == "structure":
        return _structure(value, shape)
    if kind == "list":
        return [_converted(item, shape.member) for item in value]
    if kind == "map" and isinstance(value, list):
        return {tag["Key"]: str(tag["Value"]) for tag in value}
    if kind == "map":
        return {key: _converted(item, shape.value) for key, item in value.items()}
    if kind in ("integer", "long"):
        return int(value)
    if kind in ("float", "double"):
        return float(value)
    if kind == "boolean":
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if kind == "string":
        return as_text(value)
    return value


def as_text(value: Any) -> str:
    """A scalar as CloudFormation passes it on; a policy document as JSON."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return json.dumps(value)
    return str(value)


def without(properties: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if key not in names}
