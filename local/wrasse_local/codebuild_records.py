"""What CodeBuild remembers of a build: what it was started with, its phases, and how it ended.

AWS: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Build.html
Stock moto's builds are always SUCCEEDED once they are looked at, with phases of invented length.
"""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .engine import REGION

IN_PROGRESS, SUCCEEDED, FAILED, FAULT = "IN_PROGRESS", "SUCCEEDED", "FAILED", "FAULT"
STOPPED, TIMED_OUT = "STOPPED", "TIMED_OUT"
COMPLETED = "COMPLETED"
CODECOMMIT, CODEPIPELINE, S3 = "CODECOMMIT", "CODEPIPELINE", "S3"
# Other hosts than AWS, of which the engine has one stand-in.
HOSTS = ("BITBUCKET", "GITHUB", "GITHUB_ENTERPRISE", "GITLAB", "GITLAB_SELF_MANAGED")
NO_SOURCE, NO_ARTIFACTS = "NO_SOURCE", "NO_ARTIFACTS"


class Failed(Exception):
    """A phase's failure: the code and message of its context."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True)
class StoredObject:
    """An object in S3, or, where the key ends with a slash, all below it."""

    bucket: str
    key: str
    version: str | None = None

    @property
    def arn(self) -> str:
        return f"arn:aws:s3:::{self.bucket}/{self.key}"


@dataclass(eq=False)
class Phase:
    """A phase of a build. COMPLETED, the last one, has no end and no status."""

    kind: str
    started: datetime
    ended: datetime | None = None
    status: str | None = None
    code: str = ""
    message: str = ""

    @property
    def seconds(self) -> int:
        return int((self.ended - self.started).total_seconds()) if self.ended else 0


@dataclass(eq=False)
class Build:
    """One build. `project` is the project as it was when the build was started, overrides put in.

    `source` and `destination` are the places of a pipeline's artifacts. `asked` is the status that the build is to end
    with as soon as it can: somebody stopped it. `over` is set once it has its last status and that is told.
    """

    account: str
    project: dict[str, Any]
    number: int
    initiator: str
    started: datetime
    source_version: str | None = None
    resolved_version: str | None = None
    source: StoredObject | None = None
    destination: StoredObject | None = None
    uuid: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = IN_PROGRESS
    ended: datetime | None = None
    phases: list[Phase] = field(default_factory=list)
    artifact: dict[str, Any] = field(default_factory=dict)
    exported: dict[str, str] = field(default_factory=dict)
    asked: str | None = None
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def project_name(self) -> str:
        return str(self.project["name"])

    @property
    def id(self) -> str:
        return f"{self.project_name}:{self.uuid}"

    @property
    def arn(self) -> str:
        return f"arn:aws:codebuild:{REGION}:{self.account}:build/{self.id}"

    @property
    def source_type(self) -> str:
        return str(self.project["source"]["type"])

    @property
    def timeout_minutes(self) -> int:
        return int(self.project["timeoutInMinutes"])

    @property
    def log(self) -> tuple[str, str] | None:
        """The log's group and stream; None where it is switched off."""
        chosen = (self.project.get("logsConfig") or {}).get("cloudWatchLogs") or {}
        if chosen.get("status") == "DISABLED":
            return None
        prefix = chosen.get("streamName")
        stream = f"{prefix}/{self.uuid}" if prefix else self.uuid
        return chosen.get("groupName") or f"/aws/codebuild/{self.project_name}", stream

    def variables(self) -> dict[str, str]:
        """The environment variables of the project and of the call that started the build."""
        return {one["name"]: one["value"] for one in self.project["environment"].get("environmentVariables") or []}

    def failed_phase(self) -> Phase | None:
        """The first phase that failed with a reason."""
        return next((phase for phase in self.phases if phase.code), None)
