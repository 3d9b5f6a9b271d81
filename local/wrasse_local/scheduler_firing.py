"""EventBridge Scheduler: a schedule fires when it is told to, by name, and never by itself.

AWS fires by time: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
A target without `Input` gets a default notification; context attributes (`<aws.scheduler.schedule-arn>`) are replaced:
https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
Stock moto keeps schedules and does nothing with them. Targets here: a Lambda function (asynchronously) and a Step
Functions state machine, in the schedule's account. A name that two accounts have needs `account` beside it.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from moto.scheduler.models import scheduler_backends

from .engine import REGION, ControlError, Engine


def install(engine: Engine) -> None:
    engine.control["POST", "/schedules/fire"] = lambda body: fire(engine, body.get("name"), body.get("account"))


def fire(engine: Engine, name: str | None, account: str | None = None) -> dict[str, Any]:
    """Delivers one event of the schedule to its target. Without an account, the name says which schedule is meant."""
    owner, schedule = _named(name, account)
    engine = engine.of(owner)
    if schedule.state != "ENABLED":
        raise ControlError(409, f"schedule {name!r} is {schedule.state}: AWS would not fire it; enable it first")
    target = schedule.target["Arn"]
    service = target.split(":")[2]
    event = _event(engine, schedule)
    if service == "states":
        started = engine.client("stepfunctions").start_execution(
            stateMachineArn=target, name=str(uuid.uuid4()), input=event
        )
        return {"executions": [started["executionArn"]]}
    if service == "lambda":
        answer = engine.client("lambda").invoke(FunctionName=target, InvocationType="Event", Payload=event)
        return {"invocations": [{"function": target, "request_id": answer["ResponseMetadata"]["RequestId"]}]}
    raise ControlError(501, f"the engine fires schedules at Lambda functions and state machines, not at {target}")


def _named(name: str | None, account: str | None) -> tuple[str, Any]:
    schedules = [
        (owner, schedule)
        for owner, regions in list(scheduler_backends.items())
        for group in regions[REGION].schedule_groups.values()
        for schedule in group.schedules.values()
        if account in (None, owner)
    ]
    found = [entry for entry in schedules if entry[1].name == name]
    if len(found) != 1:
        known = ", ".join(sorted(f"{schedule.name} ({owner})" for owner, schedule in schedules)) or "none"
        raise ControlError(404, f"there is no one schedule named {name!r}; there are: {known}")
    return found[0]


def _event(engine: Engine, schedule: Any) -> str:
    now = engine.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    execution_id = str(uuid.uuid4())
    text = schedule.target.get("Input")
    if text is None:
        return json.dumps(
            {
                "version": "0",
                "id": execution_id,
                "detail-type": "Scheduled Event",
                "source": "aws.scheduler",
                "account": engine.account,
                "time": now,
                "region": REGION,
                "resources": [schedule.arn],
                "detail": "{}",
            }
        )
    attributes = {
        "schedule-arn": schedule.arn,
        "scheduled-time": now,
        "execution-id": execution_id,
        "attempt-number": "1",
    }
    for key, value in attributes.items():
        text = text.replace(f"<aws.scheduler.{key}>", value)
    return str(text)
