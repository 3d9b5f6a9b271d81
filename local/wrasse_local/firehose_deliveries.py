"""The delivery streams at work, each in a thread of its own that sleeps until there is something to do.

AWS delivers by itself, all the time. Here a thread is woken by new records, by a skipped wait of the engine's clock,
and when something gets due in real time; `POST /firehose/flush` does everything at once, in the caller's thread.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from . import kinesis_shards
from .engine import ControlError, Engine
from .firehose_delivery import Delivery
from .firehose_records import Record
from .put_faults import Faults

REPORTED = ("records_read", "ok", "dropped", "failed", "objects", "error_objects")
MOST_ROUNDS = 1_000
LOG = logging.getLogger(__name__)


class Worker:
    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self._reported = dict.fromkeys(REPORTED, 0)
        self._something = threading.Event()
        self._ended = False
        if delivery.source is not None:
            kinesis_shards.listen(delivery.source.arn, self.wake)
        threading.Thread(target=self._run, name=f"firehose {delivery.name}", daemon=True).start()

    def report(self) -> dict[str, int]:
        """The counts since the last report: what was done by itself meanwhile is in it, so that no timing shows."""
        now, before = self.delivery.stats(), self._reported
        self._reported = {name: now[name] for name in REPORTED}
        return {name: now[name] - before[name] for name in REPORTED}

    def wake(self) -> None:
        if not self._something.is_set():
            self._something.set()

    def end(self) -> None:
        """What is not delivered is lost, as it may be on AWS when a delivery stream is deleted."""
        self._ended = True
        if self.delivery.source is not None:
            kinesis_shards.unlisten(self.delivery.source.arn, self.wake)
        self._something.set()

    def _run(self) -> None:
        while not self._ended:
            try:
                self.delivery.work()
                self.delivery.deliver()
                self._something.wait(self.delivery.seconds_to_wait())
            except Exception:
                if not self._ended:
                    LOG.exception("delivery stream %s: waiting for the next record", self.delivery.name)
                    self._something.wait()
            self._something.clear()


class Deliveries:
    """All delivery streams of all accounts, by ARN."""

    def __init__(self, engine: Engine, faults: Faults) -> None:
        self._engine = engine
        self._faults = faults
        self._workers: dict[str, Worker] = {}
        engine.clock.listen(self._wake_all)
        engine.at_stop.append(self._end_all)
        engine.control["POST", "/firehose/flush"] = lambda body: self.flush(body.get("stream"))
        engine.control["GET", "/firehose/stats"] = lambda _: self.stats()

    def begin(self, stream: Any) -> None:
        """Raises what `CreateDeliveryStream` answers when the stream cannot work as configured."""
        self._workers[stream.delivery_stream_arn] = Worker(Delivery(self._engine.clock, self._faults, stream))

    def end(self, arn: str) -> None:
        self._workers.pop(arn).end()

    def take(self, arn: str, records: list[Record]) -> None:
        worker = self._workers[arn]
        worker.delivery.take(records)
        worker.wake()

    def stats(self) -> dict[str, Any]:
        """The running counts, by the delivery stream's ARN."""
        return {arn: worker.delivery.stats() for arn, worker in list(self._workers.items())}

    def flush(self, name: str | None) -> dict[str, int]:
        """Delivers all that is there and all that is put back meanwhile; answers the counts since the last flush."""
        workers = list(self._workers.values())
        found = [worker for worker in workers if name in (None, worker.delivery.name)]
        if name is not None and not found:
            known = ", ".join(sorted(worker.delivery.name for worker in workers)) or "none"
            raise ControlError(404, f"there is no delivery stream named {name!r}; there are: {known}")
        rounds = 0
        while any(worker.delivery.work(everything=True) for worker in found):
            rounds += 1
            if rounds == MOST_ROUNDS:
                raise ControlError(409, f"records are still put (back) into the streams after {rounds} rounds")
        for worker in found:
            error = worker.delivery.deliver(everything=True)
            if error is not None:
                about = f"delivery stream {worker.delivery.name}"
                raise ControlError(409, f"S3 does not take the objects of {about}: {error}")
        reports = [worker.report() for worker in found]
        return {count: sum(report[count] for report in reports) for count in REPORTED}

    def _wake_all(self) -> None:
        for worker in list(self._workers.values()):
            worker.wake()

    def _end_all(self) -> None:
        for arn in list(self._workers):
            self.end(arn)
