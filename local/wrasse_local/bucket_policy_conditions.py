"""Conditions of bucket policies.

On AWS a statement applies only where its conditions hold. `{"Bool": {"aws:SecureTransport": "false"}}`, the customary
refusal of plain HTTP, never holds for a request over TLS:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-securetransport
Stock moto ignores conditions, so that such a Deny refuses everything. Here every request counts as made over TLS (the
engine's plain HTTP on loopback stands for it), and a statement with any other condition is an error.
"""

from __future__ import annotations

import json
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket

from .engine import Engine

PLAIN_HTTP = {"Bool": {"aws:SecureTransport": "false"}}


def install(engine: Engine) -> None:
    FakeBucket.get_permission = _get_permission


def _get_permission(bucket: Any, action: str, resource: str) -> Any:
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    document = json.loads(bucket.policy)
    document["Statement"] = [statement for statement in document["Statement"] if _applies(statement)]
    return IAMPolicy(json.dumps(document)).is_action_permitted(action, resource)


def _applies(statement: dict[str, Any]) -> bool:
    condition = statement.get("Condition")
    if condition not in (None, PLAIN_HTTP):
        raise NotImplementedError(f"the engine does not know the condition {json.dumps(condition)} of a bucket policy")
    return condition is None
