"""Faults of RDS on demand, for tests: the control route `POST /rds/faults`. A stand-in: AWS has nothing like it.

`{"kind": "instance-status", "instance": ID, "status": S}` shows that status (`available` takes it
back), also of an instance that is made later,
`{"kind": "snapshot-fails", "prefix": P}` makes the next snapshot of that prefix end `failed`,
`{"kind": "snapshot-never-ready", "prefix": P}` leaves it `creating`,
`{"kind": "snapshot-quota", "max": N}` sets the quota of manual snapshots,
`{"kind": "clear"}` takes all of it back; snapshots that were left `creating` become available.
"""

from __future__ import annotations

from typing import Any

from moto.rds.models import RDSBackend, rds_backends

from .engine import ACCOUNT, REGION, ControlError, Engine
from .rds_snapshots import FAILS, NEVER_READY
from .rds_state import MANUAL_SNAPSHOT_QUOTA, Rds

KINDS = ("instance-status", FAILS, NEVER_READY, "snapshot-quota", "clear")


def install(engine: Engine, rds: Rds) -> None:
    engine.control["POST", "/rds/faults"] = lambda body: _set(rds, rds_backends[ACCOUNT][REGION], body)


def _set(rds: Rds, backend: RDSBackend, body: dict[str, Any]) -> object:
    kind = body.get("kind")
    with rds.lock:
        if kind == "instance-status":
            _set_status(rds, _text(body, "instance"), _text(body, "status"))
        elif kind in (FAILS, NEVER_READY):
            rds.snapshot_faults.append((kind, _text(body, "prefix")))
        elif kind == "snapshot-quota":
            rds.manual_snapshot_quota = _number(body, "max")
        elif kind == "clear":
            _clear(rds, backend)
        else:
            raise ControlError(400, f"no fault {kind!r}; there are: {', '.join(KINDS)}")
    return {}


def _set_status(rds: Rds, identifier: str, status: str) -> None:
    if status == "available":
        rds.instance_faults.pop(identifier, None)
    else:
        rds.instance_faults[identifier] = status


def _clear(rds: Rds, backend: RDSBackend) -> None:
    rds.snapshot_faults.clear()
    rds.manual_snapshot_quota = MANUAL_SNAPSHOT_QUOTA
    rds.instance_faults.clear()
    for snapshot in backend.database_snapshots.values():
        rds.transitions.hurry(snapshot.arn)


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ControlError(400, f"the fault {body.get('kind')} needs `{name}`, a text")
    return value


def _number(body: dict[str, Any], name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int):
        raise ControlError(400, f"the fault {body.get('kind')} needs `{name}`, a whole number")
    return value
