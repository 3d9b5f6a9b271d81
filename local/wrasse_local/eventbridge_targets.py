"""EventBridge rules hand events to Lambda functions, state machines, SQS queues and event buses.

AWS: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
A rule that is enabled gives every event that matches its pattern to each target, at least once; what a target cannot
take is tried again for up to 24 hours, then goes to its dead-letter queue, with the reason in attributes:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
Stock moto crashes at a function or state machine, gives a queue half of the event and a rule without a pattern every
event, and does not look at a rule's state. Here a delivery is tried once. Functions are invoked asynchronously, with
Lambda's own retries; a target gets the event, or its `Input`. Matching, and targets of other services, are moto's.
`POST /_engine/events/faults {"kind": "duplicate", "count": N}` makes the next N deliveries twice.
"""

from __future__ import annotations

import copy
import json
import logging
import uuid
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError
from moto.events.exceptions import ValidationException
from moto.events.models import Rule, events_backends

from . import eventbridge_buses
from .engine import Engine
from .put_faults import Faults, route

SERVICES = ("lambda", "sqs", "states")
DUPLICATE = "duplicate"
OF_MOTO_ALONE = ("ingestion-time",)
LOG = logging.getLogger(__name__)


def install(engine: Engine) -> None:
    faults = route(engine, "events", DUPLICATE)
    send, put = Rule.send_to_targets, Rule.put_targets

    def give(rule: Any, event: dict[str, Any], came_by_a_rule: bool = False) -> None:
        for target in list(rule.targets):
            if _is_ours(target["Arn"]):
                _deliver(engine.of(rule.account_id).at(rule.region_name), faults, rule, target, event, came_by_a_rule)
            else:
                alone = copy.copy(rule)
                alone.targets = [target]
                send(alone, _as_moto_s(event))

    def send_to_targets(rule: Any, event: dict[str, Any], transform_input: bool = True) -> None:
        if _takes(rule, event):
            give(rule, event)

    def put_targets(rule: Any, targets: list[dict[str, Any]]) -> None:
        for target in targets:
            _check(rule, target)
        put(rule, targets)

    Rule.give, Rule.takes = give, _takes
    Rule.send_to_targets, Rule.put_targets = send_to_targets, put_targets


def emit(event: dict[str, Any]) -> None:
    """Gives an event of a service to the rules of the default bus of its account and region."""
    bus = events_backends[event["account"]][event["region"]].event_buses["default"]
    for rule in list(bus.rules.values()):
        rule.send_to_targets(event)


def is_awaited(event: dict[str, Any]) -> bool:
    """Whether a rule of the default bus of the event's account and region takes it."""
    bus = events_backends[event["account"]][event["region"]].event_buses["default"]
    return any(_takes(rule, event) for rule in list(bus.rules.values()))


def _takes(rule: Any, event: dict[str, Any]) -> bool:
    has_pattern = rule.state == "ENABLED" and rule.event_pattern.get_pattern()
    return bool(has_pattern and rule.event_pattern.matches_event(event))


def _is_ours(target: str) -> bool:
    return target.split(":")[2] in SERVICES or eventbridge_buses.is_bus(target)


def _check(rule: Any, target: dict[str, Any]) -> None:
    arn = target["Arn"]
    if not _is_ours(arn):
        return
    if {"InputPath", "InputTransformer"} & target.keys():
        raise ValidationException(f"the engine gives {arn} the whole event or `Input`, nothing else")
    if eventbridge_buses.is_bus(arn):
        eventbridge_buses.check(rule, target)
    elif arn.split(":")[3] != rule.region_name:
        raise ValidationException(f"a rule's targets are in its own region, {rule.region_name}, but for buses: {arn}")


def _deliver(
    engine: Engine, faults: Faults, rule: Any, target: dict[str, Any], event: dict[str, Any], came_by_a_rule: bool
) -> None:
    text = target.get("Input") or json.dumps(_as_delivered(event))
    for _ in range(2 if faults.take(DUPLICATE) else 1):
        try:
            if eventbridge_buses.is_bus(target["Arn"]):
                eventbridge_buses.forward(rule, target["Arn"], _as_delivered(event), came_by_a_rule)
            else:
                _hand_over(engine, target, text)
        except ClientError as error:
            LOG.warning("rule %s: %s takes no event: %s", rule.name, target["Arn"], error)
            _keep(engine, rule, target, text, error.response["Error"])


def _hand_over(engine: Engine, target: dict[str, Any], text: str) -> None:
    arn = target["Arn"]
    service = arn.split(":")[2]
    if service == "states":
        engine.client("stepfunctions").start_execution(stateMachineArn=arn, name=str(uuid.uuid4()), input=text)
    elif service == "sqs":
        group = target.get("SqsParameters", {})
        engine.client("sqs").send_message(QueueUrl=_queue(engine, arn), MessageBody=text, **group)
    else:
        engine.client("lambda").invoke(FunctionName=arn, InvocationType="Event", Payload=text)


def _queue(engine: Engine, arn: str) -> str:
    return str(engine.client("sqs").get_queue_url(QueueName=arn.split(":")[-1])["QueueUrl"])


def _keep(engine: Engine, rule: Any, target: dict[str, Any], text: str, error: dict[str, str]) -> None:
    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    if not queue:
        return
    words = {
        "RULE_ARN": rule.arn,
        "TARGET_ARN": target["Arn"],
        "ERROR_CODE": error["Code"],
        "ERROR_MESSAGE": error["Message"],
    }
    engine.client("sqs").send_message(
        QueueUrl=_queue(engine, queue),
        MessageBody=text,
        MessageAttributes={key: {"DataType": "String", "StringValue": value} for key, value in words.items()},
    )


def _as_delivered(event: dict[str, Any]) -> dict[str, Any]:
    """moto's own events have the time as a number."""
    kept = {key: value for key, value in event.items() if key not in OF_MOTO_ALONE}
    if isinstance(event["time"], int | float):
        kept["time"] = datetime.fromtimestamp(event["time"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return kept


def _as_moto_s(event: dict[str, Any]) -> dict[str, Any]:
    """A service's own event as moto's targets expect it."""
    if not isinstance(event["time"], str):
        return event
    seconds = datetime.fromisoformat(event["time"]).timestamp()
    return {**event, "time": seconds, "ingestion-time": seconds}
