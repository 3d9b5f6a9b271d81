"""What DescribeEvents is asked for: AWS's constraints on it, and which events it is.

AWS: lists of at most 10 (statuses 6), pages of 1 to 100, each value checked against the model; an event is meant where
it is in every list that is given. https://docs.aws.amazon.com/health/latest/APIReference/API_EventFilter.html
A request that breaks a constraint is a ValidationException, which counts and names them all:
https://docs.aws.amazon.com/health/latest/APIReference/CommonErrors.html
Here the constraints are those of botocore's model, and the lists that the fleet does not use are not there.
"""

from __future__ import annotations

import re
from typing import Any

from .health_events import HealthEvent

FIELDS = {
    "eventArns": "arn",
    "eventTypeCodes": "type_code",
    "services": "service",
    "regions": "region",
    "eventTypeCategories": "category",
    "eventStatusCodes": "status",
}


def unsupported(wanted: dict[str, Any]) -> list[str]:
    """The lists of a filter that the engine does not know."""
    return sorted(wanted.keys() - FIELDS.keys())


def matches(wanted: dict[str, Any], event: HealthEvent) -> bool:
    return all(getattr(event, field) in wanted[name] for name, field in FIELDS.items() if name in wanted)


def validation_message(violations: list[str]) -> str:
    plural = "s" if len(violations) > 1 else ""
    return f"{len(violations)} validation error{plural} detected: {'; '.join(violations)}"


def violations(value: Any, shape: Any, path: str = "") -> list[str]:
    """How a value breaks the constraints of its shape, in AWS's words."""
    if shape.type_name == "structure":
        given = {name: item for name, item in value.items() if name in shape.members}
        missing = [_broken(None, _below(path, name), "Member must not be null") for name in shape.required_members]
        return [
            *(words for name, words in zip(shape.required_members, missing, strict=True) if name not in given),
            *(
                words
                for name, item in given.items()
                for words in violations(item, shape.members[name], _below(path, name))
            ),
        ]
    found = [_broken(value, path, f"Member must {words}") for words in _constraints(value, shape)]
    if shape.type_name == "list":
        for number, item in enumerate(value, 1):
            found += violations(item, shape.member, f"{path}.{number}.member")
    return found


def _constraints(value: Any, shape: Any) -> list[str]:
    limits, broken = shape.metadata, []
    is_number = shape.type_name == "integer"
    size, of_size = (value, "have value") if is_number else (len(value), "have length")
    if size < limits.get("min", size):
        broken.append(f"{of_size} greater than or equal to {limits['min']}")
    if size > limits.get("max", size):
        broken.append(f"{of_size} less than or equal to {limits['max']}")
    if value not in limits.get("enum", [value]):
        broken.append(f"satisfy enum value set: [{', '.join(limits['enum'])}]")
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        broken.append(f"satisfy regular expression pattern: {limits['pattern']}")
    return broken


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _broken(value: Any, path: str, constraint: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}"
