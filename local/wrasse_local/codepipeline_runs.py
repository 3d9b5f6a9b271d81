"""How an execution goes through its pipeline: stage after stage, in a stage the actions of one run order at once.

AWS: a stage is locked by the execution in it; the next one waits in front of it, where a newer one supersedes it; a
failure releases the lock: https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
In QUEUED mode none is superseded. An update of the structure cancels what is under way:
https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineExecution.html
Stock moto's executions have succeeded when they are started. Here everything happens under one lock, in the thread that
brings it about; what takes time is done by the providers, in threads of theirs.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from . import codepipeline_artifacts, codepipeline_variables
from .codepipeline_events import RESUMED, STARTED, Events, word
from .codepipeline_records import (
    ABANDONED,
    CANCELLED,
    FAILED,
    IN_PROGRESS,
    QUEUED,
    STOPPED,
    STOPPING,
    SUCCEEDED,
    SUPERSEDED,
    ActionRun,
    Execution,
    Pipeline,
    Result,
)
from .codepipeline_timers import Timers
from .engine import Engine

UNDER_WAY = (IN_PROGRESS, STOPPING)
TIMED_OUT = "ActionTimedOut"
CONFIGURATION_ERROR = "ConfigurationError"

Provider = Callable[[ActionRun], None]


class Runs:
    """`providers` begin an action, by category, owner and provider; they answer by `finish`, at once or later.

    All methods are called with `lock` held.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.lock = threading.RLock()
        self.timers = Timers(engine, self.lock)
        self.events = Events(engine)
        self.providers: dict[tuple[str, str, str], Provider] = {}
        self.limits: dict[tuple[str, str, str], timedelta] = {}

    def start(self, pipeline: Pipeline, variables: dict[str, str], revisions: dict[str, str], by: str) -> Execution:
        now = self.engine.clock.now()
        declared = copy.deepcopy(pipeline.declared)
        number = len(pipeline.executions)
        execution = Execution(pipeline, number, declared, now, now, variables, revisions, by)
        execution.namespaces = {
            codepipeline_variables.CODEPIPELINE: {"PipelineExecutionId": execution.id},
            codepipeline_variables.PIPELINE_VARIABLES: variables,
        }
        pipeline.executions[execution.id] = execution
        self.events.of_pipeline(execution, STARTED)
        self._arrive(execution, execution.stages()[0])
        return execution

    def resume(self, execution: Execution, stage: str, failed: list[ActionRun]) -> None:
        """Goes on in a stage with the actions that failed there; with none of them, from the stage's beginning."""
        execution.attempt += 1
        self._set(execution, IN_PROGRESS, RESUMED)
        self._set_stage(execution, stage, IN_PROGRESS, RESUMED)
        execution.pipeline.door(stage).running = execution
        if failed:
            self._begin(execution, stage, [action.declared for action in failed])
        else:
            execution.current[stage].clear()
            self._go_on(execution, stage)

    def open(self, pipeline: Pipeline, stage: str) -> None:
        """Lets in the execution that waits in front of the stage, if the door is open and nobody is inside."""
        door = pipeline.door(stage)
        if door.running is not None or not door.enabled or not door.waiting:
            return
        execution = door.waiting.pop(0)
        door.running = door.latest = execution
        self._set_stage(execution, stage, IN_PROGRESS, STARTED)
        self._go_on(execution, stage)

    def finish(self, action: ActionRun, result: Result) -> None:
        """Ends an action, unless it was ended meanwhile (stopped, cancelled, timed out)."""
        if action.status != IN_PROGRESS:
            return
        execution = action.execution
        action.result = result
        if result.error_code is None:
            action.outputs = [replace(output, revision=result.revision) for output in action.outputs]
            execution.artifacts.update({output.name: output for output in action.outputs})
            if "namespace" in action.declared:
                execution.namespaces[action.declared["namespace"]] = dict(result.variables)
        self._set_action(action, FAILED if result.error_code else SUCCEEDED)
        self._go_on(execution, action.stage)

    def stop(self, execution: Execution, abandon: bool) -> None:
        """Ends an execution once its actions in progress have ended, or, when they are abandoned, at once."""
        inside = self._stage_of(execution)
        if execution.status == IN_PROGRESS:
            self._set(execution, STOPPING)
            if inside is not None:
                self._set_stage(execution, inside, STOPPING)
        if abandon:
            self._abandon(execution, ABANDONED)
        if inside is None:
            self._leave_queues(execution)
            self._set(execution, STOPPED)
        elif not _in_progress(execution, inside):
            self._end(execution, inside, STOPPED)

    def cancel(self, pipeline: Pipeline) -> None:
        """Ends all that is under way, because the pipeline is another one now, or gone."""
        for execution in [one for one in pipeline.executions.values() if one.status in UNDER_WAY]:
            self._abandon(execution, "CANCELED")
            inside = self._stage_of(execution)
            if inside is not None:
                self._set_stage(execution, inside, CANCELLED)
            self._set(execution, CANCELLED)
        for door in pipeline.doors.values():
            door.running = None
            door.waiting.clear()

    def _arrive(self, execution: Execution, stage: str) -> None:
        door = execution.pipeline.door(stage)
        door.waiting.append(execution)
        if execution.declared.get("executionMode") != QUEUED:
            *older, newest = sorted(door.waiting, key=lambda one: one.number)
            door.waiting = [newest]
            for one in older:
                self._set(one, SUPERSEDED)
        self.open(execution.pipeline, stage)

    def _go_on(self, execution: Execution, stage: str) -> None:
        """Begins what is next in the stage, once nothing is in progress there."""
        if _in_progress(execution, stage):
            return
        current = execution.current.setdefault(stage, {})
        waiting = [declared for declared in execution.actions_of(stage) if declared["name"] not in current]
        if execution.status == STOPPING:
            self._end(execution, stage, STOPPED)
        elif any(action.status == FAILED for action in current.values()):
            self._end(execution, stage, FAILED)
        elif waiting:
            order = min(declared["runOrder"] for declared in waiting)
            self._begin(execution, stage, [declared for declared in waiting if declared["runOrder"] == order])
        else:
            self._leave(execution, stage)

    def _begin(self, execution: Execution, stage: str, group: list[dict[str, Any]]) -> None:
        now = self.engine.clock.now()
        begun = [ActionRun(execution, stage, declared, now, now) for declared in group]
        execution.actions.extend(begun)
        execution.current[stage].update({action.name: action for action in begun})
        execution.pipeline.door(stage).last.update({action.name: action for action in begun})
        for action in begun:
            self.events.of_action(action, STARTED)
            limit = action.declared.get("timeoutInMinutes")
            allowed = timedelta(minutes=limit) if limit else self.limits[action.kind]
            self.timers.at(now + allowed, partial(self._time_out, action, allowed))
        for action in begun:
            try:
                configuration = action.declared["configuration"]
                action.resolved = codepipeline_variables.resolved(configuration, execution.namespaces)
                codepipeline_artifacts.assign(action)
                self.providers[action.kind](action)
            except codepipeline_variables.Unresolved as unknown:
                message = f"The variable {unknown} in the configuration of the action {action.name} has no value."
                self.finish(action, Result(error_code=CONFIGURATION_ERROR, message=message))

    def _time_out(self, action: ActionRun, allowed: timedelta) -> None:
        message = f"The action {action.name} did not end within {allowed}."
        self.finish(action, Result(error_code=TIMED_OUT, message=message))

    def _leave(self, execution: Execution, stage: str) -> None:
        self._set_stage(execution, stage, SUCCEEDED)
        execution.pipeline.door(stage).running = None
        stages = execution.stages()
        following = stages[stages.index(stage) + 1 :]
        if following:
            self._arrive(execution, following[0])
        else:
            self._set(execution, SUCCEEDED)
        self.open(execution.pipeline, stage)

    def _end(self, execution: Execution, stage: str, status: str) -> None:
        self._set_stage(execution, stage, status)
        self._set(execution, status)
        execution.pipeline.door(stage).running = None
        self.open(execution.pipeline, stage)

    def _abandon(self, execution: Execution, state: str) -> None:
        for action in execution.actions:
            if action.status == IN_PROGRESS:
                self._set_action(action, ABANDONED, state)

    def _stage_of(self, execution: Execution) -> str | None:
        doors = execution.pipeline.doors.items()
        return next((name for name, door in doors if door.running is execution), None)

    def _leave_queues(self, execution: Execution) -> None:
        for door in execution.pipeline.doors.values():
            if execution in door.waiting:
                door.waiting.remove(execution)

    def _set(self, execution: Execution, status: str, state: str | None = None) -> None:
        execution.status, execution.changed = status, self.engine.clock.now()
        self.events.of_pipeline(execution, state or word(status))

    def _set_stage(self, execution: Execution, stage: str, status: str, state: str | None = None) -> None:
        execution.stage_status[stage] = status
        execution.changed = self.engine.clock.now()
        self.events.of_stage(execution, stage, state or word(status))

    def _set_action(self, action: ActionRun, status: str, state: str | None = None) -> None:
        action.status = status
        action.changed = action.execution.changed = self.engine.clock.now()
        self.events.of_action(action, state or word(status))


def _in_progress(execution: Execution, stage: str) -> bool:
    return any(action.status == IN_PROGRESS for action in execution.current.get(stage, {}).values())
