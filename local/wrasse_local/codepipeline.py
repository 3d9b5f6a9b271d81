"""CodePipeline, a stand-in: the modules that make moto's pipelines run as AWS's do.

AWS: https://docs.aws.amazon.com/codepipeline/latest/APIReference/Welcome.html
Stock moto keeps pipelines and runs nothing. Here all operations of pipelines, executions and jobs are served, what is
due by the engine's clock is done before each of them, and `GET /codepipeline/jobs` lists the jobs with their answers.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore import xform_name
from moto.codepipeline.responses import CodePipelineResponse

from . import (
    codepipeline_history,
    codepipeline_interventions,
    codepipeline_state,
    codepipeline_validation,
    codepipeline_workers,
)
from .codepipeline_jobs import Jobs
from .codepipeline_pipelines import Pipelines
from .codepipeline_runs import Runs
from .engine import REGION, Engine

Operation = Callable[[str, dict[str, Any]], dict[str, Any] | None]


def install(engine: Engine) -> None:
    runs = Runs(engine)
    codepipeline_workers.install(runs)
    for name, operation in _operations(runs, Pipelines(runs), Jobs(runs)).items():
        _serve(engine, runs, name, operation)


def _operations(runs: Runs, pipelines: Pipelines, jobs: Jobs) -> dict[str, Operation]:
    """By the API's names: what is called with the caller's account and the request."""
    history, interventions = codepipeline_history, codepipeline_interventions

    def named(account: str, body: dict[str, Any]) -> Any:
        return pipelines.get(account, body["pipelineName"])

    def transition(account: str, body: dict[str, Any], enabled: bool) -> None:
        by = f"arn:aws:iam::{account}:user/engine"
        interventions.set_transition(runs, named(account, body), body, enabled=enabled, by=by)

    def execution(account: str, body: dict[str, Any]) -> dict[str, Any]:
        found = history.execution_of(named(account, body), body["pipelineExecutionId"])
        return {"pipelineExecution": history.described(found)}

    return {
        "CreatePipeline": pipelines.create,
        "DeletePipeline": lambda account, body: pipelines.delete(account, body["name"]),
        "DisableStageTransition": lambda account, body: transition(account, body, False),
        "EnableStageTransition": lambda account, body: transition(account, body, True),
        "GetPipeline": pipelines.show,
        "GetPipelineExecution": execution,
        "GetPipelineState": lambda account, body: codepipeline_state.state(pipelines.get(account, body["name"])),
        "ListActionExecutions": lambda account, body: history.actions(named(account, body), body),
        "ListPipelineExecutions": lambda account, body: history.executions(named(account, body), body),
        "ListPipelines": lambda account, _: pipelines.list(account),
        "PutJobFailureResult": lambda _, body: jobs.fail(body["jobId"], body["failureDetails"]),
        "PutJobSuccessResult": lambda _, body: jobs.succeed(body["jobId"], body),
        "RetryStageExecution": lambda account, body: interventions.retry(runs, named(account, body), body),
        "StartPipelineExecution": pipelines.start,
        "StopPipelineExecution": lambda account, body: interventions.stop(runs, named(account, body), body),
        "UpdatePipeline": pipelines.update,
    }


def _serve(engine: Engine, runs: Runs, name: str, operation: Operation) -> None:
    def serve(response: Any) -> str:
        if response.region != REGION:
            raise NotImplementedError(f"the engine has pipelines in {REGION} alone, not in {response.region}")
        body = json.loads(response.body or "{}")
        shape = engine.client("codepipeline").meta.service_model.operation_model(name).input_shape
        codepipeline_validation.check(body, shape)
        with runs.lock:
            runs.timers.settle()
            answer = operation(response.current_account, body)
        return "" if answer is None else json.dumps(answer)

    setattr(CodePipelineResponse, xform_name(name), serve)
