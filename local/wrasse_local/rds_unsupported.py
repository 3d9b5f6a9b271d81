"""What the engine's PostgreSQL instances cannot do is refused, instead of faked by stock moto without data.

Stopping, starting and rebooting, read replicas, restoring to a point in time, copying a snapshot.
"""

from __future__ import annotations

from typing import Any

from moto.rds.exceptions import RDSClientError
from moto.rds.models import RDSBackend

from .rds_identifiers import snapshot_name
from .rds_instances import PostgresInstance
from .rds_snapshot_records import PostgresSnapshot
from .rds_state import patch_backend, refuse

INSTANCE_OPERATIONS = (
    "stop_db_instance",
    "start_db_instance",
    "reboot_db_instance",
    "restore_db_instance_to_point_in_time",
)


def install() -> None:
    for name in INSTANCE_OPERATIONS:
        _refuse_for_instances(name)
    _refuse_replicas()
    _refuse_copies()


def _refuse_for_instances(name: str) -> None:
    def operation(self: RDSBackend, identifier: str, *args: Any, **kwargs: Any) -> Any:
        if isinstance(self.databases.get(identifier), PostgresInstance):
            raise _unsupported(name)
        return stock(self, identifier, *args, **kwargs)

    stock = patch_backend(name, operation)


def _refuse_replicas() -> None:
    def create(self: RDSBackend, db_kwargs: dict[str, Any]) -> Any:
        if isinstance(self.databases.get(db_kwargs["source_db_instance_identifier"]), PostgresInstance):
            raise _unsupported("create_db_instance_read_replica")
        return stock(self, db_kwargs)

    stock = patch_backend("create_db_instance_read_replica", create)


def _refuse_copies() -> None:
    def copy(self: RDSBackend, source_db_snapshot_identifier: str, *args: Any, **kwargs: Any) -> Any:
        source = self.database_snapshots.get(snapshot_name(source_db_snapshot_identifier))
        if isinstance(source, PostgresSnapshot):
            raise _unsupported("copy_db_snapshot")
        return stock(self, source_db_snapshot_identifier, *args, **kwargs)

    stock = patch_backend("copy_db_snapshot", copy)


def _unsupported(operation: str) -> RDSClientError:
    return refuse("InvalidParameterCombination", f"The embedded engine has no {operation} for PostgreSQL instances.")
