"""Waits of a state machine: `Wait` states and the intervals of `Retry` are recorded and scaled, not slept.

AWS really waits. https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
Stock moto sleeps in real time, through StopExecution where it retries. Here a wait of 60 seconds takes 60 of the
engine's clock: 60 times the time scale are slept, the rest is skipped. It ends when the execution is stopped, and
stands in `/executions/waits`. Where the machine's `TimeoutSeconds` ends first, the execution times out at that moment.
"""

from __future__ import annotations

import time
from typing import Any

from moto.stepfunctions.parser.asl.component.common.retry.max_attempts_decl import MaxAttemptsOutcome
from moto.stepfunctions.parser.asl.component.common.retry.retrier_decl import RetrierDecl
from moto.stepfunctions.parser.asl.component.common.retry.retrier_outcome import RetrierOutcome
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction

from .asl_execution import run_of
from .engine import Engine


def install(engine: Engine) -> None:
    RetrierDecl._eval_body = lambda retrier, env: _retry(engine, retrier, env)
    WaitFunction._wait_interval = lambda function, env, wait_seconds: wait(engine, env, "wait", wait_seconds)


def _retry(engine: Engine, retrier: Any, env: Any) -> None:
    """moto's own evaluation, with our wait."""
    retrier.error_equals.eval(env)
    if not env.stack.pop():
        env.stack.append(RetrierOutcome.Skipped)
        return
    retrier.max_attempts.eval(env=env)
    if env.stack.pop() == MaxAttemptsOutcome.EXHAUSTED:
        env.stack.append(RetrierOutcome.Failed)
        return
    for part in (retrier.interval_seconds, retrier.backoff_rate, retrier.max_delay_seconds, retrier.jitter_strategy):
        part.eval(env=env)
    wait(engine, env, "retry", env.stack.pop())
    env.stack.append(RetrierOutcome.Executed)


def wait(engine: Engine, env: Any, kind: str, seconds: float) -> None:
    """Waits so many of AWS's seconds in the state that `env` is in; `kind` is `wait` or `retry`."""
    run = run_of(env)
    left = (run.deadline - engine.clock.now()).total_seconds() if run.deadline else seconds
    seconds_waited = max(0.0, min(seconds, left))
    run.record_wait(env.states.context_object.context_object_data["State"]["Name"], kind, seconds)
    _sleep(env, engine.slept(seconds_waited))
    engine.skip(seconds_waited)
    if left < seconds:
        env.set_timed_out()


def _sleep(env: Any, seconds: float) -> None:
    until = time.monotonic() + seconds
    while env.is_running() and (left := until - time.monotonic()) > 0:
        env.program_state_event.wait(left)
