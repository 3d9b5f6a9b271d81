"""The pipelines of a made-up shop: a source in S3, the gate, and the deployment of a stack."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from demo.context import Context
from demo.health_gate.incidents import jobs
from demo.patience import until

STORE = "shop-pipelines"
STAGES = SOURCE, GATE, DEPLOY = "Source", "HealthGate", "Deploy"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "codepipeline.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
# CodePipeline's own time between two asks of a held action is not documented; this is the engine's.
NEXT_ASK_SECONDS = 30


@dataclass(frozen=True)
class Pipeline:
    """One pipeline, which deploys a stack of the same name."""

    name: str
    asks: dict[str, Any] = field(hash=False)
    """What its gate is asked for, besides the usual."""

    @property
    def user_parameters(self) -> dict[str, Any]:
        """As docs/health-gate.md has them."""
        return {"pipeline": self.name, "execution": "#{codepipeline.PipelineExecutionId}", **self.asks}


WEB = Pipeline("shop-web", {"on_event": "fail"})
BILLING = Pipeline("shop-billing", {"on_event": "hold"})
EUROPE = Pipeline("shop-europe", {"regions": ["eu-west-1"]})
PIPELINES = (WEB, BILLING, EUROPE)


@dataclass(frozen=True)
class Release:
    """One execution of a pipeline; its number is in an output of the stack that it deploys."""

    pipeline: Pipeline
    number: int
    execution: str

    def __str__(self) -> str:
        return f"{self.pipeline.name}, release {self.number}"


@dataclass(frozen=True)
class Shown:
    """A gate's answer as the API has it, and its text as the pipeline shows it."""

    kind: str
    words: str


def create(context: Context, gate: str) -> None:
    """The pipelines with their bucket and role. `gate` is the gate's function."""
    s3 = context.client("s3")
    s3.create_bucket(Bucket=STORE)
    s3.put_bucket_versioning(Bucket=STORE, VersioningConfiguration={"Status": "Enabled"})
    made = context.client("iam").create_role(RoleName=STORE, AssumeRolePolicyDocument=json.dumps(TRUST))
    for pipeline in PIPELINES:
        declared = declaration(pipeline, made["Role"]["Arn"], gate)
        context.client("codepipeline").create_pipeline(pipeline=declared)


def declaration(pipeline: Pipeline, role: str, gate: str) -> dict[str, Any]:
    """What CreatePipeline is given."""
    source = {
        "configuration": {"S3Bucket": STORE, "S3ObjectKey": source_key(pipeline), "PollForSourceChanges": "false"},
        "outputArtifacts": [{"name": SOURCE}],
    }
    asking = {"configuration": {"FunctionName": gate, "UserParameters": json.dumps(pipeline.user_parameters)}}
    template = f"{SOURCE}::template.json"
    deploying = {
        "configuration": {"ActionMode": "CREATE_UPDATE", "StackName": pipeline.name, "TemplatePath": template},
        "inputArtifacts": [{"name": SOURCE}],
    }
    actions: list[dict[str, Any]] = [
        {"actionTypeId": action_type("Source", "S3"), **source},
        {"actionTypeId": action_type("Invoke", "Lambda"), **asking},
        {"actionTypeId": action_type("Deploy", "CloudFormation"), **deploying},
    ]
    return {
        "name": pipeline.name,
        "roleArn": role,
        "pipelineType": "V2",
        "artifactStore": {"type": "S3", "location": STORE},
        "stages": [
            {"name": name, "actions": [{"name": name, **action}]} for name, action in zip(STAGES, actions, strict=True)
        ],
    }


def action_type(category: str, provider: str) -> dict[str, str]:
    """One of AWS's own actions."""
    return {"category": category, "owner": "AWS", "provider": provider, "version": "1"}


def source_key(pipeline: Pipeline) -> str:
    """Where a pipeline's source is."""
    return f"{pipeline.name}.zip"


def release(context: Context, pipeline: Pipeline, number: int) -> Release:
    """Puts a release's source where the pipeline takes it, and starts it."""
    template = {
        "Resources": {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}},
        "Outputs": {"Release": {"Value": str(number)}},
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("template.json", json.dumps(template))
    context.client("s3").put_object(Bucket=STORE, Key=source_key(pipeline), Body=packed.getvalue())
    started = context.client("codepipeline").start_pipeline_execution(name=pipeline.name)
    return Release(pipeline, number, started["pipelineExecutionId"])


def asked(context: Context, of: Release, times: int = 1) -> Shown:
    """What the gate answered, once it was asked so often for a release, and what the pipeline shows of that."""

    def answered() -> list[dict[str, Any]]:
        found = [job for job in jobs(context) if job["execution"] == of.execution]
        return found[-1]["answers"] if len(found) >= times else []

    [answer] = until(f"answer {times} of the gate to {of}", answered)
    result = runs(context, of, GATE)[0]["output"]["executionResult"]
    error: dict[str, str] = result.get("errorDetails", {})
    return Shown(answer["kind"], error.get("message") or result.get("externalExecutionSummary", ""))


def stage(context: Context, pipeline: Pipeline, name: str) -> dict[str, Any]:
    """A stage as the console shows it."""
    stages = context.client("codepipeline").get_pipeline_state(name=pipeline.name)["stageStates"]
    found: dict[str, Any] = next(stage for stage in stages if stage["stageName"] == name)
    return found


def waits_outside(context: Context, of: Release) -> None:
    """Until a release stands before the gate's stage, in which another one is."""
    until(
        f"{of} before the stage",
        lambda: any(
            waiting["pipelineExecutionId"] == of.execution
            for waiting in stage(context, of.pipeline, GATE)["inboundExecutions"]
        ),
    )


def succeeded(context: Context, of: Release) -> bool:
    """Whether a release is through, once it is that or has failed: the stack's output was its number."""

    def ended() -> str:
        described = context.client("codepipeline").get_pipeline_execution(
            pipelineName=of.pipeline.name, pipelineExecutionId=of.execution
        )
        status = str(described["pipelineExecution"]["status"])
        return "" if status == "InProgress" else status

    status = until(f"the end of {of}", ended)
    return status == "Succeeded" and runs(context, of, DEPLOY)[0]["output"]["outputVariables"]["Release"] == str(
        of.number
    )


def went_on(context: Context, of: Release) -> bool:
    """Whether a release that had failed is through, once it was taken up again."""
    until(f"the retry of {of}", lambda: len(runs(context, of, GATE)) > 1)
    return succeeded(context, of)


def runs(context: Context, of: Release, action: str) -> list[dict[str, Any]]:
    """The runs of an action for a release, the latest first: a retry makes another one."""
    listed = context.client("codepipeline").list_action_executions(
        pipelineName=of.pipeline.name, filter={"pipelineExecutionId": of.execution}
    )
    return [run for run in listed["actionExecutionDetails"] if run["actionName"] == action]


def decision(context: Context, of: Release) -> str:
    """The gate's output variable of that name, in its last run; a gate that failed has none."""
    variables: dict[str, str] = runs(context, of, GATE)[0]["output"].get("outputVariables", {})
    return variables.get("Decision", "")


def deployed(context: Context, pipeline: Pipeline) -> int | None:
    """The number of the release that the pipeline's stack is of; none where there is no stack."""
    try:
        [found] = context.client("cloudformation").describe_stacks(StackName=pipeline.name)["Stacks"]
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise
    [output] = found["Outputs"]
    return int(output["OutputValue"])


def retry(context: Context, of: Release) -> None:
    """What a person does with a failed stage."""
    context.client("codepipeline").retry_stage_execution(
        pipelineName=of.pipeline.name,
        stageName=GATE,
        pipelineExecutionId=of.execution,
        retryMode="FAILED_ACTIONS",
    )
