"""The subscriber's runs, and what they left on the log groups."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from demo.context import Context, DemoFailed, Stopwatch
from demo.log_archive.groups import Fate, Group

POLL_SECONDS = 0.1
PATIENCE_SECONDS = 60
# AWS's limit for DescribeSubscriptionFilters, an account:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
CALLS_A_SECOND = 5
OUR_FILTERS = "wrasse-log-archive-"


@dataclass(frozen=True)
class Run:
    """An execution of an account's state machine that has ended."""

    status: str
    tally: dict[str, Any]
    """Its output; empty where it failed."""
    failure: str
    asked_seconds: float
    """All waits that it asked for, in AWS's seconds."""

    def count(self, name: str) -> int:
        """A number of the tally."""
        return int(self.tally.get(name, 0))


def started_by_the_stack(context: Context, account: str, machine: str) -> Run:
    """The run that the stack's custom resource has started, once it has ended."""
    states = context.client("stepfunctions", account)
    watch = Stopwatch()
    while watch.seconds < PATIENCE_SECONDS:
        executions = states.list_executions(stateMachineArn=machine)["executions"]
        if executions and all(execution["status"] != "RUNNING" for execution in executions):
            latest = max(executions, key=lambda execution: execution["startDate"])
            return ended(context, states, latest["executionArn"])
        time.sleep(POLL_SECONDS)
    raise DemoFailed(f"the subscriber's run in account {account} has not ended within {PATIENCE_SECONDS} s")


def ended(context: Context, states: Any, execution: str) -> Run:
    """How an execution went."""
    described = states.describe_execution(executionArn=execution)
    waits = context.control("/executions/waits", {"arn": execution})
    return Run(
        status=described["status"],
        tally=json.loads(described.get("output") or "{}"),
        failure=f"{described.get('error', '')}: {described.get('cause', '')}",
        asked_seconds=sum(wait["seconds"] for wait in waits),
    )


def subscribed(context: Context, groups: Iterable[Group]) -> set[Group]:
    """Those of the groups that have a filter of ours. Keeps to AWS's rate, by letting its time pass."""
    found = set()
    may_have_filters = [group for group in groups if group.fate is not Fate.CLASS]
    for number, group in enumerate(may_have_filters, start=1):
        filters = context.client("logs", group.account).describe_subscription_filters(logGroupName=group.name)
        if any(entry["filterName"].startswith(OUR_FILTERS) for entry in filters["subscriptionFilters"]):
            found.add(group)
        if number % CALLS_A_SECOND == 0:
            context.control("/clock/advance", {"seconds": 1})
    return found
