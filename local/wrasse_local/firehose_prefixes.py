"""The prefixes of a delivery stream's objects, with expressions like `!{timestamp:yyyy/MM/dd}`.

AWS: https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
- `!{timestamp:...}` is a Java DateTimeFormatter pattern, in UTC, of the oldest record's arrival; `'text'` is literal;
- `!{firehose:random-string}` is 11 new characters each time, `!{firehose:error-output-type}` says why records failed;
- `!{partitionKeyFromLambda:key}` is what the transformation gave the record, with dynamic partitioning alone;
- a prefix without any expression is followed by `yyyy/MM/dd/HH/`, without a slash between; an error prefix without any
  by the error type and then that. An error prefix is compulsory where the prefix has expressions;
- an evaluated prefix has at most 512 characters.
Stock moto takes expressions for text. Keys by query (`partitionKeyFromQuery`) and time zones are not there.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Mapping
from datetime import datetime

from moto.firehose.exceptions import InvalidArgumentException

EXPRESSION = re.compile(r"!\{(\w+):([^}]*)\}")
DEFAULT_TIME = "!{timestamp:yyyy/MM/dd/HH/}"
ERROR_TYPE = "!{firehose:error-output-type}"
LONGEST = 512
RANDOM_LENGTH = 11
_PATTERN = re.compile(r"'(?:[^']|'')*'|([A-Za-z])\1*|.", re.DOTALL)
_FIELDS = {
    "yyyy": "%Y", "uuuu": "%Y", "yy": "%y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S", "DDD": "%j",
}  # fmt: skip
_KNOWN = {"firehose": {"random-string", "error-output-type"}}


def prefix_of(given: str | None) -> str:
    """The prefix of delivered objects, with the time that AWS adds to one without expressions."""
    given = given or ""
    return given if EXPRESSION.search(given) else given + DEFAULT_TIME


def error_prefix_of(given: str | None, prefix: str | None) -> str:
    """The prefix of the objects of failed records; without one they lie below the prefix of the others."""
    given = given or prefix or ""
    return given if EXPRESSION.search(given) else f"{given}{ERROR_TYPE}/{DEFAULT_TIME}"


def partition_keys(prefix: str) -> tuple[str, ...]:
    """The keys that a record needs, in the order of the prefix."""
    return tuple(dict.fromkeys(name for space, name in EXPRESSION.findall(prefix) if space == "partitionKeyFromLambda"))


def evaluated(prefix: str, oldest: datetime, keys: Mapping[str, str], error_type: str = "") -> str:
    def value(found: re.Match[str]) -> str:
        space, name = found[1], found[2]
        if space == "timestamp":
            return _formatted(name, oldest)
        if space == "partitionKeyFromLambda":
            return keys[name]
        if name == "error-output-type":
            return error_type
        return "".join(random.choices(string.ascii_letters + string.digits, k=RANDOM_LENGTH))

    return EXPRESSION.sub(value, prefix)


def check(prefix: str | None, error_prefix: str | None, partitioned: bool) -> None:
    """Raises InvalidArgumentException for what AWS refuses, NotImplementedError for what the engine lacks."""
    for given in (prefix or "", error_prefix or ""):
        _check_expressions(given)
    if EXPRESSION.search(prefix or "") and not error_prefix:
        raise _unsatisfied("ErrorOutputPrefix cannot be null or empty when Prefix contains expressions")
    if ERROR_TYPE in (prefix or ""):
        raise _unsatisfied(f"Prefix cannot contain {ERROR_TYPE}")
    if EXPRESSION.search(error_prefix or "") and ERROR_TYPE not in (error_prefix or ""):
        raise _unsatisfied(f"ErrorOutputPrefix with expressions must contain {ERROR_TYPE}")
    if partition_keys(error_prefix or ""):
        raise _unsatisfied("ErrorOutputPrefix cannot contain partition keys")
    if partitioned != bool(partition_keys(prefix or "")):
        raise _unsatisfied("Prefix must contain partition keys when dynamic partitioning is enabled, and only then")


def _check_expressions(prefix: str) -> None:
    if prefix.count("!{") != len(EXPRESSION.findall(prefix)):
        raise _unsatisfied("the sequence !{ can only appear in !{namespace:value} expressions")
    for space, name in EXPRESSION.findall(prefix):
        if space == "timestamp":
            _formatted(name, datetime.min)
        elif space == "partitionKeyFromQuery":
            raise NotImplementedError("the engine has no partition keys by query (partitionKeyFromQuery)")
        elif space != "partitionKeyFromLambda" and name not in _KNOWN.get(space, ()):
            raise _unsatisfied(f"there is no expression !{{{space}:{name}}}")


def _formatted(pattern: str, moment: datetime) -> str:
    def part(found: re.Match[str]) -> str:
        text = found[0]
        if text.startswith("'"):
            return text[1:-1].replace("''", "'") or "'"
        if found[1] is None:
            return text
        if text not in _FIELDS:
            raise NotImplementedError(f"the engine does not know {text!r} in the timestamp pattern {pattern!r}")
        return moment.strftime(_FIELDS[text]).rjust(len(text), "0")

    return _PATTERN.sub(part, pattern)


def _unsatisfied(constraint: str) -> InvalidArgumentException:
    return InvalidArgumentException(f"The supplied prefix(es) do not satisfy the following constraint: {constraint}")
