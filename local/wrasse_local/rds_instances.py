"""A PostgreSQL instance: what DescribeDBInstances shows of it.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html
"""

from __future__ import annotations

import secrets
import string
from datetime import UTC, datetime
from typing import Any

from moto.rds.models import DBInstance, RDSBackend

from .managed_master_secrets import ManagedMasterSecret
from .postgres_server import PostgresServer
from .rds_state import ENGINE, Rds, refuse

RESOURCE_ID_ALPHABET = string.ascii_uppercase + string.digits
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class PostgresInstance(DBInstance):
    """moto's instance with a server behind it. Its status is `state`, unless a fault or a backup says otherwise."""

    def __init__(self, rds: Rds, backend: RDSBackend, **properties: Any) -> None:
        self.rds = rds
        self.state = "creating"
        self.backing_up_until = LONG_AGO
        self.pending_modified_values: dict[str, str] = {}
        self.master_user_secret: ManagedMasterSecret | None = None
        version = ".".join(str(part) for part in rds.home.binaries.version)
        defaults = {
            "engine_version": version,
            "license_model": "postgresql-license",
            # Without a subnet group it is in the default VPC, whose subnets are public.
            "publicly_accessible": properties.get("db_subnet_group_name") is None,
        }
        properties = defaults | {name: value for name, value in properties.items() if value is not None}
        super().__init__(backend, **properties)
        identifier = self.db_instance_identifier
        self.server = PostgresServer(rds.home, identifier, rds.home.instances / identifier)
        self.dbi_resource_id = "db-" + "".join(secrets.choice(RESOURCE_ID_ALPHABET) for _ in range(26))
        self.instance_create_time: datetime | None = None

    @property
    def status(self) -> str:
        if self.db_instance_identifier in self.rds.instance_faults:
            return self.rds.instance_faults[self.db_instance_identifier]
        if self.state == "available" and self.rds.clock.now() < self.backing_up_until:
            return "backing-up"
        return self.state

    @status.setter
    def status(self, value: str) -> None:
        """moto's own code assigns statuses; here they follow from what happens."""

    @property
    def endpoint(self) -> dict[str, Any] | None:
        """None until the instance has been available once."""
        if self.instance_create_time is None:
            return None
        return {"Address": self.address, "Port": self.server.port, "HostedZoneId": "Z2R2ITUGPM61AM"}

    @property
    def address(self) -> str:
        return "localhost"

    @property
    def db_instance_port(self) -> int:
        return 0

    @property
    def latest_restorable_time(self) -> datetime | None:
        return self.rds.clock.now() if self.backup_retention_period else None

    def became_available(self) -> None:
        self.state = "available"
        self.instance_create_time = self.rds.clock.now()

    def manage_master_password(self, kms_key_id: str | None) -> ManagedMasterSecret:
        assert self.master_username is not None
        secret = ManagedMasterSecret(self.backend, self.arn, self.master_username, kms_key_id)
        self.master_user_secret = secret
        self.manage_master_user_password = True
        return secret

    def stop_managing_master_password(self) -> None:
        """Deletes the secret; no error when there is none."""
        if self.master_user_secret is not None:
            self.master_user_secret.delete()
            self.master_user_secret = None
            self.manage_master_user_password = False


def is_ours(parameters: dict[str, Any]) -> bool:
    """Whether an instance with these parameters is one that the engine runs a server for."""
    return parameters.get("engine") == ENGINE and parameters.get("db_cluster_identifier") is None


def find_instance(backend: RDSBackend, identifier: str) -> DBInstance:
    """The instance, a PostgreSQL instance or not. DBInstanceNotFound when there is none."""
    instance = backend.databases.get(identifier)
    if instance is None:
        raise refuse("DBInstanceNotFound", f"DBInstance {identifier} not found.")
    return instance
