"""Service integrations of a state machine: `lambda:invoke`, `ecs:runTask.sync`, `sns:publish` and the AWS SDK's.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
- parameters are spelt as Step Functions spells them (`TaskDefinition`) and translated to the API's spelling, results
  back. Stock moto leaves the translation empty.
- `runTask.sync` succeeds with the task's description; when a container exits with another code than 0, or the task
  does not start, the error is States.TaskFailed and the description, as JSON, its cause. Stock moto never fails it.
- what RunTask could not place (`failures`) is the error AmazonECS.Unknown, its cause the answer. Stock moto crashes.
- the task is stopped when the state times out or the execution is stopped. Stock moto leaves it.
- a parameter that the integration does not support is refused. Stock moto drops it in silence.

Clients are the engine's own, made once. Stock moto makes one per call, on a fixed port.
"""

from __future__ import annotations

import time
from datetime import datetime
from functools import cache
from typing import Any

import botocore.session
from botocore.exceptions import ClientError
from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_aws_sdk,
    state_task_service_ecs,
    state_task_service_sfn,
    state_task_service_sns,
    state_task_service_sqs,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import ResourceCondition
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_ecs import (
    StateTaskServiceEcs,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.state_task import StateTask
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str

from .engine import Engine

POLL_SECONDS = 0.02
NOT_PLACED = "AmazonECS.Unknown"
STOP_REASON = "Task stopped by AWS Step Functions"
_CLIENT_USERS = (
    lambda_eval_utils,
    state_task_service_aws_sdk,
    state_task_service_ecs,
    state_task_service_sfn,
    state_task_service_sns,
    state_task_service_sqs,
)


def install(engine: Engine) -> None:
    for module in _CLIENT_USERS:
        module.boto_client_for = lambda region, service, state_credentials: _client(engine, service, state_credentials)
    StateTaskService._normalise_parameters = _to_api_spelling
    StateTaskService._normalise_response = _to_step_functions_spelling
    StateTaskServiceEcs._eval_service_task = lambda task, env, **parts: _run_task(engine, task, env, **parts)
    StateTaskServiceEcs._eval_integration_pattern = lambda task, env, **parts: _follow_task(engine, task, env)
    StateTaskServiceEcs._from_error = _ecs_errors(StateTaskServiceEcs._from_error)
    StateTask._eval_parameters = _evaluated_parameters


def _client(engine: Engine, service: str, credentials: Any) -> Any:
    """A client in the account of the role that the state has: its `Credentials`, else its machine's."""
    return engine.of(credentials.role_arn.split(":")[4]).client(service)


@cache
def _service_model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def _operation(task: Any, service: str | None, action: str | None) -> Any:
    wanted = task._get_boto_service_action(action).replace("_", "")
    model = _service_model(task._get_boto_service_name(service))
    return model.operation_model(next(name for name in model.operation_names if name.lower() == wanted))


def _to_api_spelling(
    task: Any, parameters: dict[str, Any], boto_service_name: str | None = None, service_action_name: str | None = None
) -> None:
    shape = _operation(task, boto_service_name, service_action_name).input_shape
    if shape is not None:
        task._to_boto_request(parameters, shape)


def _to_step_functions_spelling(
    task: Any, response: Any, boto_service_name: str | None = None, service_action_name: str | None = None
) -> None:
    shape = _operation(task, boto_service_name, service_action_name).output_shape
    if shape is not None:
        task._from_boto_response(response, shape)
    _spell_times(response)


def _spell_times(value: Any) -> None:
    """A time in a state is Unix time in milliseconds: a state is JSON."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(entries):
        if isinstance(item, datetime):
            value[key] = int(item.timestamp() * 1000)
        else:
            _spell_times(item)


def _evaluated_parameters(task: Any, env: Any) -> dict[str, Any]:
    if task.parargs is None:
        return {}
    task.parargs.eval(env=env)
    parameters: dict[str, Any] = env.stack.pop()
    supported = task._get_supported_parameters()
    unsupported = sorted(parameters.keys() - supported) if supported else []
    if unsupported:
        names, resource = ", ".join(unsupported), task.resource.resource_arn
        raise ValueError(f"The field(s) {names} are not supported by Step Functions for {resource}")
    return parameters


def _run_task(engine: Engine, task: Any, env: Any, normalised_parameters: dict[str, Any], **_: Any) -> None:
    """Puts RunTask's answer onto the stack. https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html"""
    answer = engine.of(env.aws_execution_details.account).client("ecs").run_task(**normalised_parameters)
    answer.pop("ResponseMetadata", None)
    _to_step_functions_spelling(task, answer, service_action_name="run_task")
    if answer.get("Failures"):
        name = CustomErrorName(NOT_PLACED)
        raise FailureEventException(_failure(task, env, name, NOT_PLACED, _json(answer)))
    env.stack.append(answer)


def _follow_task(engine: Engine, task: Any, env: Any) -> None:
    """Puts the description of the task that was just started onto the stack once it has stopped."""
    if task.resource.condition != ResourceCondition.Sync:
        raise NotImplementedError(f"the engine has no {task.resource.resource_arn}")
    submitted = env.stack.pop()["Tasks"][0]
    place = {"cluster": submitted["ClusterArn"]}
    ecs = engine.of(env.aws_execution_details.account).client("ecs")
    while env.is_running():
        described = ecs.describe_tasks(tasks=[submitted["TaskArn"]], **place)
        if described["tasks"][0]["lastStatus"] == "STOPPED":
            _to_step_functions_spelling(task, described, service_action_name="describe_tasks")
            env.stack.append(_succeeded(task, env, described["Tasks"][0]))
            return
        time.sleep(POLL_SECONDS)
    ecs.stop_task(task=submitted["TaskArn"], reason=STOP_REASON, **place)
    raise RuntimeError(f"{STOP_REASON}: its state timed out or its execution was stopped")


def _succeeded(task: Any, env: Any, description: dict[str, Any]) -> dict[str, Any]:
    if any(container.get("ExitCode") != 0 for container in description["Containers"]):
        raise FailureEventException(_task_failed(task, env, _json(description)))
    return description


def _json(description: dict[str, Any]) -> str:
    return str(to_json_str(description, separators=(",", ":")))


def _task_failed(task: Any, env: Any, cause: str) -> FailureEvent:
    name = StatesErrorName(StatesErrorNameType.StatesTaskFailed)
    return _failure(task, env, name, StatesErrorNameType.StatesTaskFailed.to_name(), cause)


def _failure(task: Any, env: Any, name: Any, error: str, cause: str) -> FailureEvent:
    return FailureEvent(
        env=env,
        error_name=name,
        event_type=HistoryEventType.TaskFailed,
        event_details=EventDetails(
            taskFailedEventDetails=TaskFailedEventDetails(
                error=error,
                cause=cause,
                resource=task._get_sfn_resource(),
                resourceType=task._get_sfn_resource_type(),
            )
        ),
    )


def _ecs_errors(original: Any) -> Any:
    def from_error(task: Any, env: Any, ex: Exception) -> Any:
        if not isinstance(ex, ClientError):
            return original(task, env=env, ex=ex)
        code, message = ex.response["Error"]["Code"], ex.response["Error"]["Message"]
        error = f"ECS.{code if code.endswith('Exception') else code + 'Exception'}"
        return _failure(task, env, CustomErrorName(error), error, f"{message} (Service: AmazonECS; Error Code: {code})")

    return from_error
