"""What Lambda refuses in the request of a layer operation before it looks at anything else.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html#API_PublishLayerVersion_RequestBody and
its neighbours; all of a request's violations are said together. A request's body has at most 50 MiB of zip, in base64:
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

import botocore.session

from .put_faults import refusal

# 50 MiB as base64, as AWS says it: https://github.com/mthenw/awesome-layers/issues/61
MOST_BODY_BYTES = 69_905_067
LAYER = r"(arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\d{12}:layer:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+"
VERSION_ARN = r"arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+"
ACTION = "lambda:GetLayerVersion"
STATEMENT_ID = r"([a-zA-Z0-9-_]+)"
PRINCIPAL = r"\d{12}|\*|arn:(aws[a-zA-Z-]*):iam::\d{12}:root"
ORGANIZATION = r"o-[a-z0-9]{10,32}"
ACCOUNT_ROOT = re.compile(r"arn:[^:]+:iam::(\d{12}):root")
MOST_NAME, MOST_DESCRIPTION, MOST_LICENSE, MOST_RUNTIMES, MOST_ARCHITECTURES = 140, 256, 512, 15, 2


def check_size(body_bytes: int) -> None:
    if body_bytes > MOST_BODY_BYTES:
        message = f"Request must be smaller than {MOST_BODY_BYTES} bytes for the PublishLayerVersion operation"
        raise refusal(413, "RequestEntityTooLargeException", message)


def check_layer_name(name: str) -> None:
    _refuse([*_pattern("layerName", name, LAYER), *_longest("layerName", name, MOST_NAME)])


def check_version_arn(arn: str) -> None:
    _refuse(list(_pattern("arn", arn, VERSION_ARN)))


def version_number(given: str) -> int:
    if not re.fullmatch(r"-?\d+", given):
        raise refusal(400, "SerializationException", f"Value '{given}' at 'versionNumber' is not a number")
    if int(given) < 1:
        raise refusal(400, "InvalidParameterValueException", "Layer Version Cannot be less than 1.")
    return int(given)


def page_size(given: str | None, most: int) -> int:
    if given is None:
        return most
    if not given.isdigit() or not 1 <= int(given) <= most:
        limits = f"Member must have value less than or equal to {most} and greater than or equal to 1"
        _refuse([_violation("maxItems", given, limits)])
    return int(given)


def check_publication(body: dict[str, Any]) -> None:
    runtimes, architectures = body.get("CompatibleRuntimes") or [], body.get("CompatibleArchitectures") or []
    _refuse(
        [
            *_longest("description", body.get("Description") or "", MOST_DESCRIPTION),
            *_longest("licenseInfo", body.get("LicenseInfo") or "", MOST_LICENSE),
            *_longest("compatibleRuntimes", runtimes, MOST_RUNTIMES),
            *_known("compatibleRuntimes", runtimes, _enum("Runtime")),
            *_longest("compatibleArchitectures", architectures, MOST_ARCHITECTURES),
            *_known("compatibleArchitectures", architectures, _enum("Architecture")),
        ]
    )


def check_permission(body: dict[str, Any]) -> None:
    """Checks a new statement, and makes an account of the ARN that may stand for it."""
    principal, organization = body.get("Principal") or "", body.get("OrganizationId")
    _refuse(
        [
            *_pattern("statementId", body.get("StatementId") or "", STATEMENT_ID),
            *_longest("statementId", body.get("StatementId") or "", 100),
            *_pattern("action", body.get("Action") or "", ACTION),
            *_pattern("principal", principal, PRINCIPAL),
            *(_pattern("organizationId", organization, ORGANIZATION) if organization else ()),
        ]
    )
    if organization and principal != "*":
        message = "OrganizationId can only be specified when the principal is *."
        raise refusal(400, "InvalidParameterValueException", message)
    if root := ACCOUNT_ROOT.fullmatch(principal):
        body["Principal"] = root[1]


def _pattern(name: str, value: str, pattern: str) -> Iterator[str]:
    if not re.fullmatch(pattern, value):
        yield _violation(name, value, f"Member must satisfy regular expression pattern: {pattern}")


def _longest(name: str, value: str | list[str], most: int) -> Iterator[str]:
    if len(value) > most:
        yield _violation(name, value, f"Member must have length less than or equal to {most}")


def _known(name: str, values: list[str], known: list[str]) -> Iterator[str]:
    if not set(values) <= set(known):
        members = f"[Member must satisfy enum value set: [{', '.join(known)}], Member must not be null]"
        yield _violation(name, values, f"Member must satisfy constraint: {members}")


def _violation(name: str, value: object, constraint: str) -> str:
    shown = f"[{', '.join(value)}]" if isinstance(value, list) else value
    return f"Value '{shown}' at '{name}' failed to satisfy constraint: {constraint}"


def _refuse(violations: list[str]) -> None:
    if violations:
        errors = "error" if len(violations) == 1 else "errors"
        message = f"{len(violations)} validation {errors} detected: {'; '.join(violations)}"
        raise refusal(400, "ValidationException", message)


@functools.cache
def _enum(shape: str) -> list[str]:
    """The values that botocore's model of Lambda knows."""
    return list(botocore.session.get_session().get_service_model("lambda").shape_for(shape).enum)
