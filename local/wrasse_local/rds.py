"""RDS with data in it: the modules that make moto's RDS real for PostgreSQL instances.

An instance is a PostgreSQL server, a snapshot is a copy of its files, a restore starts a server on such a copy. Other
engines and Aurora stay what stock moto makes of them.
"""

from __future__ import annotations

from . import (
    rds_creation,
    rds_deletion,
    rds_describe,
    rds_faults,
    rds_modification,
    rds_quotas,
    rds_restore,
    rds_snapshot_sharing,
    rds_snapshots,
    rds_subnet_groups,
    rds_tags,
    rds_unsupported,
)
from .engine import Engine
from .rds_state import Rds


def install(engine: Engine) -> None:
    rds = Rds(engine)
    rds_creation.install(rds)
    rds_modification.install(rds)
    rds_deletion.install(rds)
    rds_snapshots.install(rds)
    rds_restore.install(rds)
    rds_snapshot_sharing.install(rds)
    rds_describe.install(rds)
    rds_quotas.install(rds)
    rds_subnet_groups.install()
    rds_tags.install(rds)
    rds_unsupported.install()
    rds_faults.install(engine, rds)
    engine.control["GET", "/rds/tls"] = lambda _: _tls(engine, rds)


def _tls(engine: Engine, rds: Rds) -> dict[str, object]:
    """How a client reaches the servers: the authority it has to trust, if there is TLS, and programs that fit."""
    binaries = rds.home.binaries
    ca = str(engine.state / "rds" / "ca.pem") if binaries.tls else None
    return {"tls": binaries.tls, "ca": ca, "bin": str(binaries.folder)}
