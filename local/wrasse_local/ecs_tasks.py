"""ECS tasks run: a task's image is a binary, its container a process, and its exit code is the container's.

AWS: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
Stopped reasons: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
Stock moto runs nothing: a task is RUNNING until it has been described often enough, its exit code always 0, and it
needs `memory` in every container, which Fargate does not. Here the process gets the container's and the override's
environment, the engine's endpoint and dummy keys, and `RDS_CA_BUNDLE`, which stands for the bundle in the image.
A task starts at once, where Fargate takes tens of seconds. One container per task.
"""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

from moto.ecs.exceptions import EcsClientException
from moto.ecs.models import EC2ContainerServiceBackend, Task

from .ecs_task_process import KilledTasks, TaskProcess
from .engine import Engine

TAG = re.compile(r"(:[^:/@]+)?(@sha256:[0-9a-f]+)?$")


def install(engine: Engine) -> None:
    processes: dict[str, TaskProcess] = {}
    killed = KilledTasks()
    backend = EC2ContainerServiceBackend
    make_task, stop_task = backend.run_task, backend.stop_task
    lock = threading.Lock()

    def run_task(self: Any, *args: Any, **kwargs: Any) -> list[Task]:
        tasks: list[Task] = make_task(self, *args, **kwargs)
        for task in tasks:
            definition = self.describe_task_definition(task.task_definition_arn)
            if len(definition.container_definitions) != 1:
                raise EcsClientException("the engine runs tasks of one container")
            container = definition.container_definitions[0]
            process = TaskProcess(engine.of(self.account_id), task, definition, binary(engine, container["image"]))
            with lock:
                processes[task.id] = process
            process.start(kill=killed.claim(definition.family))
        return tasks

    def stop(self: Any, cluster_str: str, task_str: str, reason: str) -> Task:
        with lock:
            process = processes.get(task_str.split("/")[-1])
        if process is None:
            stopped: Task = stop_task(self, cluster_str, task_str, reason)
            return stopped
        process.stop(reason)
        return process.task

    def kill(body: dict[str, Any]) -> object:
        family = body.get("family")
        with lock:
            running = [process for process in processes.values() if process.running_in(family)]
        for process in running:
            process.kill()
        if not running:
            killed.arm(family)
        return {"killed": [process.task.task_arn for process in running], "armed": not running}

    backend.run_task = run_task
    backend.stop_task = stop
    backend._calculate_task_resource_requirements = staticmethod(_requirements)
    Task.advance = lambda task: None
    Task.status = property(lambda task: task._status, lambda task, value: setattr(task, "_status", value))
    engine.control["POST", "/ecs/kill"] = kill


def binary(engine: Engine, image: str) -> Path | None:
    """The binary that stands for an image: by its full name, else by its repository with or without the registry."""
    words = TAG.sub("", image).split("/")
    names = [image, *("/".join(words[at:]) for at in range(len(words)))]
    return next((engine.images[name] for name in names if name in engine.images), None)


def _requirements(task_definition: Any) -> dict[str, Any]:
    """What a container instance would have to have; Fargate has none."""
    return {"CPU": 0, "MEMORY": 0, "PORTS": [], "PORTS_UDP": []}
