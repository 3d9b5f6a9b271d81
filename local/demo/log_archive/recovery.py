"""Records that could not be processed: they lie in the error store, and log-replay mends what can be mended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from demo.context import Context, Stopwatch
from demo.log_archive import delivery, mishaps
from demo.log_archive.archive import ERRORS, GIVEN_UP, ErrorRecord, error_records
from demo.log_archive.groups import CENTRAL, Group
from demo.log_archive.ledger import Event
from demo.log_archive.load import Load
from demo.log_archive.mishaps import Replay

OUTAGE_SHARE = 0.25
MOST_REPLAYS = 8
CODES = {
    "Lambda.FunctionError": "the decoder did not work",
    "Lambda.ProcessingFailedStatus": "the record cannot be read",
}


@dataclass(frozen=True)
class Recovery:
    """How it ended."""

    poisoned: int
    """Records that nobody can read, as they were put into the stream."""
    failed: int
    """Records that were in the error store before the first replay."""
    replays: int
    left: int
    """Records still below the error prefix."""
    given_up: int
    """Records that are kept aside."""
    stored: set[Event]
    """The events in both."""


def run(context: Context, load: Load, groups: list[Group], central: dict[str, str]) -> Recovery:
    """Poison, an outage, and replays until nothing is left. `central` are the outputs of the central stack."""
    bucket, stream = central["BucketName"], central["DeliveryStreamName"]
    context.output.heading("Two records that nobody can read, and a decoder with a typing error in its configuration")
    victim = next(group for group in groups if group.account == CENTRAL and group.kind == "service")
    poisoned = mishaps.poison(context, load, central["SourceArn"], victim)
    delivery.flush(context, stream)
    with mishaps.broken(context, central["DecoderFunctionName"]):
        meanwhile = [group for group in groups if group.kind == "function"]
        events = sum(load.write(group, OUTAGE_SHARE) for group in meanwhile)
        delivery.flush(context, stream)
    failed = error_records(context, bucket, ERRORS)
    show_errors(context, failed)
    context.output.text(f"{events:,} events were logged while the decoder was broken. It works again now.")

    context.output.heading("log-replay is invoked until nothing is left below the error prefix")
    replays = replay_all(context, bucket, stream, central["ReplayFunctionName"])
    left, given_up = (error_records(context, bucket, prefix) for prefix in (ERRORS, GIVEN_UP))
    return Recovery(
        poisoned=poisoned,
        failed=len(failed),
        replays=len(replays),
        left=len(left),
        given_up=len(given_up),
        stored={event for record in (*left, *given_up) for event in record.events()},
    )


def replay_all(context: Context, bucket: str, stream: str, function: str) -> list[Replay]:
    """Replays and delivers, over and over. What cannot be mended comes back until it is given up."""
    replays: list[Replay] = []
    lines = []
    while len(replays) < MOST_REPLAYS and (not replays or error_records(context, bucket, ERRORS)):
        watch = Stopwatch()
        replays.append(replay := mishaps.replay(context, function))
        counts = delivery.flush(context, stream)
        numbers = (replay.replayed, counts["ok"], counts["failed"], replay.given_up)
        lines.append((len(replays), *numbers, f"{watch.seconds:.1f}"))
    context.output.table(("replay", "records put back", "archived now", "failed again", "given up", "s"), lines)
    return replays


def show_errors(context: Context, records: list[ErrorRecord]) -> None:
    """What the error store holds, by error."""
    events: Counter[tuple[str, int]] = Counter()
    number: Counter[tuple[str, int]] = Counter()
    for record in records:
        kind = (record.code, record.attempts)
        number[kind] += 1
        events[kind] += len(record.events())
    lines = [
        (code, CODES.get(code, ""), attempts, number[code, attempts], events[code, attempts])
        for code, attempts in sorted(number)
    ]
    context.output.table((f"below {ERRORS}", "", "attempts", "records", "readable events"), lines)
