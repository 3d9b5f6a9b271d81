"""The order in which a template's resources are made: each after all that it names.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html
Stock moto makes them in the template's order, and on the way those that a property names; an update does not look at
`DependsOn`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

SUBSTITUTED = re.compile(r"\$\{([^!}.]+)")


def in_order(declared: dict[str, Any]) -> list[str]:
    """Logical ids, each after all that it refers to or depends on."""
    ordered: list[str] = []
    visiting: set[str] = set()

    def visit(logical_id: str) -> None:
        if logical_id in visiting:
            return
        visiting.add(logical_id)
        for other in _references(declared[logical_id]):
            if other in declared:
                visit(other)
        ordered.append(logical_id)

    for logical_id in declared:
        visit(logical_id)
    return ordered


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in ("Ref", "DependsOn") and isinstance(item, str):
                yield item
            elif key == "DependsOn":
                yield from item
            elif key == "Fn::GetAtt":
                yield item.split(".")[0] if isinstance(item, str) else item[0]
            elif key == "Fn::Sub":
                yield from SUBSTITUTED.findall(item if isinstance(item, str) else item[0])
                yield from _references(item if isinstance(item, list) else [])
            else:
                yield from _references(item)
