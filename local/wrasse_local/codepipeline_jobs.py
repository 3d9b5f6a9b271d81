"""Jobs: what a Lambda invoke action asks its function to do, and the one answer that each job gets.

AWS invokes the function asynchronously with the job, and waits for PutJobSuccessResult or PutJobFailureResult, 20
minutes for each job and 24 hours in all. A success with a continuation token makes it ask again later, by another job
with that token ("a new job is scheduled to continue the current execution"):
https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobSuccessResult.html
How much later, AWS does not say; here 30 seconds of the engine's clock. Stock moto has no jobs.
"""

from __future__ import annotations

import json
import logging
import threading
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError

from . import codepipeline_artifacts, codepipeline_variables
from .codepipeline_records import IN_PROGRESS, ActionRun, Result
from .codepipeline_runs import CONFIGURATION_ERROR, Runs
from .put_faults import refusal

INVOKE = ("Invoke", "AWS", "Lambda")
ANSWER_WITHIN = timedelta(minutes=20)
LIMIT = timedelta(hours=24)
ASK_AGAIN_AFTER = timedelta(seconds=30)
NO_ANSWER = "JobTimedOut"
JOB_NOT_FOUND = "JobNotFoundException"
INVALID_STATE = "InvalidJobStateException"
SIZE_EXCEEDED = "OutputVariablesSizeExceededException"
LOG = logging.getLogger(__name__)


@dataclass(eq=False)
class Job:
    """One ask. `answers` has one entry at most; what came after it, or too late, is `refused`."""

    action: ActionRun
    token: str | None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    answers: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0
    open: bool = True


class Jobs:
    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._jobs: dict[str, Job] = {}
        runs.providers[INVOKE] = lambda action: self._ask(action, None)
        runs.limits[INVOKE] = LIMIT
        runs.engine.control["GET", "/codepipeline/jobs"] = lambda _: self._list()

    def succeed(self, job_id: str, body: dict[str, Any]) -> None:
        """PutJobSuccessResult: the end of the action, or, with a continuation token, another job for it."""
        job, variables = self._open(job_id), body.get("outputVariables") or {}
        details, token = body.get("executionDetails") or {}, body.get("continuationToken")
        summary = details.get("summary")
        if token is not None and variables:
            job.refused += 1
            message = "outputVariables can be included only when there is no continuation token on the request."
            raise refusal(400, "ValidationException", message)
        namespaces = {**job.action.execution.namespaces, job.action.id: variables}
        if codepipeline_variables.size(namespaces) > codepipeline_variables.MOST_BYTES:
            job.refused += 1
            raise refusal(400, SIZE_EXCEEDED, "The total size of all variables of the pipeline is exceeded.")
        job.open = False
        if token is None:
            job.answers.append({"kind": "success", "summary": summary, "variables": variables})
            result = Result(summary, details.get("externalExecutionId"), variables)
            job.action.percent = details.get("percentComplete")
            self._runs.finish(job.action, result)
            return
        percent = details.get("percentComplete")
        job.answers.append({"kind": "continue", "summary": summary, "token": token, "percent": percent})
        job.action.result = Result(summary, details.get("externalExecutionId"))
        job.action.percent = percent
        due = self._runs.engine.clock.now() + ASK_AGAIN_AFTER
        self._runs.timers.at(due, lambda: self._ask(job.action, token))

    def fail(self, job_id: str, failure: dict[str, Any]) -> None:
        """PutJobFailureResult: the action fails with that message, its type as the error's code."""
        job = self._open(job_id)
        job.open = False
        job.answers.append({"kind": "failure", "type": failure["type"], "message": failure["message"]})
        result = Result(None, failure.get("externalExecutionId"), {}, failure["type"], failure["message"])
        self._runs.finish(job.action, result)

    def _ask(self, action: ActionRun, token: str | None) -> None:
        """Hands a new job to the function, unless the action was ended meanwhile."""
        if action.status != IN_PROGRESS:
            return
        job = Job(action, token)
        self._jobs[job.id] = job
        self._runs.timers.at(self._runs.engine.clock.now() + ANSWER_WITHIN, lambda: self._give_up(job))
        event = json.dumps({"CodePipeline.job": self._event(job)})
        threading.Thread(target=self._invoke, args=(job, event), name=f"codepipeline {job.id}", daemon=True).start()

    def _event(self, job: Job) -> dict[str, Any]:
        action, store = job.action, job.action.execution.declared["artifactStore"]
        data: dict[str, Any] = {
            "actionConfiguration": {"configuration": action.resolved},
            "inputArtifacts": [codepipeline_artifacts.as_in_jobs(artifact) for artifact in action.inputs],
            "outputArtifacts": [codepipeline_artifacts.as_in_jobs(artifact) for artifact in action.outputs],
            "artifactCredentials": codepipeline_artifacts.credentials(self._runs.engine.clock.now()),
        }
        if job.token is not None:
            data["continuationToken"] = job.token
        if "encryptionKey" in store:
            data["encryptionKey"] = store["encryptionKey"]
        return {"id": job.id, "accountId": action.execution.pipeline.account, "data": data}

    def _invoke(self, job: Job, event: str) -> None:
        function = job.action.resolved["FunctionName"]
        try:
            client = self._runs.engine.of(job.action.execution.pipeline.account).client("lambda")
            client.invoke(FunctionName=function, InvocationType="Event", Payload=event)
        except ClientError as error:
            with self._runs.lock:
                job.open = False
                message = f"The AWS Lambda function {function} cannot be invoked: {error.response['Error']['Message']}"
                self._runs.finish(job.action, Result(error_code=CONFIGURATION_ERROR, message=message))
        except Exception:
            LOG.exception("job %s: the function %s is not invoked", job.id, function)

    def _give_up(self, job: Job) -> None:
        if job.open:
            job.open = False
            message = (
                f"The AWS Lambda function {job.action.resolved['FunctionName']} failed to return a result. Check the "
                "function to verify that it has permission to call the PutJobSuccessResult action and that it made a "
                "call to PutJobSuccessResult."
            )
            self._runs.finish(job.action, Result(error_code=NO_ANSWER, message=message))

    def _open(self, job_id: str) -> Job:
        """The job, if an answer is still waited for."""
        job = self._jobs.get(job_id)
        if job is None:
            raise refusal(400, JOB_NOT_FOUND, f"The job {job_id} cannot be found.")
        if job.action.execution.pipeline.deleted:
            job.refused += 1
            raise refusal(400, JOB_NOT_FOUND, f"The job {job_id} cannot be found.")
        if not job.open or job.action.status != IN_PROGRESS:
            job.refused += 1
            raise refusal(400, INVALID_STATE, f"The job {job_id} is not waiting for an answer.")
        return job

    def _list(self) -> list[dict[str, Any]]:
        """All jobs, the earliest first: what a test counts answers by. Nothing of the event is in it."""
        self._runs.timers.settle()
        with self._runs.lock:
            return [_shown(job) for job in self._jobs.values()]


def _shown(job: Job) -> dict[str, Any]:
    action = job.action
    return {
        "id": job.id,
        "pipeline": action.execution.pipeline.name,
        "execution": action.execution.id,
        "stage": action.stage,
        "action": action.name,
        "action_execution": action.id,
        "account": action.execution.pipeline.account,
        "continues": job.token is not None,
        "asked": 1,
        "open": job.open and action.status == IN_PROGRESS,
        "answers": job.answers,
        "refused": job.refused,
    }
