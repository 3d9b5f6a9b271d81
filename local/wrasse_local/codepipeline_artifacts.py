"""Artifacts: objects in the pipeline's bucket, and the credentials that lead to them.

AWS: the objects' keys begin with the cut names of pipeline and artifact; a job gets temporary credentials for them:
https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html#actions-invoke-lambda-function-json-event-example
https://docs.aws.amazon.com/codepipeline/latest/userguide/welcome-introducing-artifacts.html
Stock moto has none. Here the credentials look like AWS's, and open everything, as all do in the engine.
"""

from __future__ import annotations

import base64
import io
import random
import secrets
import string
import zipfile
from datetime import datetime, timedelta
from typing import Any

from .codepipeline_records import ActionRun, Artifact
from .engine import Engine

CUT_PIPELINE, CUT_ARTIFACT, RANDOM = 20, 10, 7
LETTERS = string.ascii_letters + string.digits
CREDENTIALS_LAST = timedelta(hours=1)


class Missing(Exception):
    """An artifact or a file in it that an action needs and that is not there."""


def assign(action: ActionRun) -> None:
    """Gives an action that begins its input artifacts, and its output artifacts their places."""
    execution = action.execution
    bucket = execution.declared["artifactStore"]["location"]
    names = [declared["name"] for declared in action.declared["inputArtifacts"]]
    action.inputs = [execution.artifacts[name] for name in names if name in execution.artifacts]
    action.outputs = [
        Artifact(declared["name"], bucket, _key(execution.pipeline.name, declared["name"]))
        for declared in action.declared["outputArtifacts"]
    ]


def file(engine: Engine, action: ActionRun, place: str) -> bytes:
    """The file that `<artifact>::<path in its zip>` names."""
    name, _, path = place.partition("::")
    artifact = next((one for one in action.inputs if one.name == name), None)
    if artifact is None:
        raise Missing(f"the action {action.name} has no input artifact {name}, which {place} is in")
    body = engine.client("s3").get_object(Bucket=artifact.bucket, Key=artifact.key)["Body"].read()
    try:
        return zipfile.ZipFile(io.BytesIO(body)).read(path)
    except (zipfile.BadZipFile, KeyError) as error:
        raise Missing(f"the artifact {name} has no file {path}: {error}") from error


def as_in_jobs(artifact: Artifact) -> dict[str, Any]:
    return {
        "name": artifact.name,
        "revision": artifact.revision,
        "location": {"type": "S3", "s3Location": {"bucketName": artifact.bucket, "objectKey": artifact.key}},
    }


def credentials(now: datetime) -> dict[str, Any]:
    """Credentials of a session that nobody began; the engine's S3 takes any."""
    return {
        "accessKeyId": "ASIA" + "".join(random.choices(string.ascii_uppercase + "234567", k=16)),
        "secretAccessKey": base64.b64encode(secrets.token_bytes(30)).decode(),
        "sessionToken": base64.b64encode(secrets.token_bytes(300)).decode(),
        "expirationTime": int((now + CREDENTIALS_LAST).timestamp() * 1000),
    }


def _key(pipeline: str, artifact: str) -> str:
    return f"{pipeline[:CUT_PIPELINE]}/{artifact[:CUT_ARTIFACT]}/{''.join(random.choices(LETTERS, k=RANDOM))}"
