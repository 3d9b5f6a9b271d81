"""The stack's own pipeline: a source in S3, a build, and the publication."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Any

from demo.context import Context
from demo.patience import until

MODULE = "greeting"
ACTION = "Publish"
BUILD_SECONDS = 120


@dataclass(frozen=True)
class Pipeline:
    """What the stack made."""

    name: str
    bucket: str


@dataclass(frozen=True)
class Published:
    """What became of an execution's publication: its last run."""

    status: str
    words: str
    variables: dict[str, str]


def release(context: Context, pipeline: Pipeline, greeting: str) -> str:
    """Puts a source there, and starts the pipeline. Answers the execution's id."""
    context.client("s3").put_object(Bucket=pipeline.bucket, Key="source.zip", Body=source(greeting))
    return str(context.client("codepipeline").start_pipeline_execution(name=pipeline.name)["pipelineExecutionId"])


def source(greeting: str) -> bytes:
    """What a team has in its repository: what it needs, and here also where that is to be had without a network."""
    requirements = f"--no-index\n--find-links packages\n{MODULE}==1.0\n".encode()
    return zipped({"requirements.txt": requirements, f"packages/{MODULE}-1.0-py3-none-any.whl": wheel(greeting)})


def wheel(greeting: str) -> bytes:
    """A Python package of one module (https://packaging.python.org/en/latest/specifications/binary-distribution-format/)."""
    info = f"{MODULE}-1.0.dist-info"
    files = {
        f"{MODULE}.py": f"def greet(name):\n    return f'{greeting}, {{name}}'\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {MODULE}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: demo\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    return zipped({name: content.encode() for name, content in files.items()})


def zipped(files: dict[str, bytes]) -> bytes:
    """The same files, the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def ended(context: Context, pipeline: Pipeline, execution: str, runs: int = 1) -> Published:
    """How the execution's publication ended, once it has run so often."""

    def done() -> list[dict[str, Any]]:
        found = publications(context, pipeline, execution)
        return found if len(found) >= runs and found[0]["status"] != "InProgress" else []

    last = until(f"the end of {pipeline.name}'s execution {execution}", done, BUILD_SECONDS)[0]
    output = last["output"]
    result = output["executionResult"]
    words = result.get("errorDetails", {}).get("message") or result.get("externalExecutionSummary", "")
    return Published(last["status"], words, output.get("outputVariables", {}))


def publications(context: Context, pipeline: Pipeline, execution: str) -> list[dict[str, Any]]:
    """The runs of the publication, the latest first: a retry makes another one."""
    listed = context.client("codepipeline").list_action_executions(
        pipelineName=pipeline.name, filter={"pipelineExecutionId": execution}
    )["actionExecutionDetails"]
    failed = [run for run in listed if run["status"] == "Failed" and run["actionName"] != ACTION]
    return failed or [run for run in listed if run["actionName"] == ACTION]


def retry(context: Context, pipeline: Pipeline, execution: str) -> None:
    """What a person does with a failed stage."""
    context.client("codepipeline").retry_stage_execution(
        pipelineName=pipeline.name,
        stageName=ACTION,
        pipelineExecutionId=execution,
        retryMode="FAILED_ACTIONS",
    )


def jobs(context: Context, pipeline: Pipeline) -> list[dict[str, Any]]:
    """What CodePipeline asked the function for, with the answers that it got."""
    asked: list[dict[str, Any]] = context.control("/codepipeline/jobs")
    return [job for job in asked if job["pipeline"] == pipeline.name]
