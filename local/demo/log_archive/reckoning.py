"""Whether every event that was written is somewhere, and in one place."""

from __future__ import annotations

from dataclasses import dataclass

from demo.log_archive.archive import Found
from demo.log_archive.groups import Group
from demo.log_archive.ledger import Event, Ledger


@dataclass(frozen=True)
class Reckoning:
    """Events of the groups that should be archived, but for the last two."""

    written: int
    archived: int
    in_error_store: int
    """In the error store alone."""
    lost: int
    duplicates: int
    """Copies in the archive beyond each event's first."""
    altered: int
    strangers: int
    """Events in the archive or the error store of groups that should not be archived."""


def reckon(ledger: Ledger, groups: list[Group], found: Found, stored: set[Event]) -> Reckoning:
    """Counts the events by where they are. `stored` are those in the error store."""
    wanted = {group.number: ledger.written(group.number) for group in groups if group.archived}
    archived = [event for event in found.times if event[0] in wanted]
    waiting = {event for event in stored if event not in found.times and event[0] in wanted}
    written = sum(wanted.values())
    return Reckoning(
        written=written,
        archived=len(archived),
        in_error_store=len(waiting),
        lost=written - len(archived) - len(waiting),
        duplicates=sum(found.times[event] - 1 for event in archived),
        altered=found.altered,
        strangers=sum(event[0] not in wanted for event in {*found.times, *stored}),
    )
