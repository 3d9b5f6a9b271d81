"""State machine executions: names, times, abortion, and the trace of states that the engine keeps of each.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
- StartExecution with a used name answers the same while that execution runs with the same input, else
  ExecutionAlreadyExists; without a name it makes one up. Stock moto takes every missing name for the same one.
- `$$.Execution.StartTime` and all timestamps are AWS's time, here the engine's clock; the context object's is
  ISO 8601 with milliseconds and `Z`, where stock moto puts a Python datetime.
- StopExecution aborts at once and keeps its error and cause. Stock moto stays RUNNING until the current task ends,
  fails when that task fails, and drops both.
- The output is JSON, also where it is a string or null, and an execution that timed out has a stop date.
- `TimeoutSeconds` of the machine counts AWS's time, so skipped waits count (see `asl_waits`).

The trace is the engine's own: `/executions/trace` gives the states in the order in which they were entered.
"""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.core.responses import ActionResult
from moto.stepfunctions.parser import models
from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.asl.component.program.program import Program
from moto.stepfunctions.parser.asl.component.state.state import CommonStateField
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.evaluation_details import ExecutionDetails
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped, ProgramTimedOut
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.responses import StepFunctionResponse

from .engine import ControlError, Engine


@dataclass
class Visit:
    """A state, entered once; times are real, waits are the seconds that AWS would have waited."""

    state: str
    entered: datetime
    left: datetime | None = None
    waits: list[tuple[str, float]] = field(default_factory=list)


@dataclass
class Run:
    """What the engine keeps of an execution. `deadline` is in the engine's clock."""

    visits: list[Visit] = field(default_factory=list)
    deadline: datetime | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def record_wait(self, state: str, kind: str, seconds: float) -> None:
        with self.lock:
            visit = next(visit for visit in reversed(self.visits) if visit.state == state)
            visit.waits.append((kind, seconds))


_runs: dict[str, Run] = {}


def run_of(env: Any) -> Run:
    """The run that an interpreter's environment belongs to."""
    arn = env.states.context_object.context_object_data["Execution"]["Id"]
    return _runs.setdefault(arn, Run())


def install(engine: Engine) -> None:
    _install_start(engine)
    _install_stop(engine)
    _install_times(engine)
    _install_trace(engine)


def _install_start(engine: Engine) -> None:
    start = models.StepFunctionsParserBackend.start_execution

    def start_execution(
        self: Any, state_machine_arn: str, name: str | None = None, execution_input: str | None = None, **more: Any
    ) -> Any:
        name = name or str(uuid.uuid4())
        self._validate_name(name)
        execution = start(self, state_machine_arn, name, execution_input, **more)
        _runs.setdefault(execution.exec_arn, Run())
        return execution

    models.StepFunctionsParserBackend.start_execution = start_execution


def _install_stop(engine: Engine) -> None:
    def stop_execution(response: Any) -> Any:
        arn, backend = response._get_param("executionArn"), response.stepfunction_backend
        execution = backend.describe_execution(arn)
        if execution.status != ExecutionStatus.RUNNING:
            return ActionResult({"stopDate": execution.stop_date})
        error, cause = response._get_param("error"), response._get_param("cause")
        execution.stop_date = engine.clock.now()
        execution.error, execution.cause = error, cause
        execution.exec_status = ExecutionStatus.ABORTED
        execution.exec_worker.stop(stop_date=execution.stop_date, error=error, cause=cause)
        return ActionResult({"stopDate": execution.stop_date})

    StepFunctionResponse.stop_execution = stop_execution
    set_error = Environment.set_error

    def set_error_unless_over(env: Any, error: Any) -> None:
        if not isinstance(env._program_state, ProgramStopped | ProgramTimedOut):
            set_error(env, error)

    Environment.set_error = set_error_unless_over
    reflect = BaseExecutionWorkerCommunication._reflect_execution_status

    def reflect_status(communication: Any) -> None:
        stopped_at = communication.execution.stop_date
        reflect(communication)
        communication.execution.stop_date = stopped_at or engine.clock.now()
        if communication.execution.exec_status == ExecutionStatus.SUCCEEDED:
            # Stock moto answers a string without its quotes, and no output for null.
            communication.execution.output = to_json_str(communication.execution.output, separators=(",", ":"))

    BaseExecutionWorkerCommunication._reflect_execution_status = reflect_status


def _install_times(engine: Engine) -> None:
    def start_details(execution: Any) -> Any:
        execution.start_date = engine.clock.now()
        return ExecutionDetails(
            arn=execution.exec_arn,
            name=execution.name,
            role_arn=execution.role_arn,
            inpt=execution.input_data,
            start_time=_rfc3339(execution.start_date),
        )

    Execution.get_start_execution_details = start_details
    EventManager._get_current_timestamp = staticmethod(engine.clock.now)
    evaluate = Program.eval

    def evaluate_with_deadline(program: Any, env: Any) -> None:
        if program.timeout_seconds and not env.is_frame():
            run_of(env).deadline = engine.clock.now() + timedelta(seconds=program.timeout_seconds.timeout_seconds)
        evaluate(program, env)

    Program.eval = evaluate_with_deadline
    describe = StepFunctionResponse.describe_execution

    def describe_execution(response: Any) -> Any:
        answer = describe(response)
        execution = response.stepfunction_backend.describe_execution(response._get_param("executionArn"))
        stopped = {"stopDate": execution.stop_date} if execution.stop_date else {}
        return ActionResult({**answer.result, **stopped})

    StepFunctionResponse.describe_execution = describe_execution


def _install_trace(engine: Engine) -> None:
    evaluate = CommonStateField._eval_body

    def traced(state: Any, env: Any) -> None:
        run = run_of(env)
        visit = Visit(state.name, datetime.now(UTC))
        with run.lock:
            run.visits.append(visit)
        try:
            evaluate(state, env)
        finally:
            visit.left = datetime.now(UTC)

    CommonStateField._eval_body = traced
    engine.control["POST", "/executions/trace"] = lambda body: [_shown(visit) for visit in _asked_run(body).visits]
    engine.control["POST", "/executions/waits"] = lambda body: [
        {"state": visit.state, "kind": kind, "seconds": seconds}
        for visit in _asked_run(body).visits
        for kind, seconds in visit.waits
    ]


def _asked_run(body: dict[str, Any]) -> Run:
    arn = body.get("arn")
    if arn not in _runs:
        raise ControlError(404, f"no execution {arn!r} was started here; `arn` is an execution's ARN")
    return _runs[str(arn)]


def _shown(visit: Visit) -> dict[str, Any]:
    until = visit.left or datetime.now(UTC)
    return {
        "state": visit.state,
        "entered": _rfc3339(visit.entered),
        "left": _rfc3339(visit.left) if visit.left else None,
        "seconds": round((until - visit.entered).total_seconds(), 3),
        "waits": [seconds for _, seconds in list(visit.waits)],
    }


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
