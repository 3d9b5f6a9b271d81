"""What CodePipeline remembers of a pipeline: its executions, the actions that they ran, and who is in which stage.

AWS: an execution has an id, its stages run one after the other, an action that is retried is another action execution:
https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts.html
https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionExecutionDetail.html
Stock moto's executions have a status, which is Succeeded from the beginning.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

IN_PROGRESS, SUCCEEDED, FAILED, ABANDONED = "InProgress", "Succeeded", "Failed", "Abandoned"
STOPPING, STOPPED, SUPERSEDED, CANCELLED = "Stopping", "Stopped", "Superseded", "Cancelled"
QUEUED = "QUEUED"


@dataclass(frozen=True)
class Artifact:
    """An artifact's object in the artifact store, and the revision that it was made from."""

    name: str
    bucket: str
    key: str
    revision: str | None = None


@dataclass(frozen=True)
class Result:
    """How an action ended, in the words of its provider. Without an `error_code` it succeeded."""

    summary: str | None = None
    external_id: str | None = None
    variables: dict[str, str] = field(default_factory=dict)
    error_code: str | None = None
    message: str | None = None
    revision: str | None = None


@dataclass(eq=False)
class ActionRun:
    """One execution of an action. `resolved` is its configuration with all variables replaced."""

    execution: Execution
    stage: str
    declared: dict[str, Any]
    started: datetime
    changed: datetime
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = IN_PROGRESS
    resolved: dict[str, str] = field(default_factory=dict)
    inputs: list[Artifact] = field(default_factory=list)
    outputs: list[Artifact] = field(default_factory=list)
    result: Result = Result()
    percent: int | None = None

    @property
    def name(self) -> str:
        return str(self.declared["name"])

    @property
    def kind(self) -> tuple[str, str, str]:
        """Category, owner and provider."""
        of = self.declared["actionTypeId"]
        return of["category"], of["owner"], of["provider"]


@dataclass(eq=False)
class Execution:
    """One run of the pipeline, of the structure that the pipeline had when it began.

    `actions` are all action executions, the earliest first; `current` those of each stage that count: a retry forgets
    what it runs again.
    """

    pipeline: Pipeline
    number: int
    declared: dict[str, Any]
    started: datetime
    changed: datetime
    variables: dict[str, str] = field(default_factory=dict)
    revisions: dict[str, str] = field(default_factory=dict)
    trigger: str = ""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = IN_PROGRESS
    attempt: int = 1
    stop_reason: str | None = None
    stage_status: dict[str, str] = field(default_factory=dict)
    actions: list[ActionRun] = field(default_factory=list)
    current: dict[str, dict[str, ActionRun]] = field(default_factory=dict)
    artifacts: dict[str, Artifact] = field(default_factory=dict)
    namespaces: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def version(self) -> int:
        return int(self.declared["version"])

    def stages(self) -> list[str]:
        return [stage["name"] for stage in self.declared["stages"]]

    def actions_of(self, stage: str) -> list[dict[str, Any]]:
        """The declarations of a stage's actions."""
        return next(declared["actions"] for declared in self.declared["stages"] if declared["name"] == stage)


@dataclass(eq=False)
class Stage:
    """A stage's door: who is inside (`running`), who waits, and who was the last to come in (`latest`).

    `last` are the last runs of its actions, whatever execution they are of.
    """

    running: Execution | None = None
    waiting: list[Execution] = field(default_factory=list)
    latest: Execution | None = None
    last: dict[str, ActionRun] = field(default_factory=dict)
    enabled: bool = True
    changed_by: str | None = None
    changed_at: datetime | None = None
    reason: str | None = None


@dataclass(eq=False)
class Pipeline:
    """A pipeline while it exists; `model` is moto's, with the declaration and the version."""

    account: str
    model: Any
    created: datetime
    updated: datetime
    executions: dict[str, Execution] = field(default_factory=dict)
    doors: dict[str, Stage] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)
    deleted: bool = False

    @property
    def declared(self) -> dict[str, Any]:
        declared: dict[str, Any] = self.model.pipeline
        return declared

    @property
    def name(self) -> str:
        return str(self.declared["name"])

    @property
    def arn(self) -> str:
        return str(self.model._arn)

    def door(self, stage: str) -> Stage:
        return self.doors.setdefault(stage, Stage())
