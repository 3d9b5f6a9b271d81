"""Asynchronous Lambda invocations: two retries, then the failure destination.

AWS tries again after one minute and after two more, then sends a record of the invocation to the function's
`OnFailure` destination:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
Stock moto runs an asynchronous invocation in the request, once, and has no destinations. Here the minutes advance the
engine's clock; a destination is an SNS topic, an SQS queue or a function, which is invoked asynchronously itself.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from .engine import Engine
from .lambda_sandbox import Report

RETRY_SECONDS = (60, 120)
LOG = logging.getLogger(__name__)
_given_up: set[str] = set()


def is_given_up(request_id: str) -> bool:
    """Whether all tries of that invocation have failed."""
    return request_id in _given_up


class Background:
    def __init__(self, engine: Engine, invoke: Callable[[Any, bytes, str], Report]) -> None:
        self._engine = engine
        self._invoke = invoke

    def accept(self, function: Any, event: bytes) -> str:
        """Starts the invocation; returns its request id."""
        request_id = str(uuid.uuid4())
        work = (function, event, request_id)
        threading.Thread(target=self._run, args=work, name="lambda-async", daemon=True).start()
        return request_id

    def _run(self, function: Any, event: bytes, request_id: str) -> None:
        try:
            self._attempts(function, event, request_id)
        except Exception:
            LOG.exception("asynchronous invocation of %s", function.function_name)

    def _attempts(self, function: Any, event: bytes, request_id: str) -> None:
        config = function.event_invoke_config[-1].config if function.event_invoke_config else {}
        retries = config.get("MaximumRetryAttempts", len(RETRY_SECONDS))
        for attempt in range(retries + 1):
            report = self._invoke(function, event, request_id)
            if not report.outcome.failed:
                return
            if attempt < retries:
                time.sleep(self._engine.slept(RETRY_SECONDS[attempt]))
                self._engine.skip(RETRY_SECONDS[attempt])
        _given_up.add(request_id)
        destination = config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        if destination:
            record = self._record(function, event, report, retries + 1)
            _send(self._engine.of(function.account_id).at(function.region), destination, record)

    def _record(self, function: Any, event: bytes, report: Report, attempts: int) -> dict[str, Any]:
        arn = f"{function.function_arn}:$LATEST"
        return {
            "version": "1.0",
            "timestamp": self._engine.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "requestContext": {
                "requestId": report.request_id,
                "functionArn": arn,
                "condition": "RetriesExhausted",
                "approximateInvokeCount": attempts,
            },
            "requestPayload": json.loads(event),
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "responsePayload": json.loads(report.outcome.payload),
        }


def _send(engine: Engine, destination: str, record: dict[str, Any]) -> None:
    service, name, body = destination.split(":")[2], destination.split(":")[5], json.dumps(record)
    if service == "sns":
        engine.client("sns").publish(TopicArn=destination, Message=body)
    elif service == "sqs":
        queues = engine.client("sqs")
        queues.send_message(QueueUrl=queues.get_queue_url(QueueName=name)["QueueUrl"], MessageBody=body)
    elif service == "lambda":
        engine.client("lambda").invoke(FunctionName=destination, InvocationType="Event", Payload=body)
    else:
        raise NotImplementedError(f"the engine has no failure destination {destination}")
