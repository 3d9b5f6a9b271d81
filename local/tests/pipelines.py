"""What the tests of CodePipeline share: a pipeline of a source, stages of Lambda actions, and their jobs."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .helpers import Account, eventually, unique

ROLE = "arn:aws:iam::123456789012:role/pipeline"
# In a handler: answers a job, as an SDK does.
CALL = """
import urllib.request

def call(operation, **body):
    target = "CodePipeline_20150709." + operation
    headers = {
        "X-Amz-Target": target,
        "Content-Type": "application/x-amz-json-1.1",
        "Authorization": "AWS4-HMAC-SHA256 Credential=%s/20260101/us-east-1/codepipeline/aws4_request, "
        "SignedHeaders=host, Signature=0" % os.environ["AWS_ACCESS_KEY_ID"],
    }
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"] + "/", json.dumps(body).encode(), headers)
    urllib.request.urlopen(request).read()
"""


def zipped_files(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def lambda_action(name: str, function: str, parameters: str | None = None, **more: Any) -> dict[str, Any]:
    configuration = {"FunctionName": function, **({"UserParameters": parameters} if parameters else {})}
    kind = {"category": "Invoke", "owner": "AWS", "provider": "Lambda", "version": "1"}
    return {"name": name, "actionTypeId": kind, "configuration": configuration, **more}


def deploy_action(stack: str, **more: Any) -> dict[str, Any]:
    configuration = {"ActionMode": "CREATE_UPDATE", "StackName": stack, "TemplatePath": "app::template.json", **more}
    kind = {"category": "Deploy", "owner": "AWS", "provider": "CloudFormation", "version": "1"}
    return {"name": "Deploy", "actionTypeId": kind, "configuration": configuration, "inputArtifacts": [{"name": "app"}]}


class Release:
    """A pipeline: a versioned bucket with the source, and stages after it."""

    def __init__(self, aws: Account) -> None:
        self.aws, self.api, self.name = aws, aws("codepipeline"), unique("pipeline")
        self.bucket, self.store = unique("source"), unique("artifacts")
        for bucket in (self.bucket, self.store):
            aws("s3").create_bucket(Bucket=bucket)
        status = {"Status": "Enabled"}
        aws("s3").put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration=status)
        self.put_source({"template.json": "{}"})

    def put_source(self, files: dict[str, str]) -> str:
        put = self.aws("s3").put_object(Bucket=self.bucket, Key="app.zip", Body=zipped_files(files))
        return str(put["VersionId"])

    def declared(self, *stages: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
        source = {
            "name": "Source",
            "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"},
            "configuration": {"S3Bucket": self.bucket, "S3ObjectKey": "app.zip"},
            "outputArtifacts": [{"name": "app"}],
            "namespace": "Source",
        }
        named = [{"name": f"Stage{number}", "actions": actions} for number, actions in enumerate(stages, 1)]
        return {
            "name": self.name,
            "roleArn": ROLE,
            "artifactStore": {"type": "S3", "location": self.store},
            "stages": [{"name": "Source", "actions": [source]}, *named],
            **more,
        }

    def create(self, *stages: list[dict[str, Any]], **more: Any) -> None:
        self.api.create_pipeline(pipeline=self.declared(*stages, **more))

    def start(self, **more: Any) -> str:
        return str(self.api.start_pipeline_execution(name=self.name, **more)["pipelineExecutionId"])

    def status(self, execution: str) -> str:
        found = self.api.get_pipeline_execution(pipelineName=self.name, pipelineExecutionId=execution)
        return str(found["pipelineExecution"]["status"])

    def ended(self, execution: str, status: str) -> None:
        eventually(lambda: self.status(execution) not in ("InProgress", "Stopping"))
        assert self.status(execution) == status

    def jobs(self, action: str | None = None) -> list[dict[str, Any]]:
        listed = self.aws.get("/codepipeline/jobs")
        return [job for job in listed if job["pipeline"] == self.name and action in (None, job["action"])]

    def job(self, execution: str, action: str = "Gate", number: int = 1) -> str:
        """The id of the action's open job, once it is the one of that number."""

        def opened() -> str | None:
            found = [job for job in self.jobs(action) if job["execution"] == execution]
            return found[number - 1]["id"] if len(found) >= number and found[number - 1]["open"] else None

        return str(eventually(opened))

    def succeed(self, job: str, **more: Any) -> None:
        self.api.put_job_success_result(jobId=job, **more)

    def fail(self, job: str, message: str = "an incident") -> None:
        self.api.put_job_failure_result(jobId=job, failureDetails={"type": "JobFailed", "message": message})

    def retry(self, execution: str, stage: str = "Stage1", mode: str = "FAILED_ACTIONS") -> None:
        self.api.retry_stage_execution(
            pipelineName=self.name, stageName=stage, pipelineExecutionId=execution, retryMode=mode
        )

    def stage(self, name: str = "Stage1") -> dict[str, Any]:
        found = self.api.get_pipeline_state(name=self.name)["stageStates"]
        stage: dict[str, Any] = next(stage for stage in found if stage["stageName"] == name)
        return stage

    def in_stage(self, name: str = "Stage1") -> tuple[str, str] | None:
        """The execution that entered the stage last, and its status there."""
        latest = self.stage(name).get("latestExecution")
        return (latest["pipelineExecutionId"], latest["status"]) if latest else None

    def actions(self, execution: str) -> list[dict[str, Any]]:
        """The execution's action executions, the newest first."""
        wanted = {"pipelineExecutionId": execution}
        found = self.api.list_action_executions(pipelineName=self.name, filter=wanted)
        details: list[dict[str, Any]] = found["actionExecutionDetails"]
        return details

    def advance(self, seconds: float) -> None:
        self.aws.post("/clock/advance", seconds=seconds)

    def events(self) -> str:
        """Has all events of the pipeline sent to a queue; returns its URL."""
        url = self.aws("sqs").create_queue(QueueName=unique("events"))["QueueUrl"]
        arn = self.aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        pattern = {"source": ["aws.codepipeline"], "detail": {"pipeline": [self.name]}}
        rule = unique("rule")
        self.aws("events").put_rule(Name=rule, EventPattern=json.dumps(pattern))
        self.aws("events").put_targets(Rule=rule, Targets=[{"Id": "t", "Arn": arn}])
        return str(url)

    def received(self, url: str, count: int) -> list[dict[str, Any]]:
        """As many events, in the order of their arrival."""
        found: list[dict[str, Any]] = []

        def enough() -> bool:
            for message in self.aws("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
                found.append(json.loads(message["Body"]))
            return len(found) >= count

        eventually(enough)
        return found


def refused(code: str, call: Any, *args: Any, **kwargs: Any) -> str:
    """The message of a call that is refused with that code."""
    with pytest.raises(ClientError) as caught:
        call(*args, **kwargs)
    assert caught.value.response["Error"]["Code"] == code, caught.value
    return str(caught.value.response["Error"]["Message"])
