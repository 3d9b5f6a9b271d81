"""Updating a stack: a resource changes when its resolved properties do, in place where its type can, else replaced.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
What is new is made, what changed is updated, and only then is deleted what was removed or replaced. A failure leads
back to the template and parameters before.
Stock moto finds changed parameters in direct references alone, and tries a failing update five times in silence.
"""

from __future__ import annotations

import copy
from typing import Any

from moto.cloudformation import models
from moto.core.exceptions import ServiceException

from . import stack_resources
from .resource_operations import (
    ResourceFailed,
    create_resource,
    delete_resource,
    described,
    existing_in_order,
    load,
    resolved_properties,
    with_events,
)
from .stack_resources import Place, Resource, is_retained


def update(stack: Any, template: str, parameters: Any, tags: Any) -> None:
    before = (stack.template, stack.template_dict, stack.parameters, stack.tags)
    stack._add_stack_event("UPDATE_IN_PROGRESS", resource_status_reason="User Initiated")
    parameters = stack.parameters if parameters is None else parameters
    tags = stack.tags if tags is None else tags
    try:
        _apply(stack, template, _parsed(stack, template, parameters), parameters, tags)
        stack.status = "UPDATE_COMPLETE"
    except (ResourceFailed, ServiceException) as failure:
        reason = str(failure)
        stack._add_stack_event("UPDATE_ROLLBACK_IN_PROGRESS", resource_status_reason=reason)
        stack.status_reason = reason
        try:
            _apply(stack, *before)
            stack.status = "UPDATE_ROLLBACK_COMPLETE"
        except (ResourceFailed, ServiceException):
            stack.status = "UPDATE_ROLLBACK_FAILED"
    stack._add_stack_event(stack.status)


def _parsed(stack: Any, template: str, parameters: Any) -> dict[str, Any]:
    probe = models.Stack(
        stack.stack_id,
        stack.name,
        template,
        parameters=parameters,
        account_id=stack.account_id,
        region_name=stack.region_name,
    )
    parsed: dict[str, Any] = probe.template_dict
    return parsed


def _apply(stack: Any, template: str, parsed: dict[str, Any], parameters: Any, tags: Any) -> None:
    resources = stack.resource_map
    parsed_before = resources._parsed_resources
    existing: dict[str, Resource] = {name: item for name, item in parsed_before.items() if isinstance(item, Resource)}
    for name in existing:
        del parsed_before[name]
    stack.template, stack.template_dict, stack.parameters, stack.tags = template, parsed, parameters, tags
    declared_before = resources._resource_json_map
    load(resources, parsed, parameters, tags)
    kept: set[str] = set()
    replaced: list[Resource] = []
    try:
        for logical_id in existing_in_order(resources):
            kept.add(logical_id)
            if logical_id not in existing:
                with_events(stack, logical_id, "CREATE", lambda name=logical_id: resources[name])
                continue
            _update_resource(stack, logical_id, existing[logical_id], replaced)
    finally:
        for name, resource in existing.items():
            resources._parsed_resources.setdefault(name, resource)
    removed = [resource for name, resource in existing.items() if name not in kept]
    for resource in [*replaced, *reversed(removed)]:
        declared = declared_before.get(resource.logical_resource_id, {})
        policy = "DeletionPolicy" if resource in removed else "UpdateReplacePolicy"
        if not is_retained(declared, policy):
            delete_resource(stack, resource)
        if resource in removed:
            resources._parsed_resources.pop(resource.logical_resource_id, None)
    stack.output_map = stack._create_output_map()
    list(stack.output_map.values())


def _update_resource(stack: Any, logical_id: str, old: Resource, replaced: list[Resource]) -> None:
    resources = stack.resource_map
    declared = resources._resource_json_map[logical_id]
    properties = resolved_properties(declared, resources)
    if properties == old.properties and declared["Type"] == old.cf_resource_type:
        resources._parsed_resources[logical_id] = old
        return

    def changed() -> Resource:
        same_type = declared["Type"] == old.cf_resource_type
        kind = stack_resources.type_of(Place(stack.account_id, stack.stack_id, logical_id, declared["Type"]))
        if same_type and not stack_resources.is_replaced(kind, old, properties):
            stack_resources.check_properties(kind, properties)
            updated: Resource | None = kind.update(old, copy.deepcopy(properties))
            assert updated is not None
            if updated.physical_resource_id != old.physical_resource_id:
                replaced.append(old)
        else:
            updated = create_resource(logical_id, declared, resources)
            replaced.append(old)
        assert updated is not None
        return described(updated, logical_id, declared["Type"], properties)

    resources._parsed_resources[logical_id] = with_events(stack, logical_id, "UPDATE", changed)
