"""Every event is in the archive, in the error store, or lost, and in one of them alone."""

from __future__ import annotations

from collections import Counter

import pytest

from demo.log_archive.archive import Found
from demo.log_archive.groups import GROUPS
from demo.log_archive.ledger import Event, Ledger
from demo.log_archive.reckoning import Reckoning, reckon

ARCHIVED = next(group for group in GROUPS if group.archived)
EXCLUDED = next(group for group in GROUPS if not group.archived)
A = [(ARCHIVED.number, number) for number in range(3)]
X = (EXCLUDED.number, 0)

NOTHING = Reckoning(written=3, archived=0, in_error_store=0, lost=3, duplicates=0, altered=0, strangers=0)
ALL = Reckoning(written=3, archived=3, in_error_store=0, lost=0, duplicates=0, altered=0, strangers=0)
CASES: dict[str, tuple[list[Event], set[Event], Reckoning]] = {
    "nothing arrived": ([], set(), NOTHING),
    "all arrived": (A, set(), ALL),
    "one is in the error store": (A[:2], {A[2]}, Reckoning(3, 2, 1, 0, 0, 0, 0)),
    "one is in both": (A, {A[2]}, ALL),
    "one is in neither": (A[1:], set(), Reckoning(3, 2, 0, 1, 0, 0, 0)),
    "one came three times": ([*A, A[0], A[0]], set(), Reckoning(3, 3, 0, 0, 2, 0, 0)),
    "one should not be there": ([*A, X, X], set(), Reckoning(3, 3, 0, 0, 0, 0, 1)),
    "one should not even have failed": (A, {X}, Reckoning(3, 3, 0, 0, 0, 0, 1)),
}


@pytest.mark.parametrize("case", CASES)
def test_events_are_counted_by_where_they_are(case: str) -> None:
    archived, stored, expected = CASES[case]
    ledger = Ledger()
    for group in (ARCHIVED, ARCHIVED, ARCHIVED, EXCLUDED, EXCLUDED):
        ledger.record(group.number, b"line")
    found = Found(times=Counter(archived))
    assert reckon(ledger, [ARCHIVED, EXCLUDED], found, stored) == expected
    assert expected.written == expected.archived + expected.in_error_store + expected.lost
