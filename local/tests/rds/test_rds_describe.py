from __future__ import annotations

import pytest

from .rds_support import RunningEngine, code_of, new_name


def test_snapshots_come_in_pages(engine: RunningEngine) -> None:
    names = {new_name("page") for _ in range(20)}
    for name in names:
        engine.create_snapshot("prod", name)
    first = engine.rds.describe_db_snapshots(DBInstanceIdentifier="prod", MaxRecords=20)
    assert len(first["DBSnapshots"]) == 20
    second = engine.rds.describe_db_snapshots(DBInstanceIdentifier="prod", MaxRecords=20, Marker=first["Marker"])
    assert "Marker" not in second
    found = [snapshot["DBSnapshotIdentifier"] for page in (first, second) for snapshot in page["DBSnapshots"]]
    assert sorted(found) == sorted({*names, "prod-people"})
    assert code_of(engine.rds.describe_db_snapshots, Marker="not a marker") == "InvalidParameterValue"


@pytest.mark.parametrize("size", [19, 101])
def test_a_page_is_20_to_100_records(engine: RunningEngine, size: int) -> None:
    for describe in (engine.rds.describe_db_snapshots, engine.rds.describe_db_instances):
        assert code_of(describe, MaxRecords=size) == "InvalidParameterValue"


def test_snapshots_are_found_by_instance_type_and_name(engine: RunningEngine) -> None:
    name = new_name()
    engine.create_instance(name, BackupRetentionPeriod=1)
    engine.create_snapshot(name, f"{name}-manual")

    def found(**criteria: str) -> list[str]:
        snapshots = engine.rds.describe_db_snapshots(DBInstanceIdentifier=name, **criteria)["DBSnapshots"]
        return sorted(snapshot["SnapshotType"] for snapshot in snapshots)

    assert found() == ["automated", "manual"]
    assert found(SnapshotType="manual") == ["manual"]
    assert found(SnapshotType="automated") == ["automated"]
    assert found(DBSnapshotIdentifier=f"{name}-manual") == ["manual"]
    assert engine.rds.describe_db_snapshots(DBInstanceIdentifier="no-such")["DBSnapshots"] == []
    arn = engine.snapshot(f"{name}-manual")["DBSnapshotArn"]
    assert engine.snapshot(arn)["DBSnapshotIdentifier"] == f"{name}-manual"


def test_an_unknown_instance_is_an_error(engine: RunningEngine) -> None:
    assert code_of(engine.rds.describe_db_instances, DBInstanceIdentifier="no-such") == "DBInstanceNotFound"
