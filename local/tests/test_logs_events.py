from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from moto.logs.exceptions import InvalidParameterException

from wrasse_local.logs_events import BYTES_LIMIT, EVENT_OVERHEAD, EVENTS_LIMIT, check

from .helpers import Account

FULL = BYTES_LIMIT - EVENT_OVERHEAD


def event(message: str) -> dict[str, Any]:
    return {"timestamp": 0, "message": message}


@pytest.mark.parametrize(
    "events",
    [[event("a")], [event("x" * FULL)], [event("é" * (FULL // 2))], [event("a")] * EVENTS_LIMIT],
    ids=["one", "one of a mebibyte", "counted in bytes", "as many as may be"],
)
def test_what_aws_takes_is_taken(events: list[dict[str, Any]]) -> None:
    check(events)


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([], "between 1 and 10000"),
        ([event("a")] * (EVENTS_LIMIT + 1), "between 1 and 10000"),
        ([event("")], "message"),
        ([event("x" * (FULL + 1))], "Upload too large"),
        ([event("x" * (FULL // 2)), event("x" * (FULL // 2))], "Upload too large"),
        ([event("é" * (FULL // 2 + 1))], "Upload too large"),
    ],
)
def test_what_aws_refuses_is_refused(events: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(InvalidParameterException, match=said):
        check(events)


def test_the_limits_hold_for_a_call(aws: Account) -> None:
    group = aws.log_group()
    aws.log(group, "x" * FULL)
    with pytest.raises(aws("logs").exceptions.InvalidParameterException, match="Upload too large"):
        aws.log(group, "x" * FULL, "y")


def test_an_event_is_too_new_by_the_engines_clock(aws: Account) -> None:
    aws.post("/clock/advance", seconds=86400)
    now = aws.engine.clock.now()
    group = aws.log_group()
    call = {"logGroupName": group, "logStreamName": "s"}

    def put(at: datetime) -> Any:
        event = {"timestamp": int(at.timestamp() * 1000), "message": str(at)}
        return aws("logs").put_log_events(**call, logEvents=[event])

    assert "rejectedLogEventsInfo" not in put(now)
    assert "tooNewLogEventStartIndex" in put(now + timedelta(hours=3))["rejectedLogEventsInfo"]
    assert "tooOldLogEventEndIndex" in put(now - timedelta(days=15))["rejectedLogEventsInfo"]
    found = aws("logs").filter_log_events(logGroupName=group)["events"]
    assert [event["message"] for event in found] == [str(now)]


def test_ids_are_fifty_six_digits_and_never_used_twice(aws: Account) -> None:
    account = aws.of_its_own()
    groups = [account.log_group() for _ in range(4)]

    def write(group: str) -> None:
        for _ in range(5):
            account.log(group, *["line"] * 40)

    threads = [threading.Thread(target=write, args=(group,)) for group in groups for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [
        found["eventId"]
        for group in groups
        for page in account("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
        for found in page["events"]
    ]
    assert len(ids) == 4 * 2 * 5 * 40
    assert len(set(ids)) == len(ids)
    assert {len(found) for found in ids} == {56}
    assert all(found.isdigit() for found in ids)
