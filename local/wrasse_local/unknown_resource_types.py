"""A resource type that the engine cannot make is an error.

AWS refuses a type it does not know when the template is validated: "Template format error: Unrecognized resource
types: [...]". Stock moto logs a warning and counts the resource as created. Here a template may hold the types that
`stack_resources` has, and no other.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html
"""

from __future__ import annotations

from typing import Any

from moto.cloudformation.exceptions import ValidationError

from . import stack_resources


def refuse(template: dict[str, Any]) -> None:
    """Raises moto's ValidationError when the template holds a type that nothing in the engine makes."""
    resources = template.get("Resources") or {}
    types = {str(resource.get("Type")) for resource in resources.values()}
    unknown = sorted(name for name in types if not stack_resources.is_known(name))
    if unknown:
        raise ValidationError(message=f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")
