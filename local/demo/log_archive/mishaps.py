"""What goes wrong: records that nobody can read, and a decoder that is broken for a while."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from demo.context import Context, DemoFailed
from demo.dice import Dice
from demo.log_archive import lines
from demo.log_archive.groups import Group
from demo.log_archive.load import Load, LogEvent

DAMAGED_EVENTS = 25


@dataclass(frozen=True)
class Replay:
    """What one invocation of log-replay says that it did."""

    objects: int
    replayed: int
    given_up: int
    left: int


def poison(context: Context, load: Load, stream: str, group: Group) -> int:
    """Puts two records into the stream that no decoder can read: noise, and a message that was damaged on its way.

    The message is the group's, with a wrong checksum at its end. Its events count as written. Answers how many records.
    """
    dice = Dice("noise")
    noise = bytes(dice.below(256) for _ in range(1000))
    log_stream = group.streams(load.day)[-1]
    messages = lines.lines(group.kind, dice, load.ledger.labels(group.number, DAMAGED_EVENTS))
    events = [{"timestamp": load.now_ms + at, "message": message} for at, message in enumerate(messages)]
    load.record(group, log_stream, events)
    records = [noise, damaged(subscription_message(group, log_stream, events))]
    kinesis = context.client("kinesis")
    for record in records:
        kinesis.put_record(StreamARN=stream, Data=record, PartitionKey="poison")
    return len(records)


def subscription_message(group: Group, stream: str, events: list[LogEvent]) -> bytes:
    """As CloudWatch Logs writes it:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
    """
    message: dict[str, Any] = {
        "messageType": "DATA_MESSAGE",
        "owner": group.account,
        "logGroup": group.name,
        "logStream": stream,
        "subscriptionFilters": ["demo"],
        "logEvents": [{"id": f"{number:056}", **event} for number, event in enumerate(events)],
    }
    return gzip.compress(json.dumps(message).encode(), mtime=0)


def damaged(record: bytes) -> bytes:
    """A gzip whose checksum, four bytes before the length at its end, is not that of its content."""
    return record[:-8] + bytes(byte ^ 0xFF for byte in record[-8:-4]) + record[-4:]


@contextmanager
def broken(context: Context, function: str) -> Iterator[None]:
    """Meanwhile the decoder's configuration has a typing error, as somebody could have deployed it."""
    functions = context.client("lambda")
    variables = functions.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    wrong = {**variables, "FORMAT": "rwa"}
    functions.update_function_configuration(FunctionName=function, Environment={"Variables": wrong})
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=function, Environment={"Variables": variables})


def replay(context: Context, function: str) -> Replay:
    """Invokes log-replay until it has been through all of the error prefix."""
    answers: list[dict[str, Any]] = []
    while not answers or answers[-1]["more"]:
        answer = context.client("lambda").invoke(FunctionName=function, Payload=b"{}")
        said = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise DemoFailed(f"log-replay failed: {said.get('errorType')}: {said.get('errorMessage')}")
        answers.append(said)
    return Replay(*(sum(answer[name] for answer in answers) for name in ("objects", "replayed", "givenUp", "left")))
