"""Builds: started, stopped, shown and listed.

AWS: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html
https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StopBuild.html
A token makes a second StartBuild within five minutes the same build. A build outlives its project:
https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteProject.html
Stock moto runs nothing. Here all builds run at once, and StopBuild answers when the build has ended.
"""

from __future__ import annotations

import copy
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from . import codebuild_projects
from .codebuild_projects import Projects, invalid, page
from .codebuild_records import (
    CODEPIPELINE,
    COMPLETED,
    IN_PROGRESS,
    S3,
    STOPPED,
    Build,
    Phase,
    StoredObject,
)
from .codebuild_run import Run
from .engine import REGION, Engine
from .put_faults import refusal

TOKEN_LASTS = timedelta(minutes=5)
STOP_SECONDS = 30.0
# Nobody signs in: all calls are made by one user.
USER = "engine"
# By the request's members: where in the project they go.
OVERRIDES = {
    "artifactsOverride": ("artifacts",),
    "buildspecOverride": ("source", "buildspec"),
    "computeTypeOverride": ("environment", "computeType"),
    "encryptionKeyOverride": ("encryptionKey",),
    "imageOverride": ("environment", "image"),
    "logsConfigOverride": ("logsConfig",),
    "queuedTimeoutInMinutesOverride": ("queuedTimeoutInMinutes",),
    "serviceRoleOverride": ("serviceRole",),
    "sourceLocationOverride": ("source", "location"),
    "sourceTypeOverride": ("source", "type"),
    "timeoutInMinutesOverride": ("timeoutInMinutes",),
}
APART = {"environmentVariablesOverride", "idempotencyToken", "projectName", "sourceVersion"}


@dataclass(frozen=True)
class Artifacts:
    """What a pipeline gives to a build and wants of it."""

    source: StoredObject
    revision: str | None
    destination: StoredObject | None


class Builds:
    def __init__(self, engine: Engine, projects: Projects) -> None:
        self._engine, self._projects = engine, projects
        self._lock = threading.Lock()
        self._builds: dict[tuple[str, str], Build] = {}
        self._runs: dict[str, Run] = {}
        self._numbers: dict[str, int] = {}
        self._tokens: dict[tuple[str, str], tuple[datetime, dict[str, Any], Build]] = {}
        engine.at_stop.append(self._end)

    def start(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        token, now = body.get("idempotencyToken"), self._engine.clock.now()
        with self._lock:
            begun, before, build = self._tokens.get((account, token or ""), (now, {}, None))
            if build is None or now - begun > TOKEN_LASTS:
                build = self._started(account, body, USER, None)
                if token:
                    self._tokens[account, token] = (now, body, build)
            elif before != body:
                raise invalid("The idempotency token was used with other parameters.")
        return {"build": described(build)}

    def start_in_pipeline(
        self, account: str, project: str, variables: list[dict[str, str]], artifacts: Artifacts, pipeline: str
    ) -> Build:
        """What CodePipeline does. The project's source and artifacts must be of its type."""
        body = {"projectName": project, "environmentVariablesOverride": variables}
        with self._lock:
            return self._started(account, body, f"codepipeline/{pipeline}", artifacts)

    def stop(self, account: str, build_id: str) -> dict[str, Any]:
        """A build that has ended stays as it is."""
        build = self._get(account, build_id)
        if build is None:
            raise refusal(400, codebuild_projects.NOT_FOUND, f"Build {build_id} does not exist")
        build.asked = STOPPED
        build.over.wait(STOP_SECONDS)
        return {"build": described(build)}

    def several(self, account: str, ids: list[str]) -> dict[str, Any]:
        found = {build_id: self._get(account, build_id) for build_id in ids}
        return {
            "builds": [described(build) for build in found.values() if build is not None],
            "buildsNotFound": [build_id for build_id, build in found.items() if build is None],
        }

    def list(self, account: str, body: dict[str, Any], project: str | None = None) -> dict[str, Any]:
        """The ids, the newest first unless they are wanted the other way round."""
        name = self._projects.get(account, project)["name"] if project is not None else None
        builds = [one for one in list(self._builds.values()) if one.account == account]
        ids = [build.id for build in builds if name in (None, build.project_name)]
        return page("ids", ids if body.get("sortOrder") == "ASCENDING" else ids[::-1], body)

    def _get(self, account: str, build_id: str) -> Build | None:
        if ":" not in build_id:
            raise invalid("Invalid build ID provided")
        return self._builds.get((account, build_id.rpartition(":build/")[2]))

    def _started(self, account: str, body: dict[str, Any], by: str, artifacts: Artifacts | None) -> Build:
        project = _overridden(self._projects.get(account, body["projectName"]), body)
        codebuild_projects.check(project)
        if (project["source"]["type"] == CODEPIPELINE) != (artifacts is not None):
            raise invalid(
                f"The project {project['name']} has a source of type {project['source']['type']}: those of type "
                "CODEPIPELINE, and no others, are built by a pipeline."
            )
        self._check_limit(project)
        number = self._numbers[project["arn"]] = self._numbers.get(project["arn"], 0) + 1
        build = Build(account, project, number, by, self._engine.clock.now())
        build.source_version = body.get("sourceVersion") or project.get("sourceVersion") or None
        if artifacts is not None:
            build.source, build.destination = artifacts.source, artifacts.destination
            build.source_version, build.resolved_version = artifacts.source.arn, artifacts.revision
        self._builds[account, build.id] = build
        run = self._runs[build.id] = Run(self._engine, build)
        threading.Thread(target=self._run, args=(run,), name=f"codebuild {build.id}", daemon=True).start()
        return build

    def _check_limit(self, project: dict[str, Any]) -> None:
        limit = project.get(codebuild_projects.LIMIT)
        of_the_project = [run.build for run in list(self._runs.values()) if run.build.project["arn"] == project["arn"]]
        running = [build for build in of_the_project if build.status == IN_PROGRESS]
        if limit is not None and len(running) >= limit:
            message = f"Cannot have more than {limit} active builds for the project {project['name']}"
            raise refusal(400, "AccountLimitExceededException", message)

    def _run(self, run: Run) -> None:
        try:
            run.run()
        finally:
            self._runs.pop(run.build.id, None)

    def _end(self) -> None:
        for run in list(self._runs.values()):
            run.abandon()


def described(build: Build) -> dict[str, Any]:
    project = build.project
    status = build.status
    shown: dict[str, Any] = {
        "id": build.id,
        "arn": build.arn,
        "buildNumber": build.number,
        "startTime": build.started.timestamp(),
        "currentPhase": build.phases[-1].kind if build.phases else "SUBMITTED",
        "buildStatus": status,
        "projectName": build.project_name,
        "phases": [_phase(phase) for phase in list(build.phases)],
        "source": project["source"],
        "artifacts": {"location": "", **build.artifact},
        "cache": project["cache"],
        "environment": project["environment"],
        "serviceRole": project["serviceRole"],
        "logs": _logs(build),
        "timeoutInMinutes": build.timeout_minutes,
        "queuedTimeoutInMinutes": project["queuedTimeoutInMinutes"],
        "buildComplete": status != IN_PROGRESS,
        "initiator": build.initiator,
        "encryptionKey": project["encryptionKey"],
        "exportedEnvironmentVariables": [{"name": name, "value": value} for name, value in build.exported.items()],
    }
    optional = {
        "endTime": build.ended and build.ended.timestamp(),
        "sourceVersion": build.source_version,
        "resolvedSourceVersion": build.resolved_version,
    }
    return {**shown, **{name: value for name, value in optional.items() if value}}


def _phase(phase: Phase) -> dict[str, Any]:
    begun = {"phaseType": phase.kind, "startTime": phase.started.timestamp()}
    if phase.kind == COMPLETED or phase.ended is None:
        return begun
    return {
        **begun,
        "phaseStatus": phase.status,
        "endTime": phase.ended.timestamp(),
        "durationInSeconds": phase.seconds,
        "contexts": [{"statusCode": phase.code, "message": phase.message}],
    }


def _logs(build: Build) -> dict[str, Any]:
    if build.log is None:
        return {"cloudWatchLogs": {"status": "DISABLED"}}
    group, stream = build.log
    arn = f"arn:aws:logs:{REGION}:{build.account}:log-group:{group}:log-stream:{stream}"
    return {
        "groupName": group,
        "streamName": stream,
        "cloudWatchLogsArn": arn,
        "cloudWatchLogs": {"status": "ENABLED"},
        "s3Logs": {"status": "DISABLED"},
    }


def _overridden(project: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """The project as this build has it; a variable of the call replaces the project's of that name."""
    project = copy.deepcopy(project)
    for member, value in body.items():
        if member in OVERRIDES:
            *parents, last = OVERRIDES[member]
            (project[parents[0]] if parents else project)[last] = value
        elif member not in APART and value:
            raise NotImplementedError(f"the engine starts no build with {member}")
    given = body.get("environmentVariablesOverride") or []
    declared = project["environment"].get("environmentVariables") or []
    merged = {one["name"]: one for one in (*declared, *given)}
    project["environment"]["environmentVariables"] = list(merged.values())
    if project["source"]["type"] == S3 and "/" not in (project["source"].get("location") or ""):
        raise invalid("The location of a source in S3 is <bucket>/<key>.")
    return project
