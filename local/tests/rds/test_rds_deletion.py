from __future__ import annotations

import pytest

from .rds_support import RunningEngine, code_of, new_name, one_value, refusal


@pytest.fixture
def copy(engine: RunningEngine) -> str:
    name = new_name()
    engine.restore("prod-people", name, BackupRetentionPeriod=0)
    return name


def test_a_deleted_instance_its_server_and_its_files_are_gone_after_180_seconds(
    engine: RunningEngine, copy: str
) -> None:
    folder = engine.state / "rds" / "servers" / "instances" / copy
    assert folder.is_dir()
    answer = engine.rds.delete_db_instance(
        DBInstanceIdentifier=copy, SkipFinalSnapshot=True, DeleteAutomatedBackups=True
    )
    assert answer["DBInstance"]["DBInstanceStatus"] == "deleting"
    engine.advance(175)
    assert engine.status(copy) == "deleting"
    code, message = refusal(engine.rds.delete_db_instance, DBInstanceIdentifier=copy, SkipFinalSnapshot=True)
    assert (code, message) == ("InvalidDBInstanceState", f"Instance {copy} is already being deleted.")
    engine.advance(5)
    assert code_of(engine.rds.describe_db_instances, DBInstanceIdentifier=copy) == "DBInstanceNotFound"
    again = {"DBInstanceIdentifier": copy, "SkipFinalSnapshot": True}
    assert code_of(engine.rds.delete_db_instance, **again) == "DBInstanceNotFound"
    assert not folder.exists()
    assert f"rds {copy}" not in [child["name"] for child in engine.control("/processes")]


def test_an_instance_can_be_deleted_while_it_is_created(engine: RunningEngine) -> None:
    name = new_name()
    engine.rds.restore_db_instance_from_db_snapshot(DBSnapshotIdentifier="prod-people", DBInstanceIdentifier=name)
    engine.rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    engine.advance(180)
    assert code_of(engine.rds.describe_db_instances, DBInstanceIdentifier=name) == "DBInstanceNotFound"
    assert f"rds {name}" not in [child["name"] for child in engine.control("/processes")]


def test_a_snapshot_under_way_survives_the_deletion_of_its_instance(engine: RunningEngine, copy: str) -> None:
    snapshot, again = new_name(), new_name()
    engine.rds.create_db_snapshot(DBInstanceIdentifier=copy, DBSnapshotIdentifier=snapshot)
    engine.rds.delete_db_instance(DBInstanceIdentifier=copy, SkipFinalSnapshot=True)
    engine.advance(1000)
    assert engine.snapshot(snapshot)["Status"] == "available"
    engine.restore(snapshot, again)
    with engine.connect(again) as connection:
        assert one_value(connection, "SELECT count(*) FROM people") == 1000


def test_a_final_snapshot_is_taken_before(engine: RunningEngine, copy: str) -> None:
    snapshot = new_name()
    engine.rds.delete_db_instance(DBInstanceIdentifier=copy, FinalDBSnapshotIdentifier=snapshot)
    engine.advance(1000)
    assert engine.snapshot(snapshot)["Status"] == "available"
    assert code_of(engine.rds.describe_db_instances, DBInstanceIdentifier=copy) == "DBInstanceNotFound"


def test_the_final_snapshot_is_taken_or_skipped_on_purpose(engine: RunningEngine, copy: str) -> None:
    both = {"SkipFinalSnapshot": True, "FinalDBSnapshotIdentifier": new_name()}
    for choice in ({}, both):
        request = {"DBInstanceIdentifier": copy, **choice}
        assert code_of(engine.rds.delete_db_instance, **request) == "InvalidParameterCombination"


def test_a_protected_instance_is_not_deleted(engine: RunningEngine, copy: str) -> None:
    engine.rds.modify_db_instance(DBInstanceIdentifier=copy, DeletionProtection=True)
    request = {"DBInstanceIdentifier": copy, "SkipFinalSnapshot": True}
    assert code_of(engine.rds.delete_db_instance, **request) == "InvalidParameterCombination"
    engine.rds.modify_db_instance(DBInstanceIdentifier=copy, DeletionProtection=False)
    engine.rds.delete_db_instance(**request)


def test_an_instance_in_a_failure_state_can_be_deleted(engine: RunningEngine, copy: str) -> None:
    engine.control("/rds/faults", {"kind": "instance-status", "instance": copy, "status": "incompatible-network"})
    engine.rds.delete_db_instance(DBInstanceIdentifier=copy, SkipFinalSnapshot=True)
    assert engine.status(copy) == "deleting"


@pytest.mark.parametrize(("delete_backups", "left"), [(True, 0), (False, 1)])
def test_automated_backups_go_with_the_instance_unless_kept(
    engine: RunningEngine, delete_backups: bool, left: int
) -> None:
    name = new_name()
    engine.create_instance(name, BackupRetentionPeriod=1)
    engine.rds.delete_db_instance(
        DBInstanceIdentifier=name, SkipFinalSnapshot=True, DeleteAutomatedBackups=delete_backups
    )
    engine.advance(1000)
    engine.rds.describe_db_instances()
    engine.advance(5)
    assert len(engine.rds.describe_db_snapshots(DBInstanceIdentifier=name)["DBSnapshots"]) == left
