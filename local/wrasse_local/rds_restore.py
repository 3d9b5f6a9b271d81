"""RestoreDBInstanceFromDBSnapshot starts a server on a copy of the snapshot's files.

Master user, roles and passwords are the snapshot's. Storage, engine, class, backups and their window are inherited;
network, tags, parameter group and deletion protection are not.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceFromDBSnapshot.html
"""

from __future__ import annotations

from typing import Any

from moto.rds.models import DBInstance, RDSBackend

from .rds_creation import begin, new_instance
from .rds_snapshot_records import PostgresSnapshot, find_snapshot
from .rds_state import Rds, patch_backend, refuse
from .rds_transitions import RESTORE_SECONDS

INHERITED = (
    "allocated_storage",
    "auto_minor_version_upgrade",
    "backup_retention_period",
    "character_set_name",
    "db_instance_class",
    "db_name",
    "engine",
    "engine_version",
    "iops",
    "license_model",
    "master_username",
    "port",
    "preferred_backup_window",
    "preferred_maintenance_window",
    "storage_throughput",
    "storage_type",
)
NOT_PROPERTIES = ("db_snapshot_identifier", "db_name", "engine")


def install(rds: Rds) -> None:
    def restore(self: RDSBackend, from_snapshot_id: str, overrides: dict[str, Any]) -> DBInstance:
        rds.transitions.settle()
        snapshot = find_snapshot(self, from_snapshot_id)
        if not isinstance(snapshot, PostgresSnapshot):
            instance: DBInstance = stock(self, from_snapshot_id, overrides)
            return instance
        return _restore(rds, self, snapshot, dict(overrides))

    stock = patch_backend("restore_db_instance_from_db_snapshot", restore)


def _restore(rds: Rds, backend: RDSBackend, snapshot: PostgresSnapshot, overrides: dict[str, Any]) -> DBInstance:
    for name in NOT_PROPERTIES:
        overrides.pop(name, None)
    managed = overrides.pop("manage_master_user_password", None)
    kms_key_id = overrides.pop("master_user_secret_kms_key_id", None)
    source = snapshot.database
    properties = {name: getattr(source, name) for name in INHERITED}
    properties |= {"storage_encrypted": snapshot.encrypted, "kms_key_id": snapshot.kms_key_id}
    properties |= {name: value for name, value in overrides.items() if value is not None}
    if properties["allocated_storage"] < source.allocated_storage:
        raise refuse(
            "InvalidParameterValue",
            "The allocated storage size can't be less than the source snapshot or backup size.",
        )
    with rds.lock:
        if snapshot.state != "available":
            raise refuse(
                "InvalidDBSnapshotState",
                f"The snapshot {snapshot.db_snapshot_identifier} is {snapshot.state}, not available.",
            )
        instance = new_instance(rds, backend, properties)
        secret = instance.manage_master_password(kms_key_id) if managed else None

        def work() -> None:
            instance.server.restore(snapshot.folder)
            if secret is not None:
                instance.server.set_password(str(instance.master_username), secret.password)

        begin(rds, instance, work, RESTORE_SECONDS, "incompatible-restore")
    return instance
