"""One delivery stream at work: source, transformation, buffers, bucket.

AWS: https://docs.aws.amazon.com/firehose/latest/dev/basic-deliver.html
Every record that was taken ends in one of three ways, and is counted there: delivered (`ok`), dropped by the
transformation, or below the error prefix (`failed`). Delivery is at least once. What S3 does not take is kept and tried
again. Stock moto writes what is put straight to the bucket.
"""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from moto.core.exceptions import ServiceException

from . import firehose_errors, firehose_log, firehose_objects
from .clock import Clock
from .firehose_buffers import Buffers, Target
from .firehose_invocation import Transformed, transformed
from .firehose_prefixes import LONGEST, evaluated, partition_keys
from .firehose_records import Incoming, Record
from .firehose_settings import read
from .firehose_source import Source
from .firehose_transform import DROPPED, MOST_RECORDS, OK, Request, Verdict
from .put_faults import Faults

DUPLICATE = "duplicate"
S3_RETRY_SECONDS = 30


@dataclass
class Counts:
    """What became of the records that were worked on so far; `duplicated` ones were worked on twice."""

    records_read: int = 0
    ok: int = 0
    dropped: int = 0
    failed: int = 0
    objects: int = 0
    error_objects: int = 0
    invocations: int = 0
    duplicated: int = 0


class Delivery:
    """`take` may be called by any thread; `work` does the rest, one thread at a time."""

    def __init__(self, clock: Clock, faults: Faults, stream: Any) -> None:
        self.arn: str = stream.delivery_stream_arn
        self.name: str = stream.delivery_stream_name
        self.source = Source(stream.source["KinesisStreamARN"]) if stream.source else None
        self.counts = Counts()
        self._clock = clock
        self._faults = faults
        self._stream = stream
        self._settings = read(stream)
        self._incoming = Incoming()
        self._buffers = Buffers()
        self._s3_retry: datetime | None = None
        self._lock = threading.Lock()
        _, _, _, self._region, self._account, *_ = self.arn.split(":")

    def take(self, records: list[Record]) -> None:
        self._incoming.add(records)

    def work(self, everything: bool = False) -> bool:
        """Reads the source and transforms what is due (or `everything`), but nothing that is put back meanwhile.

        False when there was nothing to transform.
        """
        with self._lock:
            self._update_settings()
            if self.source is not None:
                self.take(self.source.new_records())
            there = left = len(self._incoming)
            while left > 0 and (batch := self._batch(everything)):
                self._process(batch)
                if self._faults.take(DUPLICATE):
                    self.counts.duplicated += len(batch)
                    self._process(batch)
                self._incoming.done(batch)
                self.counts.records_read += len(batch)
                left -= len(batch)
            return left < there

    def deliver(self, everything: bool = False) -> ServiceException | None:
        """Writes the buffers that are due (or `everything`); the error when S3 does not take one."""
        with self._lock:
            now = self._clock.now()
            if self._s3_retry is not None and now < self._s3_retry and not everything:
                return None
            self._s3_retry = None
            for buffer in self._buffers.due(now, 0 if everything else self._settings.buffer_seconds):
                try:
                    firehose_objects.put(self._account, self._region, self.name, self._settings, buffer)
                except ServiceException as error:
                    firehose_log.write(self.arn, self._settings, f"S3.{error.code}", str(error.message))
                    self._s3_retry = now + timedelta(seconds=S3_RETRY_SECONDS)
                    return error
                self._buffers.delivered(buffer)
                self.counts.objects += not buffer.target.error_type
                self.counts.error_objects += bool(buffer.target.error_type)
            return None

    def seconds_to_wait(self) -> float | None:
        """Until something is due by its age; None when nothing is."""
        with self._lock:
            due = [self._s3_retry or self._buffers.next_due(self._settings.buffer_seconds)]
        processor, oldest = self._settings.processor, self._incoming.oldest
        if processor is not None and oldest is not None:
            due.append(oldest + timedelta(seconds=processor.buffer_seconds))
        times = [time for time in due if time is not None]
        return max(0.0, (min(times) - self._clock.now()).total_seconds()) if times else None

    def stats(self) -> dict[str, int]:
        """The counts, with the records that wait for the transformation and those in buffers."""
        held = {"waiting": len(self._incoming), "buffered": self._buffers.held}
        return {**asdict(self.counts), **held}

    def _update_settings(self) -> None:
        if self._settings.version != self._stream.version_id:
            self._settings = read(self._stream)

    def _batch(self, everything: bool) -> list[Record]:
        processor, oldest = self._settings.processor, self._incoming.oldest
        if oldest is None:
            return []
        waiting = self._incoming.first(MOST_RECORDS)
        if processor is None:
            return waiting
        old = oldest + timedelta(seconds=processor.buffer_seconds) <= self._clock.now()
        if not (everything or old or self._incoming.bytes >= processor.buffer_bytes):
            return []
        return self._request.batch(waiting, processor.buffer_bytes)

    @property
    def _request(self) -> Request:
        return Request(self.arn, self.source.arn if self.source else None)

    def _process(self, batch: list[Record]) -> None:
        processor = self._settings.processor
        if processor is None:
            outcome = Transformed(0, [Verdict(OK, record.raw()) for record in batch])
        else:
            outcome = transformed(processor, self._request, batch)
            self.counts.invocations += outcome.attempts
        codes = set()
        for record, verdict in zip(batch, outcome.verdicts, strict=True):
            code = self._failure(record, verdict) if verdict.result == OK else verdict.code
            if code:
                codes.add(code)
                self._fail(record, code, outcome.attempts)
            self.counts.dropped += verdict.result == DROPPED
        for code in sorted(codes):
            about = {"attemptsMade": outcome.attempts, **({"processor": processor.function_arn} if processor else {})}
            firehose_log.write(self.arn, self._settings, code, firehose_errors.message(code), **about)

    def _failure(self, record: Record, verdict: Verdict) -> str:
        """Puts transformed data into its buffer; the code of the error when its partition does not take it."""
        settings, target = self._settings, Target()
        if settings.partitioned:
            names = partition_keys(settings.prefix)
            keys = {name: verdict.keys[name] for name in names if _is_key(verdict.keys.get(name))}
            if len(keys) < len(names) or len(evaluated(settings.prefix, record.arrived, keys)) > LONGEST:
                return firehose_errors.NO_KEYS
            target = Target(keys=tuple(keys.items()))
            if not self._buffers.has_room(target):
                return firehose_errors.LIMIT
        self._buffers.add(target, verdict.data, record.arrived, self._clock.now(), settings.buffer_bytes)
        self.counts.ok += 1
        return ""

    def _fail(self, record: Record, code: str, attempts: int) -> None:
        settings, now = self._settings, self._clock.now()
        function = settings.processor.function_arn if settings.processor else None
        line = firehose_errors.line(record, code, attempts, now, function)
        target = Target(error_type=firehose_errors.output_type(code))
        self._buffers.add(target, line, record.arrived, now, settings.buffer_bytes)
        self.counts.failed += 1


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and value != ""
