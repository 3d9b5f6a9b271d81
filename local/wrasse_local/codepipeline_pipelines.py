"""The pipelines themselves: created, updated, deleted and started.

AWS: https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_UpdatePipeline.html
https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StartPipelineExecution.html
An update makes a new version; a new structure cancels what is under way. Creating a pipeline also starts it on AWS.
Stock moto keeps pipelines by account and region; theirs are used, with tags and all. Its times are texts in real time,
and a name in use is another error than AWS's. Here executions are started by StartPipelineExecution alone.
"""

from __future__ import annotations

import copy
from typing import Any

from moto.codepipeline.models import CodePipeline, codepipeline_backends
from moto.core.exceptions import JsonRESTError

from . import codepipeline_structure
from .codepipeline_records import Pipeline
from .codepipeline_runs import Runs
from .engine import REGION
from .put_faults import refusal

OBJECT_VERSION = "S3_OBJECT_VERSION_ID"


class Pipelines:
    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._pipelines: dict[tuple[str, str], Pipeline] = {}

    def get(self, account: str, name: str) -> Pipeline:
        found = self._pipelines.get((account, name))
        if found is None:
            message = f"Account '{account}' does not have a pipeline with name '{name}'"
            raise refusal(400, "PipelineNotFoundException", message)
        return found

    def create(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        declared, tags = codepipeline_structure.checked(body["pipeline"]), body.get("tags") or []
        name = declared["name"]
        if (account, name) in self._pipelines:
            message = f"A pipeline with the name '{name}' already exists in account '{account}'"
            raise refusal(400, "PipelineNameInUseException", message)
        model, now = CodePipeline(account, REGION, declared), self._runs.engine.clock.now()
        model.validate_tags(tags)
        model.tags.update({tag["key"]: tag["value"] for tag in tags})
        codepipeline_backends[account][REGION].pipelines[name] = model
        self._pipelines[account, name] = Pipeline(account, model, now, now)
        return {"pipeline": declared, "tags": tags}

    def update(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        declared = codepipeline_structure.checked(body["pipeline"])
        pipeline = self.get(account, declared["name"])
        before = pipeline.declared
        declared["version"] = before["version"] + 1
        pipeline.model.pipeline = declared
        pipeline.updated = self._runs.engine.clock.now()
        if declared["stages"] != before["stages"]:
            self._runs.cancel(pipeline)
        return {"pipeline": declared}

    def delete(self, account: str, name: str) -> None:
        """A pipeline that is not there is no error."""
        pipeline = self._pipelines.pop((account, name), None)
        if pipeline is not None:
            pipeline.deleted = True
            self._runs.cancel(pipeline)
            del codepipeline_backends[account][REGION].pipelines[name]

    def show(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        pipeline = self.get(account, body["name"])
        times = {"created": pipeline.created.timestamp(), "updated": pipeline.updated.timestamp()}
        declared = copy.deepcopy(pipeline.declared)
        if body.get("version") not in (None, declared["version"]):
            raise NotImplementedError(
                f"the engine keeps the last version alone, {declared['version']} of {pipeline.name}"
            )
        return {"pipeline": declared, "metadata": {"pipelineArn": pipeline.arn, **times}}

    def list(self, account: str) -> dict[str, Any]:
        found = sorted((one for one in self._pipelines.values() if one.account == account), key=lambda one: one.name)
        return {
            "pipelines": [
                {
                    "name": one.name,
                    "version": one.declared["version"],
                    "pipelineType": one.declared.get("pipelineType", "V1"),
                    "executionMode": one.declared.get("executionMode", "SUPERSEDED"),
                    "created": one.created.timestamp(),
                    "updated": one.updated.timestamp(),
                }
                for one in found
            ]
        }

    def start(self, account: str, body: dict[str, Any]) -> dict[str, str]:
        pipeline, token = self.get(account, body["name"]), body.get("clientRequestToken")
        if token in pipeline.requests:
            return {"pipelineExecutionId": pipeline.requests[token]}
        variables = _variables(pipeline, {one["name"]: one["value"] for one in body.get("variables") or []})
        revisions = _revisions(pipeline, body.get("sourceRevisions") or [])
        execution = self._runs.start(pipeline, variables, revisions, f"arn:aws:iam::{account}:user/engine")
        if token is not None:
            pipeline.requests[token] = execution.id
        return {"pipelineExecutionId": execution.id}


def _variables(pipeline: Pipeline, given: dict[str, str]) -> dict[str, str]:
    declared = {one["name"]: one.get("defaultValue") for one in pipeline.declared.get("variables") or []}
    if unknown := sorted(given.keys() - declared.keys()):
        raise _invalid(f"The pipeline {pipeline.name} has no variable {unknown[0]}.")
    values = {name: given.get(name, default) for name, default in declared.items()}
    if missing := sorted(name for name, value in values.items() if value is None):
        raise _invalid(f"The variable {missing[0]} of the pipeline {pipeline.name} has no value.")
    return {name: str(value) for name, value in values.items()}


def _revisions(pipeline: Pipeline, given: list[dict[str, str]]) -> dict[str, str]:
    sources = {action["name"] for action in pipeline.declared["stages"][0]["actions"]}
    for one in given:
        if one["actionName"] not in sources:
            raise _invalid(f"The pipeline {pipeline.name} has no source action {one['actionName']}.")
        if one["revisionType"] != OBJECT_VERSION:
            raise NotImplementedError(f"the engine overrides a source by {OBJECT_VERSION}, not {one['revisionType']}")
    return {one["actionName"]: one["revisionValue"] for one in given}


def _invalid(message: str) -> JsonRESTError:
    return refusal(400, "ValidationException", message)
