"""What subscription filters deliver: messages of log events, gzipped, to Kinesis, Firehose and Lambda.

AWS: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
- a message names the owner (the account of the log group), group, stream and filter, and holds events with ids;
- a new filter's destination gets a CONTROL_MESSAGE first;
- Lambda gets the message as base64 in `awslogs.data`, asynchronously;
- what the destination refuses for the moment is tried again for up to 24 hours, anything else is dropped.
Stock moto knows nothing but DATA_MESSAGE in the caller's account, with short numbers as ids, and sends all events,
whatever the filter's pattern.

Here the call that puts events has delivered them when it returns (AWS: seconds later), as one message, or as many as
the destination's limit of a record needs; tries end after some seconds. `/logs/stats` counts what was delivered, and
what was dropped. Patterns are moto's: words, or a phrase in quotes; any other delivers everything.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.logs.models import logs_backends
from moto.logs.utils import EventMessageFilter

from .engine import REGION, Engine

CONTROL_TEXT = "CWL CONTROL MESSAGE: Checking health of destination {}."
# Kinesis counts the partition key, of 32 characters, with the record. Base64 makes 4 bytes of 3 for Lambda's event.
RECORD_LIMITS = {"kinesis": 1024 * 1024 - 32, "firehose": 1000 * 1024, "lambda": 700 * 1024}
NAMES = {"kinesis": "Kinesis stream", "firehose": "Firehose"}
TRIES = 60
RETRY_SECONDS = 0.05
PASSING = {"ProvisionedThroughputExceededException", "ServiceUnavailableException", "ThrottlingException"}
LOG = logging.getLogger(__name__)


class Undeliverable(Exception):
    """The destination does not take the message."""


@dataclass
class Stats:
    """Events and messages (records) since the engine's start, over all filters."""

    events: int = 0
    messages: int = 0
    dropped_events: int = 0


class Deliveries:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self.stats = Stats()

    def deliver(self, stream: Any, events: list[Any]) -> None:
        """Sends events of a stream to the filters of its group. What cannot be delivered is counted and logged."""
        for subscription in list(stream.log_group.subscription_filters.values()):
            pattern = EventMessageFilter(subscription.filter_pattern)
            matching = [event for event in events if pattern.matches(event.message)]
            if matching:
                self._deliver_to(subscription, stream, matching)

    def check(self, target: str) -> None:
        """Sends a CONTROL_MESSAGE to a stream. Raises Undeliverable where it is not taken."""
        service = target.split(":")[2]
        if service not in NAMES:
            return
        now = int(self._engine.clock.now().timestamp() * 1000)
        event = {"id": "", "timestamp": now, "message": CONTROL_TEXT.format(NAMES[service])}
        self._send(target, packed(message("CONTROL_MESSAGE", "CloudwatchLogs", "", "", [], [event])), uuid.uuid4().hex)

    def _deliver_to(self, subscription: Any, stream: Any, events: list[Any]) -> None:
        shown = [{"id": event.event_id, "timestamp": event.timestamp, "message": event.message} for event in events]
        group = stream.log_group.name
        seed = stream.log_stream_name if subscription.distribution == "ByLogStream" else uuid.uuid4().hex
        key = hashlib.md5(seed.encode(), usedforsecurity=False).hexdigest()
        delivered = 0
        try:
            target = target_of(subscription.destination_arn)

            def of(part: list[dict[str, Any]]) -> dict[str, Any]:
                name = stream.log_stream_name
                return message("DATA_MESSAGE", stream.account_id, group, name, [subscription.name], part)

            for part, record in records(of, shown, RECORD_LIMITS[target.split(":")[2]]):
                self._send(target, record, key)
                delivered += len(part)
                self._count(events=len(part), messages=1)
        except Undeliverable as reason:
            LOG.warning(
                "filter %s of %s: %d events dropped: %s", subscription.name, group, len(shown) - delivered, reason
            )
            self._count(dropped_events=len(shown) - delivered)

    def _count(self, **numbers: int) -> None:
        with self._lock:
            for name, number in numbers.items():
                setattr(self.stats, name, getattr(self.stats, name) + number)

    def _send(self, target: str, record: bytes, key: str) -> None:
        words = target.split(":")
        service, name = words[2], words[-1].split("/")[-1]
        engine = self._engine.of(words[4])
        for attempt in range(TRIES):
            try:
                return _put(engine, service, name, target, record, key)
            except ClientError as error:
                answer = error.response
                passing = answer["Error"]["Code"] in PASSING or answer["ResponseMetadata"]["HTTPStatusCode"] >= 500
                if not passing or attempt == TRIES - 1:
                    raise Undeliverable(f"{target}: {answer['Error']['Code']}") from error
            except BotoCoreError as error:
                raise Undeliverable(f"{target}: {type(error).__name__}") from error
            time.sleep(RETRY_SECONDS)
        return None


def install(engine: Engine) -> Deliveries:
    deliveries = Deliveries(engine)
    engine.control["GET", "/logs/stats"] = lambda _: vars(deliveries.stats)
    return deliveries


def message(
    kind: str, owner: str, group: str, stream: str, filters: list[str], events: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "messageType": kind,
        "owner": owner,
        "logGroup": group,
        "logStream": stream,
        "subscriptionFilters": filters,
        "logEvents": events,
    }


def packed(value: dict[str, Any]) -> bytes:
    """A message as it travels. A lone surrogate, which UTF-8 has no bytes for, becomes a question mark."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(errors="replace"), compresslevel=6)


def records(
    message_of: Callable[[list[dict[str, Any]]], dict[str, Any]], events: list[dict[str, Any]], limit: int
) -> Iterator[tuple[list[dict[str, Any]], bytes]]:
    """The events in as few messages as halving them makes fit, each with the record that it becomes."""
    record = packed(message_of(events))
    if len(record) <= limit:
        yield events, record
    elif len(events) == 1:
        raise Undeliverable(f"one event makes a record of {len(record)} bytes")
    else:
        middle = len(events) // 2
        yield from records(message_of, events[:middle], limit)
        yield from records(message_of, events[middle:], limit)


def target_of(destination: str) -> str:
    """The ARN of the stream or function behind a filter's destination, which may be a Logs destination."""
    words = destination.split(":")
    if words[2] != "logs":
        return destination
    found = logs_backends[words[4]][REGION].destinations.get(destination)
    if found is None:
        raise Undeliverable(f"{destination} does not exist")
    return str(found.target_arn)


def _put(engine: Engine, service: str, name: str, target: str, record: bytes, key: str) -> None:
    client = engine.client(service)
    if service == "kinesis":
        client.put_record(StreamName=name, Data=record, PartitionKey=key)
    elif service == "firehose":
        client.put_record(DeliveryStreamName=name, Record={"Data": record})
    else:
        payload = json.dumps({"awslogs": {"data": base64.b64encode(record).decode()}})
        client.invoke(FunctionName=target, InvocationType="Event", Payload=payload)
