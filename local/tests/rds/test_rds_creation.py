from __future__ import annotations

from typing import Any

import pytest

from .rds_support import MASTER, PASSWORD, RunningEngine, code_of, new_name, one_value, refusal

REQUEST: dict[str, Any] = {
    "DBInstanceClass": "db.t4g.micro",
    "Engine": "postgres",
    "MasterUsername": MASTER,
    "MasterUserPassword": PASSWORD,
    "AllocatedStorage": 20,
}


def test_an_instance_is_creating_without_an_endpoint_for_240_seconds(engine: RunningEngine) -> None:
    name = new_name()
    answer = engine.rds.create_db_instance(DBInstanceIdentifier=name, BackupRetentionPeriod=0, **REQUEST)["DBInstance"]
    assert answer["DBInstanceStatus"] == "creating"
    engine.advance(235)
    creating = engine.describe(name)
    assert creating["DBInstanceStatus"] == "creating"
    assert not {"Endpoint", "InstanceCreateTime"} & set(creating)
    engine.advance(5)
    available = engine.describe(name)
    assert available["DBInstanceStatus"] == "available"
    assert available["Endpoint"]["Address"] == "localhost"
    with engine.connect(name, dbname="postgres") as connection:
        assert one_value(connection, "SHOW server_version").split()[0] == available["EngineVersion"]


def test_an_instance_with_backups_takes_an_automated_one_first(engine: RunningEngine) -> None:
    name, copy = new_name(), new_name()
    engine.create_instance(name, BackupRetentionPeriod=7)
    backups = engine.rds.describe_db_snapshots(DBInstanceIdentifier=name, SnapshotType="automated")["DBSnapshots"]
    assert [(backup["Status"], backup["SnapshotType"]) for backup in backups] == [("available", "automated")]
    backup = backups[0]["DBSnapshotIdentifier"]
    assert backup.startswith(f"rds:{name}-20")
    assert code_of(engine.rds.delete_db_snapshot, DBSnapshotIdentifier=backup) == "InvalidDBSnapshotState"
    engine.restore(backup, copy, BackupRetentionPeriod=0)
    with engine.connect(copy) as connection:
        assert one_value(connection, "SELECT current_database()") == "shop"


def test_a_taken_name_is_refused_in_any_case(engine: RunningEngine) -> None:
    for name in ("prod", "PROD"):
        assert code_of(engine.rds.create_db_instance, DBInstanceIdentifier=name, **REQUEST) == "DBInstanceAlreadyExists"


@pytest.mark.parametrize("name", ["1a", "a--b", "a-", "a_b", "a" * 64])
def test_an_illegal_name_is_refused(engine: RunningEngine, name: str) -> None:
    code, message = refusal(engine.rds.create_db_instance, DBInstanceIdentifier=name, **REQUEST)
    assert code == "InvalidParameterValue"
    assert "DBInstanceIdentifier is not a valid identifier" in message


@pytest.mark.parametrize(
    "change",
    [
        {"MasterUserPassword": "2small"},
        {"MasterUserPassword": "with@forbidden/characters"},
        {"MasterUsername": "rdsadmin"},
        {"MasterUsername": "1user"},
        {"DBName": "with-hyphen"},
        {"DBName": "template1"},
    ],
)
def test_an_illegal_user_password_or_database_is_refused(engine: RunningEngine, change: dict[str, str]) -> None:
    request = {"DBInstanceIdentifier": new_name(), **REQUEST, **change}
    code, message = refusal(engine.rds.create_db_instance, **request)
    assert code == "InvalidParameterValue"
    assert change.get("MasterUserPassword", "-no-password-") not in message


def test_a_managed_password_excludes_one_of_ones_own(engine: RunningEngine) -> None:
    request = {"DBInstanceIdentifier": new_name(), "ManageMasterUserPassword": True, **REQUEST}
    assert code_of(engine.rds.create_db_instance, **request) == "InvalidParameterCombination"
