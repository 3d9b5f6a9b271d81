"""Making, changing and deleting one resource of a stack, with its events.

AWS: every step of a resource is an event of its stack, and a failure's event carries the reason.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
Stock moto has events of stacks alone.
"""

from __future__ import annotations

import copy
import logging
from typing import Any

from botocore.exceptions import ClientError
from moto.cloudformation import models, parsing
from moto.core.exceptions import ServiceException

from . import stack_resources
from .stack_order import in_order
from .stack_resources import Place, Resource, ResourceError

LOG = logging.getLogger(__name__)


class ResourceFailed(Exception):
    def __init__(self, logical_id: str, reason: str) -> None:
        super().__init__(f"{logical_id}: {reason}")
        self.logical_id = logical_id
        self.reason = reason


def load(resources: Any, template: dict[str, Any], parameters: dict[str, Any], tags: dict[str, str] | None) -> None:
    resources._template = template
    resources.tags = dict(tags or {})
    resources._resource_json_map = template["Resources"]
    resources.input_parameters = parameters
    resources.resolved_parameters = {}
    resources.load()


def existing_in_order(resources: Any) -> list[str]:
    def wanted(logical_id: str) -> bool:
        condition = resources._resource_json_map[logical_id].get("Condition")
        return not condition or bool(resources.lazy_condition_map[condition])

    return [logical_id for logical_id in in_order(resources._resource_json_map) if wanted(logical_id)]


def create_resource(logical_id: str, declared: dict[str, Any], resources: Any) -> Resource | None:
    condition = declared.get("Condition")
    if condition and not resources.lazy_condition_map[condition]:
        return None
    place = Place(resources["AWS::AccountId"], resources["AWS::StackId"], logical_id, declared["Type"])
    kind = stack_resources.type_of(place)
    properties = resolved_properties(declared, resources)
    stack_resources.check_properties(kind, properties)
    generated = stack_resources.generated_name(declared["Type"], resources["AWS::StackName"], logical_id)
    name = stack_resources.chosen_name(kind, properties, generated)
    return described(kind.create(name, copy.deepcopy(properties)), logical_id, declared["Type"], properties)


def described(resource: Resource, logical_id: str, type_name: str, properties: dict[str, Any]) -> Resource:
    resource.logical_resource_id, resource.cf_resource_type = logical_id, type_name
    resource.properties = properties
    return resource


def resolved_properties(declared: dict[str, Any], resources: Any) -> dict[str, Any]:
    properties: dict[str, Any] = parsing.clean_json(declared.get("Properties") or {}, resources)
    return stack_resources.with_stack_tags(declared["Type"], properties, resources.tags)


def delete_resource(stack: Any, resource: Resource) -> None:
    place = Place(stack.account_id, stack.stack_id, resource.logical_resource_id, resource.cf_resource_type)
    kind = stack_resources.type_of(place)
    with_events(stack, resource.logical_resource_id, "DELETE", lambda: kind.delete(resource), resource)


def with_events(stack: Any, logical_id: str, verb: str, action: Any, resource: Resource | None = None) -> Any:
    type_name = resource.cf_resource_type if resource else stack.resource_map._resource_json_map[logical_id]["Type"]

    def event(status: str, reason: str | None = None) -> None:
        stack.events.append(
            models.Event(
                stack_id=stack.stack_id,
                stack_name=stack.name,
                logical_resource_id=logical_id,
                physical_resource_id=resource.physical_resource_id if resource else "",
                resource_type=type_name,
                resource_status=status,
                resource_status_reason=reason,
                resource_properties=None,
            )
        )

    event(f"{verb}_IN_PROGRESS")
    try:
        result = action()
    except Exception as error:
        reason = _reason(error)
        LOG.info("stack %s: %s of %s failed: %s", stack.name, verb, logical_id, reason, exc_info=True)
        event(f"{verb}_FAILED", reason)
        raise ResourceFailed(logical_id, reason) from error
    resource = result if isinstance(result, Resource) else resource
    event(f"{verb}_COMPLETE")
    return result


def _reason(error: Exception) -> str:
    if isinstance(error, ResourceFailed):
        return error.reason
    if isinstance(error, ResourceError):
        return str(error)
    if isinstance(error, ClientError):
        return str(error.response["Error"]["Message"])
    if isinstance(error, ServiceException):
        return str(error.message)
    return f"{type(error).__name__}: {error}"
