from __future__ import annotations

from typing import Any

import pytest

from .rds_support import RunningEngine, code_of, new_name


@pytest.fixture
def snapshot(engine: RunningEngine) -> str:
    name = new_name()
    engine.create_snapshot("prod", name)
    return name


def shared_with(engine: RunningEngine, snapshot: str) -> list[str]:
    answer = engine.rds.describe_db_snapshot_attributes(DBSnapshotIdentifier=snapshot)["DBSnapshotAttributesResult"]
    values: list[str] = next(
        entry["AttributeValues"] for entry in answer["DBSnapshotAttributes"] if entry["AttributeName"] == "restore"
    )
    return values


def share(snapshot: str, *accounts: str) -> dict[str, Any]:
    return {"DBSnapshotIdentifier": snapshot, "AttributeName": "restore", "ValuesToAdd": list(accounts)}


def test_accounts_are_added_and_removed(engine: RunningEngine, snapshot: str) -> None:
    assert shared_with(engine, snapshot) == []
    engine.rds.modify_db_snapshot_attribute(**share(snapshot, "111122223333", "444455556666"))
    assert sorted(shared_with(engine, snapshot)) == ["111122223333", "444455556666"]
    engine.rds.modify_db_snapshot_attribute(**share(snapshot, "111122223333"))
    assert sorted(shared_with(engine, snapshot)) == ["111122223333", "444455556666"]
    engine.rds.modify_db_snapshot_attribute(
        DBSnapshotIdentifier=snapshot, AttributeName="restore", ValuesToRemove=["111122223333"]
    )
    assert shared_with(engine, snapshot) == ["444455556666"]


def test_at_most_20_accounts(engine: RunningEngine, snapshot: str) -> None:
    accounts = [f"1111222233{number:02}" for number in range(21)]
    modify = engine.rds.modify_db_snapshot_attribute
    assert code_of(modify, **share(snapshot, *accounts)) == "SharedSnapshotQuotaExceeded"
    modify(**share(snapshot, *accounts[:20]))
    assert len(shared_with(engine, snapshot)) == 20


def test_refusals(engine: RunningEngine, snapshot: str) -> None:
    modify = engine.rds.modify_db_snapshot_attribute
    assert code_of(modify, **share("no-such", "111122223333")) == "DBSnapshotNotFound"
    assert code_of(modify, **share(snapshot, "1234")) == "InvalidParameterValue"
    creating = new_name()
    engine.rds.create_db_snapshot(DBInstanceIdentifier="prod", DBSnapshotIdentifier=creating)
    assert code_of(modify, **share(creating, "111122223333")) == "InvalidDBSnapshotState"


def test_a_snapshot_under_the_aws_managed_key_is_not_shared(engine: RunningEngine) -> None:
    own_key = engine.client("kms").create_key()["KeyMetadata"]["Arn"]
    modify = engine.rds.modify_db_snapshot_attribute
    for key, expected in (("", "AWS"), (own_key, "CUSTOMER")):
        source, snapshot = new_name(), new_name()
        engine.create_instance(source, StorageEncrypted=True, KmsKeyId=key)
        engine.create_snapshot(source, snapshot)
        described = engine.snapshot(snapshot)
        assert described["Encrypted"]
        manager = engine.client("kms").describe_key(KeyId=described["KmsKeyId"])["KeyMetadata"]["KeyManager"]
        assert manager == expected
        if manager == "AWS":
            assert code_of(modify, **share(snapshot, "111122223333")) == "InvalidParameterCombination"
        else:
            modify(**share(snapshot, "111122223333"))
            assert shared_with(engine, snapshot) == ["111122223333"]
