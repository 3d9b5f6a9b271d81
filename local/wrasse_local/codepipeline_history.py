"""GetPipelineExecution, ListPipelineExecutions and ListActionExecutions: what ran, the newest first, in pages.

AWS: https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListActionExecutions.html
https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListPipelineExecutions.html
Stock moto's executions have no actions, and its times are texts, which not every SDK takes.
"""

from __future__ import annotations

from typing import Any

from .codepipeline_records import ActionRun, Artifact, Execution, Pipeline
from .codepipeline_state import error, without_nothing
from .engine import REGION
from .put_faults import refusal

MOST = 100


def execution_of(pipeline: Pipeline, execution_id: str) -> Execution:
    found = pipeline.executions.get(execution_id)
    if found is None:
        message = f"The pipeline {pipeline.name} has no execution with the id {execution_id}."
        raise refusal(400, "PipelineExecutionNotFoundException", message)
    return found


def described(execution: Execution) -> dict[str, Any]:
    return {
        "pipelineName": execution.pipeline.name,
        "pipelineVersion": execution.version,
        "pipelineExecutionId": execution.id,
        "status": execution.status,
        "artifactRevisions": [
            {"name": artifact.name, "revisionId": artifact.revision}
            for artifact in execution.artifacts.values()
            if artifact.revision
        ],
        "variables": [{"name": name, "resolvedValue": value} for name, value in execution.variables.items()],
        **_common(execution),
    }


def executions(pipeline: Pipeline, body: dict[str, Any]) -> dict[str, Any]:
    found = list(reversed(pipeline.executions.values()))
    stage = ((body.get("filter") or {}).get("succeededInStage") or {}).get("stageName")
    if stage is not None:
        found = [execution for execution in found if execution.stage_status.get(stage) == "Succeeded"]
    page, token = _page(found, body)
    return without_nothing({"pipelineExecutionSummaries": [_summary(one) for one in page], "nextToken": token})


def actions(pipeline: Pipeline, body: dict[str, Any]) -> dict[str, Any]:
    wanted = body.get("filter") or {}
    latest = wanted.get("latestInPipelineExecution")
    execution_id = latest["pipelineExecutionId"] if latest else wanted.get("pipelineExecutionId")
    chosen = pipeline.executions.values() if execution_id is None else [execution_of(pipeline, execution_id)]
    found = [action for execution in chosen for action in execution.actions]
    if latest and latest["startTimeRange"] == "Latest":
        found = list({(action.stage, action.name): action for action in found}.values())
    page, token = _page(sorted(found, key=lambda action: action.started)[::-1], body)
    return without_nothing({"actionExecutionDetails": [_action(action) for action in page], "nextToken": token})


def _summary(execution: Execution) -> dict[str, Any]:
    stop = {"stopTrigger": {"reason": execution.stop_reason}} if execution.stop_reason else {}
    return {
        "pipelineExecutionId": execution.id,
        "status": execution.status,
        "startTime": execution.started.timestamp(),
        "lastUpdateTime": execution.changed.timestamp(),
        "sourceRevisions": [
            {"actionName": action.name, "revisionId": action.result.revision}
            for action in execution.actions
            if action.result.revision
        ],
        **stop,
        **_common(execution),
    }


def _common(execution: Execution) -> dict[str, Any]:
    return {
        "trigger": {"triggerType": "StartPipelineExecution", "triggerDetail": execution.trigger},
        "executionMode": execution.declared.get("executionMode", "SUPERSEDED"),
        "executionType": "STANDARD",
    }


def _action(action: ActionRun) -> dict[str, Any]:
    declared, result = action.declared, action.result
    ended = {
        "externalExecutionId": result.external_id,
        "externalExecutionSummary": result.summary,
        "errorDetails": error(action),
    }
    return {
        "pipelineExecutionId": action.execution.id,
        "actionExecutionId": action.id,
        "pipelineVersion": action.execution.version,
        "stageName": action.stage,
        "actionName": action.name,
        "startTime": action.started.timestamp(),
        "lastUpdateTime": action.changed.timestamp(),
        "status": action.status,
        "input": without_nothing(
            {
                "actionTypeId": declared["actionTypeId"],
                "configuration": declared["configuration"],
                "resolvedConfiguration": action.resolved,
                "roleArn": declared.get("roleArn"),
                "region": REGION,
                "inputArtifacts": [_artifact(artifact) for artifact in action.inputs],
                "namespace": declared.get("namespace"),
            }
        ),
        "output": {
            "outputArtifacts": [_artifact(artifact) for artifact in action.outputs],
            "executionResult": without_nothing(ended),
            "outputVariables": result.variables,
        },
    }


def _artifact(artifact: Artifact) -> dict[str, Any]:
    return {"name": artifact.name, "s3location": {"bucket": artifact.bucket, "key": artifact.key}}


def _page(found: list[Any], body: dict[str, Any]) -> tuple[list[Any], str | None]:
    token = body.get("nextToken")
    if token is not None and not token.isdecimal():
        raise refusal(400, "InvalidNextTokenException", "The next token is invalid.")
    begin = int(token or 0)
    end = begin + (body.get("maxResults") or MOST)
    return found[begin:end], str(end) if end < len(found) else None
