"""Reads the bucket: the archive's lines, and the records of the error store, and counts both against the ledger."""

from __future__ import annotations

import base64
import gzip
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from itertools import pairwise
from typing import Any

from demo.context import Context
from demo.log_archive.groups import Group
from demo.log_archive.ledger import Event, Ledger, event_of

LOGS, ERRORS, GIVEN_UP = "logs/", "errors/", "errors-given-up/"

# The beginning of an event in the format `raw`: group, stream and time. What follows up to the next is the message, of
# one or many lines.
HEADER = re.compile(rb"^[\w./#-]+:[^:*\t\n]+\t\d{13}\t", re.MULTILINE)
SHOWN = 1
GZIP, TRAILER_BYTES = b"\x1f\x8b", 8


@dataclass
class Folder:
    """What is in one folder of the archive."""

    objects: int = 0
    events: int = 0
    bytes: int = 0
    compressed: int = 0


@dataclass
class Found:
    """What the archive holds."""

    times: Counter[Event] = field(default_factory=Counter)
    """How often each of the ledger's events is there, whole and in its account's folder."""
    altered: int = 0
    """Events with a label whose line is not the ledger's, or that lie in another account's folder."""
    others: int = 0
    """Events that the demo did not write: what other systems of the fleet log is archived too."""
    folders: dict[str, Folder] = field(default_factory=dict)
    samples: dict[int, bytes] = field(default_factory=dict)
    """By group, the event to show: its second, as a function's first says the least."""

    @property
    def total(self) -> Folder:
        """All folders together."""
        return Folder(*(sum(getattr(folder, name.name) for folder in self.folders.values()) for name in fields(Folder)))


@dataclass(frozen=True)
class ErrorRecord:
    """A line of an object below an error prefix."""

    code: str
    attempts: int
    data: bytes

    def events(self) -> list[Event]:
        """The labelled events in the record, also of one that is damaged at its end; none in what is no message."""
        try:
            message = json.loads(zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(self.data[:-TRAILER_BYTES]))
            texts = [event["message"].encode() for event in message["logEvents"]]
        except (zlib.error, ValueError, TypeError, KeyError):
            return []
        return [event for event in map(event_of, texts) if event is not None]


def read(context: Context, bucket: str, ledger: Ledger, groups: dict[int, Group]) -> Found:
    """Reads all of the archive. The key of an object is `logs/<account>/<yyyy>/<MM>/<dd>/<name>.gz`."""
    found = Found()
    for key, body in objects(context, bucket, LOGS):
        folder, text = key.rpartition("/")[0] + "/", gzip.decompress(body)
        account = folder.split("/")[1]
        counts = found.folders.setdefault(folder, Folder())
        counts.objects += 1
        counts.bytes += len(text)
        counts.compressed += len(body)
        for line in events(text):
            counts.events += 1
            event = event_of(line)
            if event is None:
                found.others += 1
            elif ledger.matches(event, line) and groups[event[0]].account == account:
                found.times[event] += 1
                if event[1] == SHOWN:
                    found.samples[event[0]] = line
            else:
                found.altered += 1
    return found


def events(text: bytes) -> Iterator[bytes]:
    """The events of an object, each with all its lines; what stands before the first header comes first."""
    starts = [header.start() for header in HEADER.finditer(text)]
    cuts = [*([] if starts[:1] == [0] else [0]), *starts, len(text)]
    return (text[begin:end] for begin, end in pairwise(cuts) if begin < end)


def error_records(context: Context, bucket: str, prefix: str) -> list[ErrorRecord]:
    """Everything below an error prefix: JSON lines, compressed or not."""
    return [
        ErrorRecord(line["errorCode"], line["attemptsMade"], base64.b64decode(line["rawData"]))
        for _, body in objects(context, bucket, prefix)
        for line in map(json.loads, (gzip.decompress(body) if body[:2] == GZIP else body).splitlines())
    ]


def objects(context: Context, bucket: str, prefix: str) -> Iterator[tuple[str, bytes]]:
    """Keys and contents below a prefix."""
    s3: Any = context.client("s3")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for entry in page.get("Contents", ()):
            yield entry["Key"], s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
