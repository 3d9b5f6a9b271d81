"""State changes of pipelines, stages and actions as events on EventBridge's default bus.

AWS: https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
Stock moto has none. Here they are handed over in their order by a thread of their own, once the change is made: whoever
gets one may call CodePipeline.
"""

from __future__ import annotations

import logging
import queue
import threading
import uuid
from datetime import datetime
from typing import Any

from . import eventbridge_targets
from .codepipeline_records import ActionRun, Execution
from .engine import REGION, Engine

STARTED, RESUMED = "STARTED", "RESUMED"
# What differs from the API's word in capitals.
WORDS = {"InProgress": STARTED, "Cancelled": "CANCELED"}
LOG = logging.getLogger(__name__)


class Events:
    def __init__(self, engine: Engine) -> None:
        self._clock = engine.clock
        self._queue: queue.Queue[dict[str, Any] | None] = queue.Queue()
        engine.at_stop.append(lambda: self._queue.put(None))
        threading.Thread(target=self._run, name="codepipeline events", daemon=True).start()

    def of_pipeline(self, execution: Execution, state: str) -> None:
        detail: dict[str, Any] = {"start-time": _iso(execution.started), "state": state}
        if state == STARTED:
            trigger = {"trigger-type": "StartPipelineExecution", "trigger-detail": execution.trigger}
            detail["execution-trigger"] = trigger
        self._put("Pipeline", execution, detail)

    def of_stage(self, execution: Execution, stage: str, state: str) -> None:
        self._put("Stage", execution, {"start-time": _iso(execution.started), "stage": stage, "state": state})

    def of_action(self, action: ActionRun, state: str) -> None:
        result = {
            "external-execution-summary": action.result.summary or action.result.message,
            "external-execution-id": action.result.external_id,
            "error-code": action.result.error_code,
        }
        ended = {"execution-result": {key: value for key, value in result.items() if value}} if state != STARTED else {}
        detail = {
            "start-time": _iso(action.started),
            "stage": action.stage,
            **ended,
            "action-execution-id": action.id,
            "action": action.name,
            "state": state,
            "region": REGION,
            "type": action.declared["actionTypeId"],
        }
        self._put("Action", action.execution, detail)

    def _put(self, level: str, execution: Execution, detail: dict[str, Any]) -> None:
        event = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": f"CodePipeline {level} Execution State Change",
            "source": "aws.codepipeline",
            "account": execution.pipeline.account,
            "time": self._clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": REGION,
            "resources": [execution.pipeline.arn],
            "detail": {
                "pipeline": execution.pipeline.name,
                "execution-id": execution.id,
                **detail,
                "version": float(execution.version),
                "pipeline-execution-attempt": float(execution.attempt),
            },
        }
        self._queue.put(event)

    def _run(self) -> None:
        while (event := self._queue.get()) is not None:
            try:
                eventbridge_targets.emit(event)
            except Exception:
                LOG.exception("an event of pipeline %s", event["detail"]["pipeline"])


def word(status: str) -> str:
    """The state of an event for a status of the API."""
    return WORDS.get(status, status.upper())


def _iso(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
