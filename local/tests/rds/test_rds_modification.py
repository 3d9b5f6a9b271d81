from __future__ import annotations

import psycopg
import pytest

from .rds_support import PASSWORD, RunningEngine, code_of, new_name, one_value


@pytest.fixture
def copy(engine: RunningEngine) -> str:
    name = new_name()
    engine.restore("prod-people", name, BackupRetentionPeriod=0)
    return name


def test_a_new_password_works_once_it_is_applied(engine: RunningEngine, copy: str) -> None:
    engine.rds.modify_db_instance(DBInstanceIdentifier=copy, MasterUserPassword="another-fine-password")
    assert engine.describe(copy)["PendingModifiedValues"] == {"MasterUserPassword": "****"}
    with engine.connect(copy, PASSWORD) as connection:
        assert one_value(connection, "SELECT 1") == 1
    engine.advance(90)
    assert (engine.status(copy), engine.describe(copy)["PendingModifiedValues"]) == ("available", {})
    with engine.connect(copy, "another-fine-password") as connection:
        assert one_value(connection, "SELECT 1") == 1
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        engine.connect(copy, PASSWORD)


def test_going_back_to_a_password_of_ones_own_deletes_the_secret(engine: RunningEngine, copy: str) -> None:
    engine.rds.modify_db_instance(DBInstanceIdentifier=copy, ManageMasterUserPassword=True)
    engine.advance(90)
    secret = engine.describe(copy)["MasterUserSecret"]["SecretArn"]
    engine.advance(90)
    engine.rds.describe_db_instances()
    engine.rds.modify_db_instance(
        DBInstanceIdentifier=copy, ManageMasterUserPassword=False, MasterUserPassword="another-fine-password"
    )
    engine.advance(1000)
    assert "MasterUserSecret" not in engine.describe(copy)
    assert code_of(engine.client("secretsmanager").describe_secret, SecretId=secret) == "ResourceNotFoundException"
    with engine.connect(copy, "another-fine-password") as connection:
        assert one_value(connection, "SELECT 1") == 1


def test_what_needs_no_server_is_changed_at_once(engine: RunningEngine, copy: str) -> None:
    engine.rds.modify_db_instance(DBInstanceIdentifier=copy, DeletionProtection=True, BackupRetentionPeriod=0)
    assert engine.describe(copy)["DeletionProtection"]
    assert engine.status(copy) == "available"


def test_refusals(engine: RunningEngine, copy: str) -> None:
    modify = engine.rds.modify_db_instance
    assert code_of(modify, DBInstanceIdentifier="no-such", DeletionProtection=True) == "DBInstanceNotFound"
    assert code_of(modify, DBInstanceIdentifier=copy, MasterUserPassword="short") == "InvalidParameterValue"
    assert code_of(modify, DBInstanceIdentifier=copy, EngineVersion="99.1") == "InvalidParameterCombination"
    engine.control("/rds/faults", {"kind": "instance-status", "instance": copy, "status": "storage-full"})
    assert code_of(modify, DBInstanceIdentifier=copy, DeletionProtection=True) == "InvalidDBInstanceState"
