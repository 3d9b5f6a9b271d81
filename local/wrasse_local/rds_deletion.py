"""DeleteDBInstance stops the server and deletes its files, the managed secret and the automated backups.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html
"""

from __future__ import annotations

from typing import Any

from moto.rds.models import DBInstance, RDSBackend

from .rds_instances import PostgresInstance, find_instance
from .rds_snapshot_records import PostgresSnapshot
from .rds_snapshots import create_snapshot, delete_snapshot
from .rds_state import Rds, patch_backend, refuse
from .rds_transitions import DELETE_INSTANCE_SECONDS


def install(rds: Rds) -> None:
    def delete(self: RDSBackend, db_instance_identifier: str, **kwargs: Any) -> DBInstance:
        rds.transitions.settle()
        instance = find_instance(self, db_instance_identifier)
        if not isinstance(instance, PostgresInstance):
            deleted: DBInstance = stock(self, db_instance_identifier, **kwargs)
            return deleted
        with rds.lock:
            _delete(
                rds,
                instance,
                final_snapshot=kwargs.get("final_db_snapshot_identifier"),
                skip_final_snapshot=bool(kwargs.get("skip_final_snapshot")),
                delete_backups=kwargs.get("delete_automated_backups") is not False,
            )
        return instance

    stock = patch_backend("delete_db_instance", delete)


def _delete(
    rds: Rds, instance: PostgresInstance, *, final_snapshot: str | None, skip_final_snapshot: bool, delete_backups: bool
) -> None:
    name, backend = instance.db_instance_identifier, instance.backend
    if instance.state == "deleting":
        raise refuse("InvalidDBInstanceState", f"Instance {name} is already being deleted.")
    if instance.deletion_protection:
        raise refuse(
            "InvalidParameterCombination",
            "Cannot delete protected DB Instance, please disable deletion protection and try again.",
        )
    if skip_final_snapshot and final_snapshot:
        raise refuse(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier can not be specified when SkipFinalSnapshot is specified.",
        )
    if not skip_final_snapshot and not final_snapshot:
        raise refuse(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
        )
    if final_snapshot:
        create_snapshot(rds, instance, final_snapshot, tags=None)

    own = [
        snapshot
        for snapshot in backend.database_snapshots.values()
        if isinstance(snapshot, PostgresSnapshot) and snapshot.database.dbi_resource_id == instance.dbi_resource_id
    ]

    def finish(_: bool) -> None:
        backend.databases.pop(name, None)
        instance.stop_managing_master_password()
        if delete_backups:
            for snapshot in own:
                if snapshot.snapshot_type == "automated":
                    delete_snapshot(rds, snapshot)

    instance.state = "deleting"
    rds.instance_faults.pop(instance.db_instance_identifier, None)
    rds.transitions.begin(
        instance.arn,
        DELETE_INSTANCE_SECONDS,
        instance.server.remove,
        finish,
        *(snapshot.arn for snapshot in own),
    )
