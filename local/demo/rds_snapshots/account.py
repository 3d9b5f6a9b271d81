"""What is in the account that a run could have left behind, found by listing everything of its kinds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from demo.context import Context


@dataclass(frozen=True)
class Entry:
    """One instance, snapshot, secret or task that is not stopped."""

    kind: str
    identifier: str
    state: str
    part_of: str = ""
    """The instance that it goes away with, for an automated snapshot."""


def entries(context: Context) -> list[Entry]:
    """Every database instance, database snapshot, secret and task that is not stopped, over all pages."""
    return [*instances(context), *snapshots(context), *secrets(context), *tasks(context)]


def instances(context: Context) -> Iterator[Entry]:
    """Database instances, in whatever status."""
    for instance in listed(context, "rds", "describe_db_instances", "DBInstances"):
        yield Entry("instance", instance["DBInstanceIdentifier"], instance["DBInstanceStatus"])


def snapshots(context: Context) -> Iterator[Entry]:
    """Snapshots of database instances, manual and automated."""
    for snapshot in listed(context, "rds", "describe_db_snapshots", "DBSnapshots"):
        part_of = snapshot["DBInstanceIdentifier"] if snapshot["SnapshotType"] == "automated" else ""
        yield Entry("snapshot", snapshot["DBSnapshotIdentifier"], snapshot["Status"], part_of)


def secrets(context: Context) -> Iterator[Entry]:
    """Secrets, with those that wait to be deleted."""
    for secret in listed(context, "secretsmanager", "list_secrets", "SecretList", IncludePlannedDeletion=True):
        yield Entry("secret", secret["Name"], "to be deleted" if secret.get("DeletedDate") else "active")


def tasks(context: Context) -> Iterator[Entry]:
    """Tasks that are not stopped, of every cluster. A list without a desired status leaves out those that stop."""
    for cluster in listed(context, "ecs", "list_clusters", "clusterArns"):
        for desired in ("RUNNING", "STOPPED"):
            for task in listed(context, "ecs", "list_tasks", "taskArns", cluster=cluster, desiredStatus=desired):
                [described] = context.client("ecs").describe_tasks(cluster=cluster, tasks=[task])["tasks"]
                if described["lastStatus"] != "STOPPED":
                    yield Entry("task", task.partition("/")[2], described["lastStatus"])


def listed(context: Context, service: str, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
    """What an operation lists, over all pages."""
    for page in context.client(service).get_paginator(operation).paginate(**arguments):
        yield from page[key]
