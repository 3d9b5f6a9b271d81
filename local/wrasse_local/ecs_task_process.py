"""The process of one ECS task, its log, and the task's description while it runs and after.

AWS: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
Logs go to the group of the `awslogs` options, stream `prefix/container/task id`:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
A process ended by a signal has exit code 128 plus its number, as in a container.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from pathlib import Path
from typing import Any

from moto.core.utils import unix_time
from moto.logs.models import logs_backends

from .engine import REGION, Engine
from .processes import Child

LOG_SECONDS = 0.1
STOP_GRACE_SECONDS = 2.0
LOG = logging.getLogger(__name__)


class KilledTasks:
    """Families whose next task is to be killed as it starts; None stands for any."""

    def __init__(self) -> None:
        self._armed: list[str | None] = []
        self._lock = threading.Lock()

    def arm(self, family: str | None) -> None:
        with self._lock:
            self._armed.append(family)

    def claim(self, family: str) -> bool:
        with self._lock:
            match = next((armed for armed in self._armed if armed in (None, family)), ...)
            if match is ...:
                return False
            self._armed.remove(match)
            return True


class TaskProcess:
    def __init__(self, engine: Engine, task: Any, definition: Any, binary: Path | None) -> None:
        self.engine = engine
        self.task = task
        self._definition = definition
        self._container = definition.container_definitions[0]
        self._binary = binary
        self._override = _override(task.overrides, self._container["name"])
        self._child: Child | None = None
        self._stop_reason: str | None = None
        self._output = engine.folder("logs", "ecs") / f"{task.id}.log"
        self._output_read = 0
        self._ended = threading.Event()
        self._describe("PROVISIONING")
        task.created_at = _now(engine)
        task.cpu, task.memory = definition.cpu, definition.memory

    def start(self, kill: bool = False) -> None:
        problem = self._problem()
        if problem is not None:
            self._stopped("TaskFailedToStart", problem, None)
            return
        assert self._binary is not None
        command = self._override.get("command") or self._container.get("command") or []
        try:
            self._child = self.engine.children.spawn(
                [self._binary, *command],
                name=f"ecs {self._definition.family}",
                env=self._environment(),
                cwd=self.engine.folder("ecs", self.task.id),
                stdout=self._output,
            )
        except OSError as error:
            self._stopped("TaskFailedToStart", f"CannotStartContainerError: {error}", None)
            return
        self._describe("RUNNING")
        self.task.started_at = _now(self.engine)
        if kill:
            self.kill()
        threading.Thread(target=self._watch, args=(self._child,), name="ecs-task", daemon=True).start()

    def running_in(self, family: str | None) -> bool:
        return self.task.status == "RUNNING" and family in (None, self._definition.family)

    def kill(self) -> None:
        if self._child is not None:
            self._child.signal(signal.SIGKILL)

    def stop(self, reason: str) -> None:
        """Ends the process; the task is STOPPED when this returns."""
        if self.task.status == "STOPPED":
            return
        self._stop_reason = reason
        self.task.desired_status = "STOPPED"
        if self._child is not None:
            self._child.terminate(STOP_GRACE_SECONDS)
            self._ended.wait()

    def _watch(self, child: Child) -> None:
        try:
            while child.wait(LOG_SECONDS) is None:
                self._forward_log()
            self._forward_log(last=True)
        except Exception:
            # Its group may have been deleted. A task outlives its log, as on AWS, and ends all the same.
            LOG.exception("the log of task %s is not forwarded any more", self.task.id)
        finally:
            self._end(child.wait() or 0)

    def _end(self, code: int) -> None:
        exit_code = code if code >= 0 else 128 - code
        if self._stop_reason is not None:
            self._stopped("UserInitiated", self._stop_reason, exit_code)
        else:
            self._stopped("EssentialContainerExited", "Essential container in task exited", exit_code)

    def _problem(self) -> str | None:
        if self._binary is None:
            image = self._container["image"]
            return f"CannotPullContainerError: no binary stands for image {image}; start the engine with --image"
        if self._container.get("secrets"):
            return "ResourceInitializationError: the engine puts no secrets into a container's environment"
        group = self._log_options().get("awslogs-group")
        logs = logs_backends[self.engine.account][REGION]
        if group and self._log_options().get("awslogs-create-group") == "true":
            logs.ensure_log_group(group)
        if group and group not in logs.groups:
            return f"ResourceInitializationError: failed to validate logger args: the log group {group} does not exist"
        return None

    def _environment(self) -> dict[str, str]:
        declared = [*(self._container.get("environment") or []), *(self._override.get("environment") or [])]
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            **self.engine.environment(),
            "RDS_CA_BUNDLE": str(self.engine.state / "rds" / "ca.pem"),
            **{entry["name"]: entry["value"] for entry in declared},
        }

    def _log_options(self) -> dict[str, str]:
        configuration = self._container.get("logConfiguration") or {}
        options: dict[str, str] = configuration.get("options") or {}
        return options if configuration.get("logDriver") == "awslogs" else {}

    def _forward_log(self, last: bool = False) -> None:
        options = self._log_options()
        if not options or not self._output.exists():
            return
        with self._output.open("rb") as file:
            file.seek(self._output_read)
            output = file.read()
        if not last:
            output = output[: output.rfind(b"\n") + 1]
        if not output:
            return
        self._output_read += len(output)
        stream = f"{options.get('awslogs-stream-prefix', 'ecs')}/{self._container['name']}/{self.task.id}"
        backend, group = logs_backends[self.engine.account][REGION], options["awslogs-group"]
        if stream not in backend.groups[group].streams:
            backend.create_log_stream(group, stream)
        now = int(time.time() * 1000)
        lines = output.decode(errors="replace").splitlines()
        backend.put_log_events(group, stream, [{"timestamp": now, "message": line} for line in lines if line])

    def _stopped(self, code: str, reason: str, exit_code: int | None) -> None:
        self.task.stop_code, self.task.stopped_reason = code, reason
        self.task.stopped_at = _now(self.engine)
        self.task.desired_status = "STOPPED"
        self._describe("STOPPED", exit_code)
        self._ended.set()

    def _describe(self, status: str, exit_code: int | None = None) -> None:
        container = self.task.containers[0]
        container.name, container.image = self._container["name"], self._container["image"]
        container.task_arn = self.task.task_arn
        container.container_arn = self.task.task_arn.replace(":task/", ":container/") + "/1"
        container.last_status, container.exitCode = status, exit_code
        self.task.status = status


def _override(overrides: dict[str, Any] | None, name: str) -> dict[str, Any]:
    declared = (overrides or {}).get("containerOverrides") or []
    return next((override for override in declared if override.get("name") == name), {})


def _now(engine: Engine) -> float:
    return float(unix_time(engine.clock.now().replace(tzinfo=None)))
