"""Subscription filters: two a group, each to a destination that takes a test message.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html
- a third filter is a LimitExceededException; the same name again updates the filter;
- groups of another class than STANDARD refuse filters, and questions about them;
- a stream needs a role of the caller's account and lies in that account; a function needs none, and a Logs destination
  none either, unless its policy asks for an organization. https://github.com/aws/aws-cli/issues/9474
- a Logs destination decides by its policy: AccessDeniedException. https://github.com/aws/aws-cli/issues/4422
Stock moto refuses to update one of two filters, and checks no role, class or policy. It has filters from group to
group, which AWS has not.
"""

from __future__ import annotations

import json
import threading
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.logs.exceptions import (
    InvalidParameterException,
    LimitExceededException,
    ResourceNotFoundException,
    ValidationException,
)
from moto.logs.models import SubscriptionFilter, logs_backends
from moto.logs.responses import LogsResponse

from .engine import REGION, Engine
from .logs_delivery import Deliveries, Undeliverable
from .logs_destinations import ACTION, Organization, is_for_organization, may_subscribe
from .logs_groups import STANDARD

FILTERS_LIMIT = 2
DISTRIBUTIONS = ("ByLogStream", "Random")
UNDELIVERED = {
    "kinesis": "Could not deliver test message to specified Kinesis stream. "
    "Check if the given Kinesis stream is in ACTIVE state.",
    "firehose": "Could not deliver test message to specified Firehose stream. "
    "Check if the given Firehose stream is in ACTIVE state.",
    "lambda": "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute "
    "your function.",
}
ROLE_FOR_ORGANIZATION = (
    "Role ARN is required when creating subscription filter against destination with Organization access policy"
)
_changing = threading.Lock()


def install(engine: Engine, deliveries: Deliveries, organization: Organization) -> None:
    SubscriptionFilter.distribution = DISTRIBUTIONS[0]
    LogsResponse.put_subscription_filter = lambda response: _put(engine, deliveries, organization, response)
    LogsResponse.describe_subscription_filters = _describe
    LogsResponse.delete_subscription_filter = _delete


def _put(engine: Engine, deliveries: Deliveries, organization: Organization, response: Any) -> str:
    group = _group(response)
    name, destination = response._get_param("filterName"), response._get_param("destinationArn")
    role = response._get_param("roleArn")
    distribution = response._get_param("distribution") or DISTRIBUTIONS[0]
    if distribution not in DISTRIBUTIONS:
        constraint = f"Member must satisfy enum value set: [{', '.join(DISTRIBUTIONS)}]"
        raise InvalidParameterException(constraint=constraint, parameter="distribution", value=distribution)
    _refuse_third(group, name)
    vendor = destination.split(":")[2]
    if vendor == "logs":
        _check_policy(destination, role, response.current_account, organization)
    else:
        _check_role(vendor, role, response.current_account)
        _check_target(engine, deliveries, destination, response.current_account)
    made = SubscriptionFilter(name, group.name, response._get_param("filterPattern"), destination, role)
    made.distribution = distribution
    with _changing:
        _refuse_third(group, name)
        if name in group.subscription_filters:
            made.creation_time = group.subscription_filters[name].creation_time
        group.subscription_filters[name] = made
    return ""


def _describe(response: Any) -> str:
    prefix = response._get_param("filterNamePrefix") or ""
    found = [found for found in list(_group(response).subscription_filters.values()) if found.name.startswith(prefix)]
    return json.dumps({"subscriptionFilters": [_shown(entry) for entry in found]})


def _delete(response: Any) -> str:
    group = _group(response)
    with _changing:
        group.delete_subscription_filter(response._get_param("filterName"))
    return ""


def _group(response: Any) -> Any:
    group = response.logs_backend.groups.get(response._get_param("logGroupName"))
    if group is None:
        raise ResourceNotFoundException()
    if group.log_group_class != STANDARD:
        # https://github.com/turbot/steampipe-plugin-aws/issues/2758
        raise ValidationException("This operation is only supported on the Standard log class.")
    return group


def _refuse_third(group: Any, name: str) -> None:
    if name not in group.subscription_filters and len(group.subscription_filters) >= FILTERS_LIMIT:
        raise LimitExceededException()


def _check_role(vendor: str, role: str | None, account: str) -> None:
    if vendor not in UNDELIVERED:
        raise InvalidParameterException(
            f"PutSubscriptionFilter operation cannot work with destinationArn for vendor {vendor}"
        )
    if vendor == "lambda" and role:
        raise InvalidParameterException("destinationArn for vendor lambda cannot be used with roleArn")
    if vendor != "lambda" and not role:
        raise InvalidParameterException(f"destinationArn for vendor {vendor} cannot be used without roleArn")
    _check_account(role, account)


def _check_account(role: str | None, account: str) -> None:
    if role and role.split(":")[4] != account:
        raise JsonRESTError("AccessDeniedException", "Cross-account pass role is not allowed.")


def _check_target(engine: Engine, deliveries: Deliveries, target: str, account: str) -> None:
    words = target.split(":")
    try:
        if words[4] != account:
            raise Undeliverable(f"{target} is not in account {account}")
        deliveries.check(target)
        if words[2] == "lambda":
            client = engine.of(account).client("lambda")
            try:
                client.get_function(FunctionName=target)
            except client.exceptions.ResourceNotFoundException as error:
                raise Undeliverable(f"{target} does not exist") from error
    except Undeliverable as error:
        raise InvalidParameterException(UNDELIVERED[words[2]]) from error


def _check_policy(destination: str, role: str | None, account: str, organization: Organization) -> None:
    found = logs_backends[destination.split(":")[4]][REGION].destinations.get(destination)
    policy = found.access_policy if found else None
    if not may_subscribe(policy, destination, account, organization.of(account)):
        message = f"User with accountId: {account} is not authorized to perform: {ACTION} on resource: {destination}"
        raise JsonRESTError("AccessDeniedException", message)
    if is_for_organization(policy) and not role:
        raise InvalidParameterException(ROLE_FOR_ORGANIZATION)
    if not is_for_organization(policy) and role:
        raise InvalidParameterException("destinationArn for vendor logs cannot be used with roleArn")
    _check_account(role, account)


def _shown(subscription: Any) -> dict[str, Any]:
    entry = {**subscription.to_json(), "distribution": subscription.distribution}
    return {key: value for key, value in entry.items() if value is not None}
