"""State and phase changes of builds as events on EventBridge's default bus.

AWS: https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications-ref.html
Stock moto has none. Here a build hands them over itself, in their order, before it goes on.
"""

from __future__ import annotations

import logging
import uuid
from datetime import datetime
from typing import Any

from . import eventbridge_targets
from .codebuild_records import COMPLETED, IN_PROGRESS, Build, Phase
from .engine import REGION, Engine

# What CodeBuild gives no context to; the others have an empty one where nothing is wrong.
WITHOUT_CONTEXT = ("SUBMITTED", "QUEUED")
LOG = logging.getLogger(__name__)


def state_changed(engine: Engine, build: Build) -> None:
    last = build.phases[-1] if build.phases else None
    detail = {
        "build-status": build.status,
        "current-phase": COMPLETED if build.status != IN_PROGRESS else "SUBMITTED",
        "current-phase-context": f"[{', '.join(_contexts(last))}]",
    }
    _emit(engine, build, "State", detail)


def phase_changed(engine: Engine, build: Build, phase: Phase) -> None:
    assert phase.ended is not None
    detail = {
        "completed-phase": phase.kind,
        "completed-phase-status": phase.status,
        "completed-phase-context": f"[{', '.join(_contexts(phase))}]",
        "completed-phase-duration-seconds": float(phase.seconds),
        "completed-phase-start": _time(phase.started),
        "completed-phase-end": _time(phase.ended),
    }
    _emit(engine, build, "Phase", detail)


def _emit(engine: Engine, build: Build, level: str, detail: dict[str, Any]) -> None:
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": f"CodeBuild Build {level} Change",
        "source": "aws.codebuild",
        "account": build.account,
        "time": engine.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [build.arn],
        "detail": {
            "project-name": build.project_name,
            "build-id": build.arn,
            "additional-information": _information(build),
            "version": "1",
            **detail,
        },
    }
    try:
        eventbridge_targets.emit(event)
    except Exception:
        LOG.exception("an event of build %s", build.id)


def _information(build: Build) -> dict[str, Any]:
    environment, source = build.project["environment"], build.project["source"]
    location = build.artifact.get("location") or (build.destination.arn if build.destination else "")
    sums = {name: build.artifact[name] for name in ("md5sum", "sha256sum") if name in build.artifact}
    link = "https://console.aws.amazon.com/cloudwatch/home?region=%s#logEvent:group=%s;stream=%s"
    group, stream = build.log or ("null", "null")
    logs = {"deep-link": link % (REGION, group, stream)}
    information: dict[str, Any] = {
        "artifact": {**sums, "location": location},
        "build-complete": build.status != IN_PROGRESS,
        "build-number": float(build.number),
        "build-start-time": _time(build.started),
        "cache": {"type": "NO_CACHE"},
        "environment": {
            "compute-type": environment["computeType"],
            "environment-variables": [
                {"type": one.get("type", "PLAINTEXT"), "name": one["name"], "value": one["value"]}
                for one in environment.get("environmentVariables") or []
            ],
            "image": environment["image"],
            "image-pull-credentials-type": environment.get("imagePullCredentialsType", "CODEBUILD"),
            "privileged-mode": bool(environment.get("privilegedMode")),
            "type": environment["type"],
        },
        "initiator": build.initiator,
        "logs": {**({"group-name": group, "stream-name": stream} if build.log else {}), **logs},
        "phases": [_phase(phase) for phase in build.phases],
        "queued-timeout-in-minutes": float(build.project["queuedTimeoutInMinutes"]),
        "source": {name: source[name] for name in ("buildspec", "location", "type") if name in source},
        "timeout-in-minutes": float(build.timeout_minutes),
    }
    return {**information, **({"source-version": build.source_version} if build.source_version else {})}


def _phase(phase: Phase) -> dict[str, Any]:
    begun = {"start-time": _time(phase.started), "phase-type": phase.kind}
    if phase.ended is None:
        return begun
    return {
        **begun,
        "phase-context": _contexts(phase),
        "end-time": _time(phase.ended),
        "duration-in-seconds": float(phase.seconds),
        "phase-status": phase.status,
    }


def _contexts(phase: Phase | None) -> list[str]:
    if phase is None or phase.kind in WITHOUT_CONTEXT:
        return []
    return [f"{phase.code}: {phase.message}"]


def _time(time: datetime) -> str:
    """As in `Sep 1, 2017 4:12:29 PM`."""
    return f"{time:%b} {time.day}, {time.year} {time.hour % 12 or 12}:{time:%M:%S} {time:%p}"
