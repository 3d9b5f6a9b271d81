"""What people and programs do to running pipelines: retry a stage, stop an execution, close and open a stage's door.

AWS: https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RetryStageExecution.html
https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StopPipelineExecution.html
https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_DisableStageTransition.html
A stage is retried for the execution that was the last to enter it, with the structure that it ran with, if an action of
it failed. Stock moto has none of these operations.
"""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import JsonRESTError

from .codepipeline_records import FAILED, IN_PROGRESS, STOPPING, Pipeline
from .codepipeline_runs import UNDER_WAY, Runs
from .put_faults import refusal

ALL_ACTIONS = "ALL_ACTIONS"
OUTBOUND = "Outbound"


def retry(runs: Runs, pipeline: Pipeline, body: dict[str, Any]) -> dict[str, str]:
    stage, execution_id = _stage(pipeline, body["stageName"]), body["pipelineExecutionId"]
    door, execution = pipeline.door(stage), pipeline.executions.get(execution_id)
    if execution is None or door.latest is not execution:
        message = f"The execution {execution_id} is not the latest of the stage {stage}."
        raise refusal(400, "NotLatestPipelineExecutionException", message)
    if execution.declared["stages"] != pipeline.declared["stages"]:
        raise _not_retryable(f"The structure of the pipeline {pipeline.name} has changed since the execution began.")
    current = execution.current[stage]
    failed = [action for action in current.values() if action.status == FAILED]
    if not failed or execution.status not in (FAILED, IN_PROGRESS):
        raise _not_retryable(f"The stage {stage} has no failed actions of the execution {execution_id}.")
    if body["retryMode"] == ALL_ACTIONS:
        if any(action.status == IN_PROGRESS for action in current.values()):
            message = f"Actions of the stage {stage} are in progress: the pipeline is busy. Try again later."
            raise refusal(409, "ConflictException", message)
        failed = []
    runs.resume(execution, stage, failed)
    return {"pipelineExecutionId": execution.id}


def stop(runs: Runs, pipeline: Pipeline, body: dict[str, Any]) -> dict[str, str]:
    execution, abandon = pipeline.executions.get(body["pipelineExecutionId"]), bool(body.get("abandon"))
    if execution is None or execution.status not in UNDER_WAY:
        message = f"The execution {body['pipelineExecutionId']} is not in progress."
        raise refusal(400, "PipelineExecutionNotStoppableException", message)
    if execution.status == STOPPING and not abandon:
        message = f"The execution {execution.id} is already in a Stopping state."
        raise refusal(400, "DuplicatedStopRequestException", message)
    execution.stop_reason = body.get("reason") or execution.stop_reason
    runs.stop(execution, abandon)
    return {"pipelineExecutionId": execution.id}


def set_transition(runs: Runs, pipeline: Pipeline, body: dict[str, Any], *, enabled: bool, by: str) -> None:
    """Outbound of a stage is inbound of the one that follows; the last one has nobody to let through."""
    stage = _stage(pipeline, body["stageName"])
    if body["transitionType"] == OUTBOUND:
        names = [declared["name"] for declared in pipeline.declared["stages"]]
        following = names[names.index(stage) + 1 :]
        if not following:
            return
        stage = following[0]
    door = pipeline.door(stage)
    door.enabled, door.changed_by, door.changed_at = enabled, by, runs.engine.clock.now()
    door.reason = None if enabled else body["reason"]
    runs.open(pipeline, stage)


def _stage(pipeline: Pipeline, name: str) -> str:
    if name not in [declared["name"] for declared in pipeline.declared["stages"]]:
        raise refusal(400, "StageNotFoundException", f"The pipeline {pipeline.name} has no stage {name}.")
    return name


def _not_retryable(message: str) -> JsonRESTError:
    return refusal(400, "StageNotRetryableException", message)
