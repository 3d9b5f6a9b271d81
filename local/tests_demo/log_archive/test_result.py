"""The demo of log-archive says so when anything is off."""

from __future__ import annotations

from typing import Any

import pytest

from demo.log_archive.groups import GROUPS, NEW_GROUPS
from demo.log_archive.result import problems, subscriptions_part
from demo.log_archive.subscriptions import Run

GOOD: dict[str, Any] = {
    "statuses": {"123456789012": "SUCCEEDED", "210987654321": "SUCCEEDED"},
    "groups": 40,
    "subscribed": 30,
    "excluded": 9,
    "conflicts": 1,
    "subscribed_by_event": 1,
    "not_subscribed": [],
    "wrongly_subscribed": [],
    "events_written": 100,
    "events_archived": 98,
    "events_in_error_store": 2,
    "lost": 0,
    "duplicates": 0,
    "altered": 0,
    "strangers": 0,
    "records_poisoned": 2,
    "records_failed": 5,
    "records_left": 0,
    "records_given_up": 2,
    "reingested_records": 3,
    "bystanders_invoked": 4,
}


def test_a_good_run_has_no_problem_and_duplicates_are_none() -> None:
    assert problems(GOOD) == []
    assert problems(GOOD | {"duplicates": 5}) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"statuses": {"210987654321": "FAILED"}}, "the subscriber's run in account 210987654321 is FAILED"),
        ({"conflicts": 0}, "not just the log group with two filters of others"),
        ({"subscribed_by_event": 0}, "the new log group that should be archived was not subscribed by its event"),
        ({"not_subscribed": ["1:/a"]}, "log groups are not subscribed: not_subscribed is ['1:/a'], not []"),
        ({"wrongly_subscribed": ["1:/a"]}, "log groups are subscribed that should not be"),
        ({"lost": 1}, "events are neither in the archive nor in the error store: lost is 1, not 0"),
        ({"events_archived": 97}, "what is archived and what is in the error store is not what was written"),
        ({"altered": 1}, "events in the archive are not as they were written"),
        ({"strangers": 1}, "events are archived of log groups that should not be"),
        ({"records_left": 1}, "records are left below the error prefix after all replays"),
        ({"records_given_up": 1}, "not just the records that nobody can read were given up"),
        ({"records_failed": 2}, "no record failed that could be mended"),
        ({"reingested_records": 0}, "no record was put back in smaller parts"),
        ({"bystanders_invoked": 0}, "the functions that could loop were not invoked"),
        ({"excluded": 0}, "no log group was excluded"),
        ({"events_in_error_store": 0, "events_archived": 100}, "no event is in the error store"),
        ({"events_written": 0, "events_archived": -2}, "no event was written"),
    ],
)
def test_each_thing_that_is_off_is_told(change: dict[str, Any], said: str) -> None:
    [problem] = problems(GOOD | change)
    assert problem.startswith(said)


TALLY = {"groups": 20, "wanted": 15, "subscribed": 13, "already": 1, "excluded": 4, "conflicts": 1}


def test_tallies_are_added_up_over_the_accounts() -> None:
    runs = {name: Run("SUCCEEDED", TALLY, "", 4.0) for name in ("a", "b")}
    part = subscriptions_part(runs, {group for group in [*GROUPS, *NEW_GROUPS] if group.archived})
    counted = [part[name] for name in ("groups", "subscribed", "excluded", "conflicts", "asked_wait_seconds")]
    assert counted == [40, 28, 8, 2, 8.0]
    assert (part["not_subscribed"], part["wrongly_subscribed"], part["subscribed_by_event"]) == ([], [], 1)


def test_a_run_that_failed_has_no_numbers() -> None:
    part = subscriptions_part({"a": Run("FAILED", {}, "TooManyGroups", 0.0)}, set())
    assert part["statuses"] == {"a": "FAILED"}
    assert part["groups"] == 0
    assert len(part["not_subscribed"]) == sum(group.archived for group in [*GROUPS, *NEW_GROUPS])


def test_a_group_that_should_not_be_subscribed_is_named() -> None:
    excluded = next(group for group in GROUPS if not group.archived)
    part = subscriptions_part({}, {excluded})
    assert part["wrongly_subscribed"] == [f"{excluded.account}:{excluded.name}"]
