"""Logs destinations: how an account lets others send their log events to its stream.

AWS: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CrossAccountSubscriptions.html
A destination names a stream of its own account, which must take a test message. Its policy says who may put a filter
to it, by account id or by organization, its own account included; without a policy, nobody may.
Stock moto keeps destinations and policies, and looks at neither; its pages are wrong.

Which accounts are an organization is said by `POST /logs/organization {"id": "o-...", "accounts": [...]}`.
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

from moto.logs.exceptions import InvalidParameterException, ResourceNotFoundException
from moto.logs.responses import LogsResponse

from .engine import ControlError, Engine
from .logs_delivery import NAMES, Deliveries, Undeliverable

ACTION = "logs:PutSubscriptionFilter"
ORGANIZATION_KEY = "aws:PrincipalOrgID"
PAGE = 50


class Organization:
    """The organization that the engine's accounts belong to; none until one is set."""

    def __init__(self) -> None:
        self.id: str | None = None
        self.accounts: frozenset[str] = frozenset()

    def set(self, body: dict[str, Any]) -> object:
        """What the control route does."""
        identifier, accounts = body.get("id"), body.get("accounts")
        if not isinstance(identifier, str) or not isinstance(accounts, list):
            raise ControlError(400, "logs/organization needs `id`, an organization's, and `accounts`, a list of ids")
        self.id, self.accounts = identifier, frozenset(accounts)
        return {}

    def of(self, account: str) -> str | None:
        return self.id if account in self.accounts else None


def install(engine: Engine, deliveries: Deliveries) -> Organization:
    organization = Organization()
    engine.control["POST", "/logs/organization"] = organization.set
    LogsResponse.put_destination = lambda response: _put(deliveries, response)
    LogsResponse.describe_destinations = _describe
    LogsResponse.put_destination_policy = _put_policy
    return organization


def may_subscribe(policy: str | None, destination: str, account: str, organization: str | None) -> bool:
    """Whether a destination's policy lets an account, which may be in an organization, put filters to it."""
    effects = [
        statement["Effect"]
        for statement in _statements(policy)
        if _names(statement.get("Action"), ACTION)
        and _names(statement.get("Resource", "*"), destination)
        and _is_principal(statement.get("Principal"), account)
        and _holds(statement.get("Condition"), organization)
    ]
    return "Allow" in effects and "Deny" not in effects


def is_for_organization(policy: str | None) -> bool:
    """Whether the policy asks for an organization: a filter to it then needs a role."""
    return ORGANIZATION_KEY in (policy or "")


def _put(deliveries: Deliveries, response: Any) -> str:
    target = response._get_param("targetArn")
    owner, account = target.split(":")[4], response.current_account
    try:
        if target.split(":")[2] not in NAMES or owner != account:
            raise Undeliverable(target)
        deliveries.check(target)
    except Undeliverable as error:
        message = "Could not deliver test message to specified destination. Check if the destination is valid."
        raise InvalidParameterException(message) from error
    name, role = response._get_param("destinationName"), response._get_param("roleArn")
    made = response.logs_backend.put_destination(name, role, target, response._get_param("tags"))
    return json.dumps({"destination": _shown(made)})


def _describe(response: Any) -> str:
    prefix, after = response._get_param("DestinationNamePrefix") or "", response._get_param("nextToken") or ""
    limit = response._get_param("limit", PAGE)
    found = sorted(response.logs_backend.destinations.copy().values(), key=lambda entry: str(entry.destination_name))
    rest = [entry for entry in found if entry.destination_name.startswith(prefix) and entry.destination_name > after]
    token = {"nextToken": rest[limit - 1].destination_name} if len(rest) > limit else {}
    return json.dumps({"destinations": [_shown(entry) for entry in rest[:limit]], **token})


def _put_policy(response: Any) -> str:
    name, policy = response._get_param("destinationName"), response._get_param("accessPolicy")
    try:
        statements = _statements(policy)
    except (ValueError, TypeError, KeyError) as error:
        raise InvalidParameterException("Policy document is not valid") from error
    for statement in statements:
        if any(":" in principal for principal in _principals(statement.get("Principal"))):
            # https://github.com/aws/aws-cdk/issues/2452
            raise InvalidParameterException("Principal section of policy contains ARN instead of account ID")
    destination = response.logs_backend.destinations.get(
        f"arn:aws:logs:{response.region}:{response.current_account}:destination:{name}"
    )
    if destination is None:
        raise ResourceNotFoundException("The specified destination does not exist.")
    destination.access_policy = policy
    return ""


def _shown(destination: Any) -> dict[str, Any]:
    return {key: value for key, value in destination.to_dict().items() if value is not None}


def _statements(policy: str | None) -> list[dict[str, Any]]:
    if policy is None:
        return []
    statements = json.loads(policy)["Statement"]
    return statements if isinstance(statements, list) else [statements]


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _names(patterns: Any, value: str) -> bool:
    return any(fnmatchcase(value.lower(), pattern.lower()) for pattern in _listed(patterns))


def _principals(principal: Any) -> list[str]:
    return _listed(principal.get("AWS") if isinstance(principal, dict) else principal)


def _is_principal(principal: Any, account: str) -> bool:
    return bool({"*", account} & set(_principals(principal)))


def _holds(condition: Any, organization: str | None) -> bool:
    if condition is None:
        return True
    wanted = condition.get("StringEquals", {}).get(ORGANIZATION_KEY)
    if list(condition) != ["StringEquals"] or list(condition["StringEquals"]) != [ORGANIZATION_KEY]:
        raise NotImplementedError(f"the engine does not know the condition {json.dumps(condition)} of a destination")
    return organization in _listed(wanted)
