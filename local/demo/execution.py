"""Fires a schedule and follows the execution that it starts, state by state."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import Any

from demo.context import Context, DemoFailed

POLL_SECONDS = 0.2
RUNNING = "RUNNING"


def fire(context: Context, schedule: str) -> str:
    """Lets the schedule's time come, and answers the ARN of the execution it started."""
    started: list[str] = context.control("/schedules/fire", {"name": schedule})["executions"]
    if len(started) != 1:
        raise DemoFailed(f"the schedule {schedule} started {len(started)} executions instead of one")
    return started[0]


def follow(context: Context, execution: str) -> list[dict[str, Any]]:
    """Says each state as it is entered, until the execution ends. Answers names, real seconds and waits asked for."""
    states = context.client("stepfunctions")
    width = max(map(len, state_names(states, execution)))
    entered = left = 0
    while True:
        status = states.describe_execution(executionArn=execution)["status"]
        trace: list[dict[str, Any]] = context.control("/executions/trace", {"arn": execution})
        for number, state in enumerate(trace):
            if number == entered:
                context.output.entered(state["state"], width)
                entered += 1
            if number == left and state["left"] is not None:
                context.output.left(f"{state['seconds']:6.2f} s", waits_in_words(state["waits"]))
                left += 1
        if status != RUNNING and left == len(trace):
            return [{"name": s["state"], "seconds": s["seconds"], "waits": s["waits"]} for s in trace]
        time.sleep(POLL_SECONDS)


def state_names(states: Any, execution: str) -> list[str]:
    """The names of all states of the execution's state machine."""
    definition = states.describe_state_machine_for_execution(executionArn=execution)["definition"]
    return list(json.loads(definition)["States"])


def waits_in_words(waits: list[float]) -> str:
    """`[60, 60, 60, 5]` -> `   asked for waits of 3 x 60 s, 5 s`."""
    if not waits:
        return ""
    return "   asked for waits of " + ", ".join(
        f"{times} x {seconds:g} s" if times > 1 else f"{seconds:g} s" for seconds, times in Counter(waits).items()
    )


def status(context: Context, execution: str) -> str:
    """The execution's status, SUCCEEDED if all went well."""
    return str(context.client("stepfunctions").describe_execution(executionArn=execution)["status"])


def failure(context: Context, execution: str) -> str:
    """What an execution that did not succeed says of itself."""
    described = context.client("stepfunctions").describe_execution(executionArn=execution)
    return f"{described['status']}: {described.get('error', 'no error name')}: {described.get('cause', 'no cause')}"
