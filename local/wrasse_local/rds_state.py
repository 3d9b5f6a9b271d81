"""What the RDS modules share: the engine's servers, the changes under way, and how moto's RDS is patched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.rds.exceptions import RDSClientError
from moto.rds.models import RDSBackend
from moto.rds.responses import RDSResponse

from .engine import Engine
from .postgres_home import PostgresHome
from .postgres_template import PostgresTemplate
from .rds_transitions import Transitions
from .tls_certificates import CertificateAuthority

ENGINE = "postgres"
MANUAL_SNAPSHOT_QUOTA = 100


class Rds:
    """One engine's RDS. `lock` guards instances and snapshots; no work is waited for under it."""

    def __init__(self, engine: Engine) -> None:
        self.clock = engine.clock
        self.transitions = Transitions(engine.clock)
        self.lock = self.transitions.lock
        self.manual_snapshot_quota = MANUAL_SNAPSHOT_QUOTA
        self.instance_faults: dict[str, str] = {}
        self.snapshot_faults: list[tuple[str, str]] = []
        authority = CertificateAuthority()
        authority.write_bundle(engine.folder("rds") / "ca.pem")
        self.home = PostgresHome(engine)
        self.template = PostgresTemplate(self.home, authority)


def patch_backend(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Replaces a method of moto's RDS backend and returns the stock one; an unknown name is an AttributeError."""
    stock: Callable[..., Any] = getattr(RDSBackend, name)
    setattr(RDSBackend, name, function)
    return stock


def patch_response(name: str, function: Callable[..., Any]) -> None:
    """Replaces, or adds, an operation of moto's RDS API."""
    setattr(RDSResponse, name, function)


def refuse(code: str, message: str) -> RDSClientError:
    """An error as RDS answers it, by the code in the service's model.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html
    """
    return RDSClientError(code, message)
