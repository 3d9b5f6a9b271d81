from __future__ import annotations

import urllib.error
from typing import Any

import pytest

from .rds_support import RunningEngine, new_name


def take(engine: RunningEngine, name: str) -> None:
    engine.rds.create_db_snapshot(DBInstanceIdentifier="prod", DBSnapshotIdentifier=name)


def test_the_next_snapshot_of_the_prefix_fails(engine: RunningEngine) -> None:
    prefix = new_name("tmp")
    engine.control("/rds/faults", {"kind": "snapshot-fails", "prefix": prefix})
    other = new_name()
    engine.create_snapshot("prod", other)
    assert engine.snapshot(other)["Status"] == "available"
    take(engine, f"{prefix}-1")
    assert engine.snapshot(f"{prefix}-1")["Status"] == "creating"
    engine.advance(150)
    assert engine.snapshot(f"{prefix}-1")["Status"] == "failed"
    assert engine.create_snapshot("prod", f"{prefix}-2")["Status"] == "available"
    engine.rds.delete_db_snapshot(DBSnapshotIdentifier=f"{prefix}-1")


def test_a_snapshot_that_is_never_ready_becomes_ready_when_faults_are_cleared(engine: RunningEngine) -> None:
    prefix = new_name("tmp")
    engine.control("/rds/faults", {"kind": "snapshot-never-ready", "prefix": prefix})
    take(engine, f"{prefix}-1")
    engine.advance(60 * 60 * 24)
    assert engine.snapshot(f"{prefix}-1")["Status"] == "creating"
    assert engine.status("prod") == "available"
    engine.control("/rds/faults", {"kind": "clear"})
    assert engine.snapshot(f"{prefix}-1")["Status"] == "available"


def test_a_status_is_shown_until_it_is_taken_back(engine: RunningEngine) -> None:
    engine.control("/rds/faults", {"kind": "instance-status", "instance": "prod", "status": "stopped"})
    assert engine.status("prod") == "stopped"
    engine.control("/rds/faults", {"kind": "instance-status", "instance": "prod", "status": "available"})
    assert engine.status("prod") == "available"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "no-such"}, 400),
        ({"kind": "snapshot-fails"}, 400),
        ({"kind": "snapshot-quota", "max": "many"}, 400),
        ({"kind": "instance-status", "instance": "prod"}, 400),
    ],
)
def test_a_fault_that_is_not_understood_is_refused(engine: RunningEngine, body: dict[str, Any], status: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        engine.control("/rds/faults", body)
    assert caught.value.code == status
