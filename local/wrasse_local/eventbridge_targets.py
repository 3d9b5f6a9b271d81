"""EventBridge rules hand events to Lambda functions and state machines.

AWS: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
A rule that is enabled gives every event that matches its pattern to each target, at least once; what a target cannot
take is tried again for up to 24 hours, then goes to its dead-letter queue, with the reason in attributes:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
Stock moto crashes at such a target, gives a rule without a pattern every event, and does not look at a rule's state.
Here a delivery is tried once. Functions are invoked asynchronously, with Lambda's own retries; a target gets the event,
or its `Input`. Matching, and targets of other services, are moto's. `POST /events/faults {"kind": "duplicate",
"count": N}` makes the next N deliveries twice.
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

from .engine import REGION, Engine
from .put_faults import Faults, route

SERVICES = ("lambda", "states")
DUPLICATE = "duplicate"
OF_MOTO_ALONE = ("ingestion-time",)
LOG = logging.getLogger(__name__)


def install(engine: Engine) -> None:
    faults = route(engine, "events", DUPLICATE)
    send, put = Rule.send_to_targets, Rule.put_targets

    def send_to_targets(rule: Any, event: dict[str, Any], transform_input: bool = True) -> None:
        if (
            rule.state != "ENABLED"
            or not rule.event_pattern.get_pattern()
            or not rule.event_pattern.matches_event(event)
        ):
            return
        for target in list(rule.targets):
            if target["Arn"].split(":")[2] in SERVICES:
                _deliver(engine.of(rule.account_id), faults, rule, target, event)
            else:
                alone = copy.copy(rule)
                alone.targets = [target]
                send(alone, event, transform_input)

    def put_targets(rule: Any, targets: list[dict[str, Any]]) -> None:
        for target in targets:
            if target["Arn"].split(":")[2] in SERVICES and {"InputPath", "InputTransformer"} & target.keys():
                raise ValidationException(f"the engine gives {target['Arn']} the whole event or `Input`, nothing else")
        put(rule, targets)

    Rule.send_to_targets, Rule.put_targets = send_to_targets, put_targets


def emit(event: dict[str, Any]) -> None:
    """Gives an event of a service to the rules of its account's default bus."""
    bus = events_backends[event["account"]][REGION].event_buses["default"]
    for rule in list(bus.rules.values()):
        rule.send_to_targets(event)


def _deliver(engine: Engine, faults: Faults, rule: Any, target: dict[str, Any], event: dict[str, Any]) -> None:
    text = target.get("Input") or json.dumps(_as_delivered(event))
    for _ in range(2 if faults.take(DUPLICATE) else 1):
        try:
            _hand_over(engine, target["Arn"], text)
        except ClientError as error:
            LOG.warning("rule %s: %s takes no event: %s", rule.name, target["Arn"], error)
            _keep(engine, rule, target, text, error.response["Error"])


def _hand_over(engine: Engine, target: str, text: str) -> None:
    if target.split(":")[2] == "states":
        engine.client("stepfunctions").start_execution(stateMachineArn=target, name=str(uuid.uuid4()), input=text)
    else:
        engine.client("lambda").invoke(FunctionName=target, InvocationType="Event", Payload=text)


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
    sqs = engine.client("sqs")
    sqs.send_message(
        QueueUrl=sqs.get_queue_url(QueueName=queue.split(":")[-1])["QueueUrl"],
        MessageBody=text,
        MessageAttributes={key: {"DataType": "String", "StringValue": value} for key, value in words.items()},
    )


def _as_delivered(event: dict[str, Any]) -> dict[str, Any]:
    """moto's own events have the time as a number."""
    kept = {key: value for key, value in event.items() if key not in OF_MOTO_ALONE}
    if isinstance(event["time"], int | float):
        kept["time"] = datetime.fromtimestamp(event["time"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return kept
