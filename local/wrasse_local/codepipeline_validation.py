"""What CodePipeline refuses of a request by its shape alone: required members, lengths, patterns, ranges, words.

AWS answers ValidationException: https://docs.aws.amazon.com/codepipeline/latest/APIReference/CommonErrors.html
SDKs check little of it. Stock moto checks nothing. Here the constraints are botocore's model of the API.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .put_faults import refusal


def check(body: dict[str, Any], shape: Any) -> None:
    """Raises what AWS answers for the first things that are wrong."""
    wrong = list(_wrong(body, shape, ""))
    if wrong:
        count = f"{len(wrong)} validation error{'s' if len(wrong) > 1 else ''} detected"
        raise refusal(400, "ValidationException", f"{count}: {'; '.join(wrong)}")


def _wrong(value: Any, shape: Any, place: str) -> Iterator[str]:
    kind = shape.type_name
    if kind == "structure":
        for name in shape.required_members:
            if value.get(name) is None:
                yield _failed(f"{place}{name}", "Member must not be null")
        for name, item in value.items():
            if name in shape.members and item is not None:
                yield from _wrong(item, shape.members[name], f"{place}{name}.")
    elif kind == "list":
        yield from _size(len(value), shape, place, "length")
        for number, item in enumerate(value, 1):
            yield from _wrong(item, shape.member, f"{place}{number}.member.")
    elif kind == "map":
        for key, item in value.items():
            yield from _wrong(key, shape.key, f"{place}key.")
            yield from _wrong(item, shape.value, f"{place}{key}.")
    elif kind == "string":
        yield from _size(len(value), shape, place, "length")
        pattern = shape.metadata.get("pattern")
        if pattern and not re.fullmatch(pattern, value):
            yield _failed(place, f"Member must satisfy regular expression pattern: {pattern}")
        if shape.enum and value not in shape.enum:
            yield _failed(place, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    elif kind in ("integer", "long"):
        yield from _size(value, shape, place, "value")


def _size(size: int, shape: Any, place: str, what: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield _failed(place, f"Member must have {what} greater than or equal to {least}")
    if most is not None and size > most:
        yield _failed(place, f"Member must have {what} less than or equal to {most}")


def _failed(place: str, constraint: str) -> str:
    return f"Value at '{place.rstrip('.')}' failed to satisfy constraint: {constraint}"
