"""A state machine's execution log in CloudWatch Logs, where its `LoggingConfiguration` asks for one.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
Level OFF, ALL, ERROR or FATAL; inputs and outputs only with `includeExecutionData`; stream
`states/<machine>/<minute>/<id>`. Stock moto keeps the configuration and logs nothing.
Log timestamps are real time (CloudWatch Logs refuses what lies hours ahead); the event's own is the engine's clock.
"""

from __future__ import annotations

import json
import time
import uuid
from datetime import datetime
from typing import Any

from moto.logs.models import logs_backends
from moto.stepfunctions.parser.asl.eval.event.logging import CloudWatchLoggingConfiguration, CloudWatchLoggingSession
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str
from moto.stepfunctions.parser.backend.execution import Execution

from .engine import REGION, Engine


class Session(CloudWatchLoggingSession):
    def __init__(self, execution_arn: str, configuration: Any, machine: str) -> None:
        super().__init__(execution_arn, configuration)
        minute = time.strftime("%Y-%m-%d-%H-%M", time.gmtime())
        self._stream = f"states/{machine}/{minute}/{uuid.uuid4().hex[:8]}"

    def publish_history_log(self, history_log: Any) -> None:
        logs, group = logs_backends[self.configuration.log_account_id][REGION], self.configuration.log_group_name
        if group not in logs.groups:
            return
        if self._stream not in logs.groups[group].streams:
            logs.create_log_stream(group, self._stream)
        at = datetime.fromisoformat(history_log["event_timestamp"])
        entry = {**history_log, "event_timestamp": str(int(at.timestamp() * 1000)), "redrive_count": "0"}
        message = json.dumps(json.loads(to_json_str(entry)))
        logs.put_log_events(group, self._stream, [{"timestamp": int(time.time() * 1000), "message": message}])


def install(engine: Engine) -> None:
    start = Execution.start

    def start_with_log(execution: Any) -> None:
        machine = execution.state_machine
        configuration = CloudWatchLoggingConfiguration.from_logging_configuration(
            machine.arn, machine.loggingConfiguration
        )
        if configuration is not None:
            execution._cloud_watch_logging_session = Session(execution.exec_arn, configuration, machine.name)
        start(execution)

    Execution.start = start_with_log
