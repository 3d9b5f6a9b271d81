"""CodePipeline's build action: a build of a project, with the action's artifact as its source.

AWS: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
The variables that the buildspec exports are the action's output variables. Several input or output artifacts, batches
and variables from Parameter Store or Secrets Manager are refused.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from moto.core.exceptions import JsonRESTError

from . import codebuild
from .codebuild_builds import Artifacts
from .codebuild_records import SUCCEEDED, Build, StoredObject
from .codepipeline_records import ActionRun, Artifact, Result
from .codepipeline_runs import CONFIGURATION_ERROR
from .engine import Engine
from .put_faults import refusal

BUILD = ("Build", "AWS", "CodeBuild")
# https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
BUILD_LIMIT = timedelta(hours=36)
JOB_FAILED = "JobFailed"
MEMBERS = {"name", "type", "value"}


def check(action: dict[str, Any]) -> None:
    """Raises what CreatePipeline answers to a build action that is not one, or that the engine does not do."""
    name, inputs, outputs = action["name"], len(action["inputArtifacts"]), len(action["outputArtifacts"])
    if inputs == 0:
        message = f"Action {name} of provider CodeBuild needs an input artifact."
        raise refusal(400, "InvalidActionDeclarationException", message)
    if inputs > 1 or outputs > 1:
        raise NotImplementedError(
            f"the engine builds one input artifact to one output artifact, not {inputs} to {outputs} (action {name})"
        )


def built(engine: Engine, action: ActionRun) -> Result:
    """Builds, to the build's end."""
    try:
        variables = _variables(action.resolved.get("EnvironmentVariables"))
    except ValueError as error:
        message = f"EnvironmentVariables of the action {action.name}: {error}"
        return Result(error_code=CONFIGURATION_ERROR, message=message)
    [source] = action.inputs
    destination = _place(action.outputs[0]) if action.outputs else None
    artifacts = Artifacts(_place(source), source.revision, destination)
    pipeline, project = action.execution.pipeline.name, action.resolved["ProjectName"]
    try:
        build = codebuild.builds_of_the_engine().start_in_pipeline(
            engine.account, project, variables, artifacts, pipeline
        )
    except JsonRESTError as error:
        why = f"{error.message} (Service: AWSCodeBuild; Status Code: {error.code}; Error Code: {error.error_type})"
        return Result(error_code=JOB_FAILED, message=f"Error calling startBuild: {why}")
    action.result = Result(None, build.id)
    build.over.wait()
    if build.status == SUCCEEDED:
        return Result(None, build.id, dict(build.exported))
    return Result(None, build.id, {}, JOB_FAILED, _reason(build))


def _reason(build: Build) -> str:
    reason = f"Build terminated with state: {build.status}"
    phase = build.failed_phase()
    if phase is None:
        return reason
    return f"{reason}. Phase: {phase.kind}, Code: {phase.code}, Message: {phase.message}"


def _variables(text: str | None) -> list[dict[str, str]]:
    """Raises ValueError for what is no list of variables."""
    declared = json.loads(text) if text else []
    if not isinstance(declared, list) or not all(isinstance(one, dict) for one in declared):
        raise ValueError("it is a list of objects")
    for one in declared:
        if one.keys() - MEMBERS or not all(isinstance(one.get(name), str) for name in ("name", "value")):
            raise ValueError(f"an object has a name, a value and a type, all of them texts, not {json.dumps(one)}")
    return declared


def _place(artifact: Artifact) -> StoredObject:
    return StoredObject(artifact.bucket, artifact.key)
