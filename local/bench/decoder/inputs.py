"""The events that are measured: made from a seed, the same on every machine with the same Python.

An event is what Firehose sends to its transformation:
https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html. A record's data is what CloudWatch Logs puts
into a stream: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html.
"""

from __future__ import annotations

import base64
import gzip
import json
import math
from dataclasses import dataclass
from random import Random
from typing import Any

from bench.decoder.lines import KINDS, MIXED, uuid

KB = 1_000
MB = 1_000_000
# 2026-11-20T12:00:00Z
NOON = 1_795_176_000_000
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, in both directions.
INVOCATION_BYTES = 6_291_456


@dataclass(frozen=True)
class Recipe:
    """How an event is made: records until their inflated sizes add up to `total` bytes, in parts of each kind."""

    parts: dict[str, int]
    total: int
    smallest: int = 5 * KB
    largest: int = 200 * KB
    # Records, however small.
    least: int = 0


# "Payload" is read as the uncompressed messages. Read as the event that Lambda receives, 1 MB of it is what
# `event-1mb` has: about 5 MB of messages, whose lines just fit an answer.
RECIPES = {
    "mixed-1mb": Recipe(MIXED, MB),
    "mixed-4mb": Recipe(MIXED, 4 * MB),
    "event-1mb": Recipe(MIXED, 5_050 * KB),
    "unicode": Recipe({"unicode": 3, "unicode-escaped": 1}, MB),
    "escape": Recipe({"escapes": 1}, MB),
    "incompressible": Recipe({"noise": 1}, MB),
    # One event a record: below 1 KB there is no room for more.
    "tiny-4000": Recipe(MIXED, 0, smallest=0, largest=0, least=4_000),
}
USUAL = tuple(RECIPES)
# Each kind of the mixture alone.
RECIPES |= {kind: Recipe({kind: 1}, MB) for kind in MIXED}


def event(name: str) -> dict[str, Any]:
    """The event of one of RECIPES."""
    recipe = RECIPES[name]
    random = Random(f"wrasse {name}")
    messages: list[bytes] = []
    used = dict.fromkeys(recipe.parts, 0)
    while sum(used.values()) < recipe.total or len(messages) < recipe.least:
        left = recipe.total - sum(used.values())
        size = min(log_uniform(random, recipe), max(left, recipe.smallest))
        # Whichever has least of its part, so that a few large records of one kind don't make the event theirs.
        kind = min(used, key=lambda kind: used[kind] / recipe.parts[kind])
        text = message(random, kind, size)
        messages.append(text)
        used[kind] += len(text)
    return of(messages)


def log_uniform(random: Random, recipe: Recipe) -> int:
    """A size between the recipe's bounds, each order of magnitude as likely as the others."""
    if recipe.largest == 0:
        return 0
    low, high = math.log(recipe.smallest), math.log(recipe.largest)
    return int(math.exp(low + random.random() * (high - low)))


def message(random: Random, kind: str, size: int) -> bytes:
    """A subscription message of one stream, with events until it has `size` bytes, one at least."""
    source = KINDS[kind]
    clock = NOON + random.randrange(3_600_000)
    salt = random.getrandbits(130)
    head = {
        "messageType": "DATA_MESSAGE",
        "owner": "123456789012",
        "logGroup": source.group,
        "logStream": source.stream.format(hex=f"{random.getrandbits(128):032x}"),
        "subscriptionFilters": [f"wrasse-log-archive-{uuid(Random(0))}"],
    }
    events: list[str] = []
    used = len(json.dumps(head))
    while True:
        for line in source.make(random, clock):
            time = clock // source.grain * source.grain
            # An id is 56 digits: the time in milliseconds from the 144th bit on, and what makes it unique below.
            item = {"id": f"{(time << 144) + salt + len(events):056}", "timestamp": time, "message": line}
            events.append(json.dumps(item, separators=(",", ":"), ensure_ascii=source.escaped))
            used += len(events[-1].encode()) + 1
            if used >= size:
                start = json.dumps(head, separators=(",", ":")).removesuffix("}")
                return f'{start},"logEvents":[{",".join(events)}]}}'.encode()
            # Most of what one request says, it says in the same millisecond.
            clock += int(random.expovariate(1))
        clock += int(random.expovariate(1 / source.mean_gap))


def of(messages: list[bytes]) -> dict[str, Any]:
    """Firehose's event of some messages, each compressed into a record."""
    ids = Random("wrasse ids")
    stream = "arn:aws:kinesis:eu-central-1:123456789012:stream/log-archive"
    return {
        "invocationId": uuid(ids),
        "sourceKinesisStreamArn": stream,
        "deliveryStreamArn": "arn:aws:firehose:eu-central-1:123456789012:deliverystream/log-archive",
        "region": "eu-central-1",
        "records": [
            {
                "recordId": f"shardId-000000000000{ids.getrandbits(160):048d}{number:06}",
                "approximateArrivalTimestamp": NOON + number,
                "data": base64.b64encode(gzip.compress(text, 6, mtime=0)).decode(),
                "kinesisRecordMetadata": {
                    "sequenceNumber": f"4954{ids.getrandbits(160):052d}",
                    "subsequenceNumber": 0,
                    "partitionKey": f"{ids.getrandbits(128):032x}",
                    "shardId": "shardId-000000000000",
                    "approximateArrivalTimestamp": NOON + number,
                },
            }
            for number, text in enumerate(messages)
        ],
    }


def as_json(content: dict[str, Any]) -> bytes:
    """The event as it goes over the wire, without spaces."""
    return json.dumps(content, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Shape:
    """What an event is like."""

    event_bytes: int
    records: int
    compressed_bytes: int
    message_bytes: int
    log_events: int

    @property
    def ratio(self) -> float:
        """How many times larger the messages are than what they are compressed to."""
        return self.message_bytes / self.compressed_bytes


def shape(content: bytes) -> Shape:
    """Looks into an event. Records that can't be read count as nothing."""
    records = json.loads(content)["records"]
    compressed = inflated = log_events = 0
    for record in records:
        try:
            data = base64.b64decode(record["data"])
            text = gzip.decompress(data)
            log_events += len(json.loads(text)["logEvents"])
        except (ValueError, OSError, EOFError, KeyError):
            continue
        compressed += len(data)
        inflated += len(text)
    return Shape(len(content), len(records), compressed, inflated, log_events)
