"""The actions that CodePipeline does itself: a source object is copied, a project is built, a stack is deployed.

AWS: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html
Stock moto runs no actions. Here the source is read when an execution is started, never by itself; a deployment is the
action mode CREATE_UPDATE, through the engine's own CloudFormation.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from . import codebuild_actions, codepipeline_artifacts
from .codebuild_actions import BUILD, BUILD_LIMIT
from .codepipeline_records import ActionRun, Result
from .codepipeline_runs import CONFIGURATION_ERROR, Runs
from .engine import Engine

SOURCE, DEPLOY = ("Source", "AWS", "S3"), ("Deploy", "AWS", "CloudFormation")
SOURCE_LIMIT, DEPLOY_LIMIT = timedelta(hours=1), timedelta(days=3)
JOB_FAILED = "JobFailed"
NO_UPDATES = "No updates are to be performed"
DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
LOG = logging.getLogger(__name__)

Work = Callable[[Engine, ActionRun], Result]


def install(runs: Runs) -> None:
    for kind, limit, work in (
        (SOURCE, SOURCE_LIMIT, _copy),
        (BUILD, BUILD_LIMIT, codebuild_actions.built),
        (DEPLOY, DEPLOY_LIMIT, _deploy),
    ):
        runs.providers[kind] = partial(_in_background, runs, work)
        runs.limits[kind] = limit


def _in_background(runs: Runs, work: Work, action: ActionRun) -> None:
    engine = runs.engine.of(action.execution.pipeline.account)

    def run() -> None:
        try:
            result = work(engine, action)
        except ClientError as error:
            code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
            result = Result(error_code=JOB_FAILED, message=f"{code}: {message}")
        except codepipeline_artifacts.Missing as missing:
            result = Result(error_code=CONFIGURATION_ERROR, message=str(missing))
        except Exception as error:
            LOG.exception("the action %s of pipeline %s", action.name, action.execution.pipeline.name)
            result = Result(error_code=JOB_FAILED, message=f"{type(error).__name__}: {error}")
        with runs.lock:
            runs.finish(action, result)

    threading.Thread(target=run, name=f"codepipeline {action.name}", daemon=True).start()


def _copy(engine: Engine, action: ActionRun) -> Result:
    """The object's latest version, or that which the execution was started with."""
    bucket, key = action.resolved["S3Bucket"], action.resolved["S3ObjectKey"]
    s3, wanted = engine.client("s3"), action.execution.revisions.get(action.name)
    found = s3.get_object(Bucket=bucket, Key=key, **({"VersionId": wanted} if wanted else {}))
    version = found.get("VersionId")
    if version in (None, "null"):
        message = f"The bucket {bucket} has no versions of its objects: a source of CodePipeline needs versioning."
        return Result(error_code=CONFIGURATION_ERROR, message=message)
    body = found["Body"].read()
    for output in action.outputs:
        s3.put_object(Bucket=output.bucket, Key=output.key, Body=body)
    variables = {"BucketName": bucket, "ObjectKey": key, "VersionId": version, "ETag": found["ETag"].strip('"')}
    return Result(f"Amazon S3 version id: {version}", None, variables, revision=version)


def _deploy(engine: Engine, action: ActionRun) -> Result:
    stack, api = action.resolved["StackName"], engine.client("cloudformation")
    request: dict[str, Any] = {
        "StackName": stack,
        "TemplateBody": codepipeline_artifacts.file(engine, action, action.resolved["TemplatePath"]).decode(),
        "Parameters": _parameters(action.resolved.get("ParameterOverrides")),
        "Capabilities": [one.strip() for one in action.resolved.get("Capabilities", "").split(",") if one.strip()],
    }
    try:
        (api.update_stack if _exists(api, stack) else api.create_stack)(**request)
    except ClientError as error:
        if NO_UPDATES not in error.response["Error"]["Message"]:
            raise
    described = api.describe_stacks(StackName=stack)["Stacks"][0]
    status, stack_id = described["StackStatus"], described["StackId"]
    if status not in DONE:
        reason = described.get("StackStatusReason", "")
        message = f"Stack {stack} ended in {status}. {reason}".strip()
        return Result(None, stack_id, {}, JOB_FAILED, message)
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    return Result(f"Stack {stack} was deployed: {status}", stack_id, outputs)


def _exists(api: Any, stack: str) -> bool:
    try:
        api.describe_stacks(StackName=stack)
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return False
        raise
    return True


def _parameters(overrides: str | None) -> list[dict[str, str]]:
    given = json.loads(overrides) if overrides else {}
    return [{"ParameterKey": key, "ParameterValue": str(value)} for key, value in given.items()]
