"""What a run left behind is found, whatever kind it is of and on whatever page it stands."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from demo.context import Context
from demo.output import Output
from demo.rds_snapshots import account, system
from demo.rds_snapshots.rds_instance import Instance

PRODUCTION = {"DBInstanceIdentifier": "shop-production", "DBInstanceStatus": "available"}
AUTOMATED = {
    "DBSnapshotIdentifier": "rds:shop-production-1",
    "DBInstanceIdentifier": "shop-production",
    "SnapshotType": "automated",
    "Status": "available",
}
FINAL = {
    "DBSnapshotIdentifier": "final",
    "DBInstanceIdentifier": "wrasse-tmp-1",
    "SnapshotType": "manual",
    "Status": "available",
}
CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/sanitizer"
TASK = "arn:aws:ecs:us-east-1:123456789012:task/sanitizer/1"

# What the account lists when nothing is left behind, a list of pages by operation.
CLEAN: dict[str, list[dict[str, Any]]] = {
    "describe_db_instances": [{"DBInstances": [PRODUCTION]}],
    "describe_db_snapshots": [{"DBSnapshots": [AUTOMATED]}, {"DBSnapshots": [FINAL]}],
    "list_secrets": [{"SecretList": []}],
    "list_clusters": [{"clusterArns": [CLUSTER]}],
    "list_tasks RUNNING": [{"taskArns": []}],
    "list_tasks STOPPED": [{"taskArns": [TASK]}],
    "describe_tasks": [{"tasks": [{"lastStatus": "STOPPED"}]}],
}


@dataclass(frozen=True)
class Account(Context):
    """An account with the pages of each list."""

    pages: dict[str, list[dict[str, Any]]] = field(kw_only=True)

    def client(self, service: str, account: str | None = None) -> Any:
        return Client(self.pages)


@dataclass
class Client:
    """A client, and the paginator of its operation."""

    pages: dict[str, list[dict[str, Any]]]
    operation: str = ""

    def get_paginator(self, operation: str) -> Client:
        return Client(self.pages, operation)

    def paginate(self, **arguments: Any) -> Iterator[dict[str, Any]]:
        yield from self.pages[" ".join([self.operation, *filter(None, [arguments.get("desiredStatus")])])]

    def describe_tasks(self, **arguments: Any) -> dict[str, Any]:
        return self.pages["describe_tasks"][0]


def left(change: dict[str, list[dict[str, Any]]]) -> tuple[int, str]:
    stream = io.StringIO()
    context = Account("http://localhost", Path(), 1, Output(stream), pages=CLEAN | change)
    own = [Instance("shop-production", "localhost", 5432, "", 0)]
    return system.say_what_is_left(context, "final", own), stream.getvalue()


def test_an_account_with_production_and_the_result_alone_is_clean() -> None:
    count, said = left({})
    assert count == 0
    assert "LEFT BEHIND" not in said
    assert "final                  available  the result" in said


LEFT_BEHIND: dict[str, dict[str, list[dict[str, Any]]]] = {
    "an instance that is being deleted": {
        "describe_db_instances": [
            {"DBInstances": [PRODUCTION]},
            {"DBInstances": [{"DBInstanceIdentifier": "wrasse-tmp-1", "DBInstanceStatus": "deleting"}]},
        ]
    },
    "a snapshot of production that is no automated one": {
        "describe_db_snapshots": [
            {"DBSnapshots": [FINAL, AUTOMATED | {"DBSnapshotIdentifier": "wrasse-tmp-1", "SnapshotType": "manual"}]}
        ]
    },
    "an automated snapshot of another instance": {
        "describe_db_snapshots": [{"DBSnapshots": [FINAL, AUTOMATED | {"DBInstanceIdentifier": "wrasse-tmp-1"}]}]
    },
    "a secret": {"list_secrets": [{"SecretList": []}, {"SecretList": [{"Name": "rds!db-1"}]}]},
    "a secret that is to be deleted": {"list_secrets": [{"SecretList": [{"Name": "rds!db-1", "DeletedDate": 1}]}]},
    "a running task": {
        "list_tasks RUNNING": [{"taskArns": [TASK]}],
        "list_tasks STOPPED": [{"taskArns": []}],
        "describe_tasks": [{"tasks": [{"lastStatus": "RUNNING"}]}],
    },
    "a task that was told to stop and has not": {"describe_tasks": [{"tasks": [{"lastStatus": "DEACTIVATING"}]}]},
}


@pytest.mark.parametrize("case", LEFT_BEHIND)
def test_anything_else_is_left_behind(case: str) -> None:
    count, said = left(LEFT_BEHIND[case])
    assert count == 1, said
    assert said.count(system.LEFT_BEHIND) == 1


def test_a_task_is_named_by_cluster_and_id() -> None:
    context = Account("http://localhost", Path(), 1, Output(io.StringIO()), pages=CLEAN | LEFT_BEHIND["a running task"])
    assert list(account.tasks(context)) == [account.Entry("task", "sanitizer/1", "RUNNING")]
