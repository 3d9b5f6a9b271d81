"""One engine for all RDS tests, with a source instance `prod` that holds people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wrasse_local.clock import Clock
from wrasse_local.engine import Engine
from wrasse_local.processes import Children

from .rds_support import LONGEST_CHANGE, RunningEngine, running_engine

PEOPLE = 1000


@pytest.fixture(scope="session")
def engine() -> Iterator[RunningEngine]:
    with running_engine() as running:
        running.create_instance("prod", Tags=[{"Key": "team", "Value": "shop"}], CopyTagsToSnapshot=True)
        with running.connect("prod") as connection:
            connection.execute("CREATE TABLE people (id int PRIMARY KEY, email text NOT NULL)")
            people = "SELECT n, 'person' || n || '@bigcorp.example' FROM generate_series(1, %s) n"
            connection.execute(f"INSERT INTO people {people}".encode(), [PEOPLE])
        running.create_snapshot("prod", "prod-people")
        yield running


@pytest.fixture
def bare_engine(tmp_path: Path) -> Iterator[Engine]:
    """An engine in this process, with child processes but without a server: for tests of what lies below RDS."""
    children = Children()
    yield Engine(tmp_path, Clock(), children, {}, "http://127.0.0.1:1")
    children.stop_all()


@pytest.fixture(autouse=True)
def clean_account(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "engine" in request.fixturenames:
        _clean(request.getfixturevalue("engine"))


def _clean(engine: RunningEngine) -> None:
    """Takes back faults and deletes what the test made: a server and a copy each are not for free."""
    engine.control("/rds/faults", {"kind": "clear"})
    engine.advance(LONGEST_CHANGE)
    for instance in engine.rds.describe_db_instances()["DBInstances"]:
        name = instance["DBInstanceIdentifier"]
        if name != "prod":
            if instance["DeletionProtection"]:
                engine.rds.modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=False)
            engine.rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    for snapshot in engine.rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]:
        if snapshot["DBSnapshotIdentifier"] != "prod-people":
            engine.rds.delete_db_snapshot(DBSnapshotIdentifier=snapshot["DBSnapshotIdentifier"])
    engine.advance(LONGEST_CHANGE)
    engine.rds.describe_db_instances()
