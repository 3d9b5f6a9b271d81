"""Change sets that are refused, and those that change nothing.

AWS: a change set without changes is made, and is FAILED; one for a stack that was never made is refused, and so is one
that would make a stack of a name in use.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-create.html
Stock moto refuses one without changes, does not see that tags have changed, updates stacks that were never made, and
makes a second stack of a name. Without `Tags` a stack keeps those that it has:
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
"""

from __future__ import annotations

from typing import Any

from moto.cloudformation.exceptions import AlreadyExistsException, ValidationError
from moto.cloudformation.models import CloudFormationBackend
from moto.cloudformation.responses import CloudFormationResponse

from .engine import Engine

NEVER_MADE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED")


def install(engine: Engine) -> None:
    make, refuse_same = CloudFormationBackend.create_change_set, CloudFormationResponse._validate_different_update

    def create_change_set(backend: Any, stack_name: str, **request: Any) -> tuple[str, str]:
        if request.get("change_set_type") == "CREATE":
            _check_name(backend, stack_name)
        else:
            _check_status(backend.get_stack(stack_name))
        change_set_id, stack_id = make(backend, stack_name, **request)
        change_set, tags = backend.change_sets[change_set_id], request.get("tags")
        if change_set.status == "FAILED" and tags and tags != backend.stacks[stack_id].tags:
            change_set.status, change_set.execution_status = "CREATE_COMPLETE", "AVAILABLE"
            change_set.status_reason = None
        return change_set_id, stack_id

    def refuse_same_update(response: Any, parameters: Any, template: Any, stack: Any) -> None:
        """For UpdateStack and CreateChangeSet."""
        tags = {tag["Key"]: tag["Value"] for tag in response._get_param("Tags", [])}
        if response._get_action() == "UpdateStack" and (not tags or tags == stack.tags):
            refuse_same(response, parameters, template, stack)

    CloudFormationBackend.create_change_set = create_change_set
    CloudFormationResponse._validate_different_update = refuse_same_update


def _check_name(backend: Any, name: str) -> None:
    for stack in list(backend.stacks.values()):
        if stack.name == name and stack.status == "REVIEW_IN_PROGRESS":
            del backend.stacks[stack.stack_id]
        elif stack.name == name:
            raise AlreadyExistsException(f"Stack [{name}] already exists")


def _check_status(stack: Any) -> None:
    if stack.status in NEVER_MADE:
        raise ValidationError(message=f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.")
