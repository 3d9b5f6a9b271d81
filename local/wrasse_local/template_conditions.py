"""Conditions of a template.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
`Fn::Equals` compares texts, so that the number 30 equals the parameter "30"; a condition may name another one, in YAML
as `!Condition Name`.
Stock moto compares a number with a text as different, takes an operator that it does not know for false, and so the
short form `!Condition` too.
"""

from __future__ import annotations

from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError

from .api_properties import as_text
from .engine import Engine


def install(engine: Engine) -> None:
    parsing.parse_condition = holds


def holds(condition: Any, resources: Any, conditions: Any) -> bool:
    """Whether a condition holds. Raises moto's ValidationError for one that CloudFormation does not know."""
    if isinstance(condition, bool):
        return condition
    if not isinstance(condition, dict) or len(condition) != 1:
        raise ValidationError(message=f"Template format error: {condition!r} is not a condition")
    [(operator, values)] = condition.items()
    if operator in ("Condition", "Fn::Condition"):
        if values not in conditions:
            raise ValidationError(message=f"Template format error: Unresolved dependencies [{values}]")
        return bool(conditions[values])
    if operator == "Fn::Equals":
        left, right = (as_text(parsing.clean_json(value, resources)) for value in values)
        return left == right
    results = [holds(value, resources, conditions) for value in values]
    if operator == "Fn::Not":
        return not results[0]
    if operator in ("Fn::And", "Fn::Or"):
        return all(results) if operator == "Fn::And" else any(results)
    raise ValidationError(message=f"Template format error: there is no condition function {operator}")
