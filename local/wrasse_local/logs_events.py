"""PutLogEvents: its limits, ids that are never used twice, and the delivery to the group's subscription filters.

AWS: at most 10,000 events and 1 MiB, 26 bytes added for each; an event is at most 1 MiB:
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
Stock moto refuses nothing, and counts ids and sends to filters in ways that two calls at a time disturb. Which
events are too old or too new is told by the engine's clock.
"""

from __future__ import annotations

import itertools
from typing import Any

from moto.core.utils import unix_time_millis
from moto.logs import models
from moto.logs.exceptions import InvalidParameterException
from moto.logs.models import LogEvent, LogStream
from moto.logs.responses import LogsResponse

from .engine import Engine
from .logs_delivery import Deliveries

EVENTS_LIMIT = 10_000
BYTES_LIMIT = 1024 * 1024
EVENT_OVERHEAD = 26
_numbers = itertools.count(1)


def install(engine: Engine, deliveries: Deliveries) -> None:
    put = LogsResponse.put_log_events

    def put_log_events(response: Any) -> Any:
        check(response._get_param("logEvents") or [])
        return put(response)

    LogsResponse.put_log_events = put_log_events
    models.utcnow = lambda: engine.clock.now().replace(tzinfo=None)
    LogEvent.__init__ = _make_event
    LogStream.put_log_events = lambda stream, log_events: _append(deliveries, stream, log_events)


def check(events: list[dict[str, Any]]) -> None:
    """Raises moto's InvalidParameterException for what AWS would not take."""
    if not 1 <= len(events) <= EVENTS_LIMIT:
        constraint = f"Member must have length between 1 and {EVENTS_LIMIT}"
        raise InvalidParameterException(constraint=constraint, parameter="logEvents", value=f"{len(events)} events")
    sizes = [len(event["message"].encode(errors="replace")) + EVENT_OVERHEAD for event in events]
    if EVENT_OVERHEAD in sizes:
        constraint = "Member must have length greater than or equal to 1"
        raise InvalidParameterException(constraint=constraint, parameter="logEvents.member.message", value="")
    if sum(sizes) > BYTES_LIMIT:
        raise InvalidParameterException(f"Upload too large: {sum(sizes)} bytes exceeds limit of {BYTES_LIMIT}")


def _make_event(event: Any, ingestion_time: int, log_event: dict[str, Any]) -> None:
    event.ingestion_time, event.timestamp, event.message = ingestion_time, log_event["timestamp"], log_event["message"]
    event.event_id = f"{event.timestamp:014d}{next(_numbers):042d}"


def _append(deliveries: Deliveries, stream: Any, log_events: list[dict[str, Any]]) -> str:
    stream.last_ingestion_time = models.utcnow()
    ingestion_time = int(unix_time_millis(stream.last_ingestion_time))
    events = [LogEvent(ingestion_time, log_event) for log_event in log_events]
    stream.stored_bytes += sum(len(event.message) + EVENT_OVERHEAD for event in events)
    stream.events.extend(events)
    stream.upload_sequence_token += 1
    deliveries.deliver(stream, events)
    return f"{stream.upload_sequence_token:056d}"
