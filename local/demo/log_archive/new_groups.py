"""Log groups that are made after the deployment: the event of their creation has them subscribed, or not, at once."""

from __future__ import annotations

import time

from demo import timings
from demo.context import Context, Stopwatch
from demo.log_archive import groups
from demo.log_archive.groups import Group
from demo.log_archive.subscriptions import subscribed

POLL_SECONDS = 0.05
PATIENCE_SECONDS = 15


def appear(context: Context, new: list[Group], day: str, subscribers: dict[str, str]) -> dict[Group, str]:
    """Makes the groups one by one, and says of each what became of it. `subscribers` are the functions by account."""
    return {group: outcome(context, group, day, subscribers[group.account]) for group in new}


def outcome(context: Context, group: Group, day: str, subscriber: str) -> str:
    """Makes the group and waits until its account's subscriber has been invoked."""
    before = len(timings.of_function(context, subscriber))
    watch = Stopwatch()
    groups.create(context, [group], day)
    while len(timings.of_function(context, subscriber)) == before:
        if watch.seconds > PATIENCE_SECONDS:
            return f"nothing within {PATIENCE_SECONDS} s: the subscriber was not invoked"
        time.sleep(POLL_SECONDS)
    seconds = watch.seconds
    return f"subscribed after {seconds:.1f} s" if subscribed(context, [group]) else group.fate.value
