from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from .rds_support import MASTER, PASSWORD, RunningEngine, code_of, new_name, one_value


@pytest.fixture
def copy(engine: RunningEngine) -> str:
    name = new_name()
    engine.restore("prod-people", name, BackupRetentionPeriod=0)
    return name


def secret_of(engine: RunningEngine, instance: str) -> dict[str, Any]:
    arn = engine.describe(instance)["MasterUserSecret"]["SecretArn"]
    value: dict[str, Any] = json.loads(engine.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
    return value


def test_the_managed_password_takes_the_place_of_the_old_one(engine: RunningEngine, copy: str) -> None:
    with engine.connect(copy) as connection:
        assert one_value(connection, "SELECT count(*) FROM people") > 0
    engine.rds.modify_db_instance(DBInstanceIdentifier=copy, ManageMasterUserPassword=True, ApplyImmediately=True)
    engine.advance(1000)
    assert engine.status(copy) == "available"
    secret = secret_of(engine, copy)
    assert secret["username"] == MASTER
    with engine.connect(copy, secret["password"]) as connection:
        assert one_value(connection, "SELECT current_user") == MASTER
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        engine.connect(copy, PASSWORD)
    with engine.connect("prod", PASSWORD) as connection:
        assert one_value(connection, "SELECT 1") == 1


def test_available_alone_does_not_mean_applied(engine: RunningEngine, copy: str) -> None:
    engine.rds.modify_db_instance(DBInstanceIdentifier=copy, ManageMasterUserPassword=True)
    pending = {"MasterUserPassword": "****"}
    for seconds, status, secret_status, modified in [
        (0, "available", "creating", pending),
        (30, "resetting-master-credentials", "creating", pending),
        (60, "available", "active", {}),
    ]:
        engine.advance(seconds)
        seen = engine.describe(copy)
        assert (seen["DBInstanceStatus"], seen["MasterUserSecret"]["SecretStatus"]) == (status, secret_status)
        assert seen["PendingModifiedValues"] == modified


def test_nothing_else_is_modified_meanwhile(engine: RunningEngine, copy: str) -> None:
    engine.rds.modify_db_instance(DBInstanceIdentifier=copy, ManageMasterUserPassword=True)
    again = {"DBInstanceIdentifier": copy, "ManageMasterUserPassword": True}
    assert code_of(engine.rds.modify_db_instance, **again) == "InvalidDBInstanceState"


def test_the_secret_says_whose_it_is(engine: RunningEngine, copy: str) -> None:
    engine.rds.modify_db_instance(DBInstanceIdentifier=copy, ManageMasterUserPassword=True)
    described = engine.describe(copy)
    secret = engine.client("secretsmanager").describe_secret(SecretId=described["MasterUserSecret"]["SecretArn"])
    tags = {tag["Key"]: tag["Value"] for tag in secret["Tags"]}
    assert tags == {
        "aws:rds:primaryDBInstanceArn": described["DBInstanceArn"],
        "aws:secretsmanager:owningService": "rds",
    }
    assert secret["Name"].startswith("rds!db-")
    assert described["MasterUserSecret"]["KmsKeyId"].startswith("arn:aws:kms:us-east-1:")


def test_the_secret_goes_with_its_instance(engine: RunningEngine, copy: str) -> None:
    engine.rds.modify_db_instance(DBInstanceIdentifier=copy, ManageMasterUserPassword=True)
    engine.advance(1000)
    arn = engine.describe(copy)["MasterUserSecret"]["SecretArn"]
    engine.rds.delete_db_instance(DBInstanceIdentifier=copy, SkipFinalSnapshot=True)
    engine.advance(1000)
    assert code_of(engine.rds.describe_db_instances, DBInstanceIdentifier=copy) == "DBInstanceNotFound"
    assert code_of(engine.client("secretsmanager").describe_secret, SecretId=arn) == "ResourceNotFoundException"


def test_an_instance_can_be_created_with_a_managed_password(engine: RunningEngine) -> None:
    name = new_name()
    engine.create_instance(name, MasterUserPassword="", ManageMasterUserPassword=True)
    assert engine.describe(name)["MasterUserSecret"]["SecretStatus"] == "active"
    with engine.connect(name, secret_of(engine, name)["password"]) as connection:
        assert one_value(connection, "SELECT current_user") == MASTER
