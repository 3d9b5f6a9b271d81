"""Creating and deleting a stack: in order of dependency, and failing when a resource does.

AWS: a resource that fails makes its stack ROLLBACK_COMPLETE or DELETE_FAILED, and what was made is deleted again. The
call that started it has long returned.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
Stock moto answers an error (or a 500) to that call, leaves what was made, and loses outputs, tags and template of a
stack made by a change set. Here all work is done before the call returns.
"""

from __future__ import annotations

from typing import Any

from moto.cloudformation import models, parsing
from moto.cloudformation.exceptions import ValidationError
from moto.core.exceptions import ServiceException

from .engine import Engine
from .resource_operations import ResourceFailed, create_resource, delete_resource, existing_in_order, load, with_events
from .stack_order import in_order
from .stack_resources import Resource, is_retained
from .stack_updates import update


def install(engine: Engine) -> None:
    parsing.parse_and_create_resource = lambda logical_id, declared, resources, **_: create_resource(
        logical_id, declared, resources
    )
    models.Stack.create_resources = lambda stack: _create(stack)
    models.Stack.update = lambda stack, template, role_arn=None, parameters=None, tags=None: update(
        stack, template, parameters, tags
    )
    models.Stack.stack_resources = property(lambda stack: [r for r in stack.resource_map.values() if r is not None])
    backend = models.CloudFormationBackend
    backend.execute_change_set = lambda self, change_set_name, stack_name=None: _execute(
        self, change_set_name, stack_name
    )
    backend.delete_stack = lambda self, name_or_stack_id: _delete(self, name_or_stack_id)


def _execute(backend: Any, change_set_name: str, stack_name: str | None) -> None:
    change_set = backend.describe_change_set(change_set_name)
    if change_set.execution_status != "AVAILABLE":
        raise ValidationError(message=f"ChangeSet [{change_set_name}] cannot be executed in its current status")
    change_set.execution_status = "EXECUTE_COMPLETE"
    stack = backend.stacks[change_set.stack_id]
    if change_set.change_set_type == "CREATE":
        stack.template, stack.template_dict = change_set.template, change_set.template_dict
        stack.tags = change_set.tags or {}
        stack.parameters = change_set.parameters
        stack.role_arn = change_set.role_arn
        stack._add_stack_event("CREATE_IN_PROGRESS", resource_status_reason="User Initiated")
        _create(stack)
        for export in stack.exports:
            backend.exports[export.name] = export
    else:
        update(stack, change_set.template, change_set.parameters, change_set.tags or None)


def _create(stack: Any) -> None:
    stack.status = "CREATE_IN_PROGRESS"
    stack.description = stack.template_dict.get("Description")
    try:
        load(stack.resource_map, stack.template_dict, stack.parameters, stack.tags)
        for logical_id in existing_in_order(stack.resource_map):
            with_events(stack, logical_id, "CREATE", lambda name=logical_id: stack.resource_map[name])
        stack.output_map = stack._create_output_map()
        list(stack.output_map.values())
    except ResourceFailed as failure:
        _roll_back_creation(stack, f"The following resource(s) failed to create: [{failure.logical_id}].")
    except ServiceException as error:
        _roll_back_creation(stack, error.message)
    else:
        stack.mark_creation_complete()


def _roll_back_creation(stack: Any, reason: str) -> None:
    stack._add_stack_event("ROLLBACK_IN_PROGRESS", resource_status_reason=f"{reason} Rollback requested by user.")
    try:
        _delete_resources(stack, keep_retained=False)
        stack.status = "ROLLBACK_COMPLETE"
    except ResourceFailed:
        stack.status = "ROLLBACK_FAILED"
    stack.status_reason = reason
    stack.output_map = models.OutputMap(stack.resource_map, {"Resources": {}}, stack.stack_id)
    stack._add_stack_event(stack.status)


def _delete(backend: Any, name_or_stack_id: str) -> None:
    """A stack that is not there is no error, as on AWS."""
    for stack in list(backend.stacks.values()):
        if name_or_stack_id not in (stack.stack_id, stack.name):
            continue
        stack._add_stack_event("DELETE_IN_PROGRESS", resource_status_reason="User Initiated")
        exports = [export.name for export in stack.exports]
        try:
            _delete_resources(stack, keep_retained=True)
        except ResourceFailed as failure:
            stack.status = "DELETE_FAILED"
            stack.status_reason = f"The following resource(s) failed to delete: [{failure.logical_id}]."
            stack._add_stack_event("DELETE_FAILED", resource_status_reason=stack.status_reason)
            return
        for name in exports:
            backend.exports.pop(name, None)
        stack.status = "DELETE_COMPLETE"
        stack._add_stack_event("DELETE_COMPLETE")
        backend.deleted_stacks[stack.stack_id] = backend.stacks.pop(stack.stack_id)


def _delete_resources(stack: Any, keep_retained: bool) -> None:
    resources = stack.resource_map
    for logical_id in reversed(in_order(resources._resource_json_map)):
        resource = resources._parsed_resources.get(logical_id)
        if not isinstance(resource, Resource):
            continue
        declared = resources._resource_json_map[logical_id]
        if not (keep_retained and is_retained(declared, "DeletionPolicy")):
            delete_resource(stack, resource)
        del resources._parsed_resources[logical_id]
