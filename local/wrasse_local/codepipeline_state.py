"""GetPipelineState: who is in which stage, who waits in front of it, and the last run of each action.

AWS: https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipelineState.html
Stock moto has no such operation.
"""

from __future__ import annotations

from typing import Any

from .codepipeline_records import ActionRun, Execution, Pipeline


def state(pipeline: Pipeline) -> dict[str, Any]:
    return {
        "pipelineName": pipeline.name,
        "pipelineVersion": pipeline.declared["version"],
        "stageStates": [_stage(pipeline, declared) for declared in pipeline.declared["stages"]],
        "created": pipeline.created.timestamp(),
        "updated": pipeline.updated.timestamp(),
    }


def _stage(pipeline: Pipeline, declared: dict[str, Any]) -> dict[str, Any]:
    name = declared["name"]
    door = pipeline.door(name)
    waiting = [_inbound(execution) for execution in reversed(door.waiting)]
    shown: dict[str, Any] = {
        "stageName": name,
        "inboundExecutions": waiting,
        "inboundTransitionState": without_nothing(
            {
                "enabled": door.enabled,
                "lastChangedBy": door.changed_by,
                "lastChangedAt": door.changed_at and door.changed_at.timestamp(),
                "disabledReason": door.reason,
            }
        ),
        "actionStates": [_action(action["name"], door.last.get(action["name"])) for action in declared["actions"]],
    }
    if waiting:
        shown["inboundExecution"] = waiting[0]
    if door.latest is not None:
        shown["latestExecution"] = {
            "pipelineExecutionId": door.latest.id,
            "status": door.latest.stage_status[name],
            "type": "STANDARD",
        }
    return shown


def _inbound(execution: Execution) -> dict[str, str]:
    return {"pipelineExecutionId": execution.id, "status": execution.status, "type": "STANDARD"}


def _action(name: str, last: ActionRun | None) -> dict[str, Any]:
    if last is None:
        return {"actionName": name}
    result = last.result
    latest = {
        "actionExecutionId": last.id,
        "status": last.status,
        "summary": result.summary,
        "lastStatusChange": last.changed.timestamp(),
        "externalExecutionId": result.external_id,
        "percentComplete": last.percent,
        "errorDetails": error(last),
    }
    shown: dict[str, Any] = {"actionName": name, "latestExecution": without_nothing(latest)}
    if result.revision is not None:
        created = last.changed.timestamp()
        shown["currentRevision"] = {
            "revisionId": result.revision,
            "revisionChangeId": result.revision[:100],
            "created": created,
        }
    return shown


def error(action: ActionRun) -> dict[str, str] | None:
    """The error's code and message, of an action that failed."""
    if action.result.error_code is None:
        return None
    return {"code": action.result.error_code, "message": action.result.message or action.result.error_code}


def without_nothing(members: dict[str, Any]) -> dict[str, Any]:
    """The members that have a value: AWS leaves the others out."""
    return {name: value for name, value in members.items() if value is not None}
