"""What is measured of log-archive, and what is not as it should be."""

from __future__ import annotations

from demo.log_archive.archive import Found
from demo.log_archive.delivery import Decoder
from demo.log_archive.groups import GROUPS, NEW_GROUPS, Fate, Group
from demo.log_archive.reckoning import Reckoning
from demo.log_archive.recovery import Recovery
from demo.log_archive.subscriptions import Run
from demo.system import Result

SUCCEEDED = "SUCCEEDED"


def subscriptions_part(runs: dict[str, Run], subscribed: set[Group]) -> Result:
    """What the runs tally, and what was then found on the demo's own groups."""
    return {
        "statuses": {account: run.status for account, run in runs.items()},
        "groups": sum(run.count("groups") for run in runs.values()),
        "subscribed": sum(run.count("subscribed") + run.count("already") for run in runs.values()),
        "excluded": sum(run.count("excluded") for run in runs.values()),
        "conflicts": sum(run.count("conflicts") for run in runs.values()),
        "asked_wait_seconds": sum(run.asked_seconds for run in runs.values()),
        "asked_wait_seconds_by_account": {account: run.asked_seconds for account, run in runs.items()},
        "subscribed_by_event": sum(group in subscribed for group in NEW_GROUPS if group.archived),
        "not_subscribed": [
            named(group) for group in [*GROUPS, *NEW_GROUPS] if group.archived and group not in subscribed
        ],
        "wrongly_subscribed": sorted(named(group) for group in subscribed if not group.archived),
    }


def archive_part(reckoning: Reckoning, found: Found, recovery: Recovery, decoder: Decoder) -> Result:
    """Where the events are, what became of the records that failed, and what the decoder took."""
    return {
        "events_written": reckoning.written,
        "events_archived": reckoning.archived,
        "events_in_error_store": reckoning.in_error_store,
        "lost": reckoning.lost,
        "duplicates": reckoning.duplicates,
        "altered": reckoning.altered,
        "strangers": reckoning.strangers,
        "others": found.others,
        "bytes_archived": found.total.bytes,
        "bytes_compressed": found.total.compressed,
        "records_poisoned": recovery.poisoned,
        "records_failed": recovery.failed,
        "records_left": recovery.left,
        "records_given_up": recovery.given_up,
        "replays": recovery.replays,
        "reingested_records": decoder.reingested,
        "decoder_invocations": decoder.invocations,
        "decoder_milliseconds": decoder.milliseconds,
    }


def problems(result: Result) -> list[str]:
    """What is not as it should be, each in a sentence."""
    expected: dict[str, tuple[object, str]] = {
        "conflicts": (
            sum(group.fate is Fate.CONFLICT for group in GROUPS),
            "not just the log group with two filters of others is reported as a conflict",
        ),
        "subscribed_by_event": (
            sum(group.archived for group in NEW_GROUPS),
            "the new log group that should be archived was not subscribed by its event",
        ),
        "not_subscribed": ([], "log groups are not subscribed"),
        "wrongly_subscribed": ([], "log groups are subscribed that should not be"),
        "lost": (0, "events are neither in the archive nor in the error store"),
        "events_archived": (
            result["events_written"] - result["events_in_error_store"],
            "what is archived and what is in the error store is not what was written",
        ),
        "altered": (0, "events in the archive are not as they were written"),
        "strangers": (0, "events are archived of log groups that should not be"),
        "records_left": (0, "records are left below the error prefix after all replays"),
        "records_given_up": (result["records_poisoned"], "not just the records that nobody can read were given up"),
    }
    found = [
        f"the subscriber's run in account {account} is {status}"
        for account, status in result["statuses"].items()
        if status != SUCCEEDED
    ]
    found += [
        f"{complaint}: {key} is {result[key]}, not {value}"
        for key, (value, complaint) in expected.items()
        if result[key] != value
    ]
    proofs = {
        "events_written": "no event was written, so that none lost proves nothing",
        "excluded": "no log group was excluded, so that none of them in the archive proves nothing",
        "events_in_error_store": "no event is in the error store, so that its count proves nothing",
        "bystanders_invoked": "the functions that could loop were not invoked, so that no loop proves nothing",
        "reingested_records": "no record was put back in smaller parts, so that no loss by that proves nothing",
    }
    found += [complaint for key, complaint in proofs.items() if not result[key]]
    if result["records_failed"] <= result["records_poisoned"]:
        found.append("no record failed that could be mended, so that the replays prove nothing")
    return found


def named(group: Group) -> str:
    """A group as it is told."""
    return f"{group.account}:{group.name}"
