"""CreateDBSnapshot copies the files of the running server; DeleteDBSnapshot deletes the copy.

While the snapshot is made, its instance is `backing-up`.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBSnapshot.html
"""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import Any

from moto.rds.models import DBSnapshot, RDSBackend

from .rds_instances import PostgresInstance, find_instance
from .rds_snapshot_records import PostgresSnapshot, find_snapshot
from .rds_state import Rds, patch_backend, refuse
from .rds_transitions import DELETE_SNAPSHOT_SECONDS, SNAPSHOT_SECONDS

NEVER_READY = "snapshot-never-ready"
FAILS = "snapshot-fails"
DELETABLE = frozenset({"available", "failed"})


def install(rds: Rds) -> None:
    def create(
        self: RDSBackend, db_instance_identifier: str, db_snapshot_identifier: str, *args: Any, **kwargs: Any
    ) -> DBSnapshot:
        rds.transitions.settle()
        instance = find_instance(self, db_instance_identifier)
        if not isinstance(instance, PostgresInstance):
            snapshot: DBSnapshot = stock_create(self, db_instance_identifier, db_snapshot_identifier, *args, **kwargs)
            return snapshot
        return create_snapshot(rds, instance, db_snapshot_identifier, kwargs.get("tags"))

    def delete(self: RDSBackend, db_snapshot_identifier: str) -> DBSnapshot:
        rds.transitions.settle()
        snapshot = find_snapshot(self, db_snapshot_identifier)
        if not isinstance(snapshot, PostgresSnapshot):
            deleted: DBSnapshot = stock_delete(self, db_snapshot_identifier)
            return deleted
        if snapshot.snapshot_type != "manual":
            raise refuse("InvalidDBSnapshotState", "Only manual snapshots may be deleted.")
        if snapshot.state not in DELETABLE:
            raise refuse(
                "InvalidDBSnapshotState",
                f"Cannot delete the snapshot because it is {snapshot.state}, neither available nor failed.",
            )
        delete_snapshot(rds, snapshot)
        return snapshot

    stock_create = patch_backend("create_db_snapshot", create)
    stock_delete = patch_backend("delete_db_snapshot", delete)


def create_snapshot(rds: Rds, instance: PostgresInstance, name: str, tags: Any) -> PostgresSnapshot:
    """Starts a manual snapshot of an instance that is available."""
    backend = instance.backend
    with rds.lock:
        if name in backend.database_snapshots:
            raise refuse(
                "DBSnapshotAlreadyExists",
                f"Cannot create the snapshot because a snapshot with the identifier {name} already exists.",
            )
        if instance.status != "available":
            raise refuse(
                "InvalidDBInstanceState",
                "Cannot create a snapshot because the database instance "
                f"{instance.db_instance_identifier} is not currently in the available state.",
            )
        if manual_snapshots(backend) >= rds.manual_snapshot_quota:
            raise refuse(
                "SnapshotQuotaExceeded",
                f"Cannot create more than {rds.manual_snapshot_quota} manual snapshots",
            )
        folder = rds.home.snapshots / name.lower()
        snapshot = PostgresSnapshot(rds, instance, name, folder, tags=tags)
        backend.database_snapshots[name] = snapshot
        fault = _take_fault(rds, name)
        seconds = None if fault == NEVER_READY else SNAPSHOT_SECONDS
        instance.backing_up_until = snapshot.created + timedelta(seconds=SNAPSHOT_SECONDS)

        def finish(succeeded: bool) -> None:
            snapshot.state = "available" if succeeded and fault != FAILS else "failed"

        rds.transitions.begin(snapshot.arn, seconds, lambda: instance.server.back_up(folder), finish, instance.arn)
    return snapshot


def delete_snapshot(rds: Rds, snapshot: PostgresSnapshot) -> None:
    backend = snapshot.backend

    def work() -> None:
        shutil.rmtree(snapshot.folder, ignore_errors=True)

    def finish(_: bool) -> None:
        backend.database_snapshots.pop(snapshot.db_snapshot_identifier, None)

    with rds.lock:
        snapshot.state = "deleting"
        rds.transitions.begin(snapshot.arn, DELETE_SNAPSHOT_SECONDS, work, finish)


def manual_snapshots(backend: RDSBackend) -> int:
    """How many snapshots count towards the quota `ManualSnapshots`."""
    return sum(snapshot.snapshot_type == "manual" for snapshot in backend.database_snapshots.values())


def _take_fault(rds: Rds, name: str) -> str | None:
    for kind, prefix in rds.snapshot_faults:
        if name.startswith(prefix):
            rds.snapshot_faults.remove((kind, prefix))
            return kind
    return None
