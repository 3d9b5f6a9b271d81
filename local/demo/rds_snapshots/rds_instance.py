"""The demo's own database instances, made, restored and connected to with the calls that any team would use."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from demo.context import Context, DemoFailed

DATABASE = "shop"
MASTER_USER = "shop_admin"
INSTANCE_CLASS = "db.t4g.medium"

# How far time is let on between two looks, and when to stop looking, both in AWS's seconds.
STEP_SECONDS = 30
PATIENCE_SECONDS = 3600


@dataclass(frozen=True)
class Servers:
    """The PostgreSQL that the engine runs its instances on."""

    authority: Path | None
    """The engine's CA, in the place of RDS's: it signs what the servers show. None: they were built without TLS."""
    programs: Path
    """The folder of PostgreSQL's own programs, psql among them."""

    @classmethod
    def of(cls, context: Context) -> Servers:
        """As the engine says."""
        answer = context.control("/rds/tls")
        return cls(Path(answer["ca"]) if answer["tls"] else None, Path(answer["bin"]))

    def tls_settings(self) -> dict[str, str]:
        """libpq's settings that check the server's certificate and name. Without TLS nothing leaves this machine."""
        if self.authority is None:
            return {"sslmode": "disable"}
        return {"sslmode": "verify-full", "sslrootcert": str(self.authority)}


@dataclass(frozen=True)
class Instance:
    """An instance whose master password the demo set, and told nobody."""

    identifier: str
    host: str
    port: int
    password: str
    aws_seconds: int
    """How long the engine assumes that AWS takes to make it available."""

    def connect(self, context: Context) -> psycopg.Connection:
        """A connection to the shop, over TLS wherever the engine's servers have it."""
        return psycopg.connect(
            host=self.host,
            port=self.port,
            dbname=DATABASE,
            user=MASTER_USER,
            password=self.password,
            **Servers.of(context).tls_settings(),
        )


def create(context: Context, identifier: str) -> Instance:
    """A new, empty instance."""
    password = secrets.token_urlsafe(24)
    context.client("rds").create_db_instance(
        DBInstanceIdentifier=identifier,
        DBName=DATABASE,
        Engine="postgres",
        DBInstanceClass=INSTANCE_CLASS,
        AllocatedStorage=20,
        MasterUsername=MASTER_USER,
        MasterUserPassword=password,
        BackupRetentionPeriod=7,
    )
    return wait_until_available(context, identifier, password)


def restore(context: Context, identifier: str, snapshot: str) -> Instance:
    """An instance with a snapshot's data, and a new master password: the one in the snapshot is known to nobody."""
    rds = context.client("rds")
    password = secrets.token_urlsafe(24)
    rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier=identifier, DBSnapshotIdentifier=snapshot)
    restored = wait_until_available(context, identifier, password)
    rds.modify_db_instance(DBInstanceIdentifier=identifier, MasterUserPassword=password, ApplyImmediately=True)
    modified = wait_until_available(context, identifier, password)
    return Instance(identifier, modified.host, modified.port, password, restored.aws_seconds + modified.aws_seconds)


def wait_until_available(context: Context, identifier: str, password: str) -> Instance:
    """Lets AWS's time pass until the instance is available and has nothing pending."""
    waited = 0
    while waited <= PATIENCE_SECONDS:
        described: dict[str, Any]
        [described] = context.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
        if described["DBInstanceStatus"] == "available" and not described.get("PendingModifiedValues"):
            endpoint = described["Endpoint"]
            return Instance(identifier, endpoint["Address"], endpoint["Port"], password, waited)
        context.control("/clock/advance", {"seconds": STEP_SECONDS})
        waited += STEP_SECONDS
    raise DemoFailed(f"{identifier} is still {described['DBInstanceStatus']} after {PATIENCE_SECONDS} s of AWS's time")
