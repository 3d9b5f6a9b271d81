"""A snapshot of a PostgreSQL instance: what DescribeDBSnapshots shows of it.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSnapshot.html
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from moto.rds.models import DBSnapshot, RDSBackend

from .rds_identifiers import snapshot_name
from .rds_instances import PostgresInstance
from .rds_state import Rds, refuse


class PostgresSnapshot(DBSnapshot):
    """moto's snapshot with a copy of the server's files, in `folder`. Its properties are the instance's at its time."""

    def __init__(self, rds: Rds, instance: PostgresInstance, name: str, folder: Path, **properties: Any) -> None:
        self.rds = rds
        self.folder = folder
        self.state = "creating"
        super().__init__(instance.backend, instance, name, **properties)
        self.created: datetime = rds.clock.now()
        self.original_snapshot_create_time = self.created
        self.instance_create_time = instance.instance_create_time
        self.availability_zone = instance.availability_zone
        self.backup_retention_period = instance.backup_retention_period
        self.license_model = instance.license_model
        self.option_group_name = instance.option_group_name
        self.storage_type = instance.storage_type
        self.vpc_id = instance.db_subnet_group.vpc_id if hasattr(instance, "db_subnet_group") else None

    @property
    def status(self) -> str:
        return self.state

    @status.setter
    def status(self, value: str) -> None:
        """moto's own code assigns statuses; here they follow from what happens."""

    @property
    def percent_progress(self) -> int:
        return self.rds.transitions.percent(self.arn) if self.state == "creating" else 100


def automated_snapshot_name(rds: Rds, instance: PostgresInstance) -> str:
    return f"rds:{instance.db_instance_identifier}-{rds.clock.now():%Y-%m-%d-%H-%M}"


def find_snapshot(backend: RDSBackend, identifier: str) -> DBSnapshot:
    """The snapshot by its name or ARN. DBSnapshotNotFound when there is none."""
    snapshot = backend.database_snapshots.get(snapshot_name(identifier))
    if snapshot is None:
        raise refuse("DBSnapshotNotFound", f"DBSnapshot {identifier} not found.")
    return snapshot
