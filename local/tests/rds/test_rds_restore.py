from __future__ import annotations

from typing import Any

from .rds_support import RunningEngine, code_of, new_name, refusal


def test_a_restore_is_creating_for_300_seconds(engine: RunningEngine) -> None:
    name = new_name()
    engine.rds.restore_db_instance_from_db_snapshot(DBSnapshotIdentifier="prod-people", DBInstanceIdentifier=name)
    engine.advance(295)
    assert engine.status(name) == "creating"
    engine.advance(5)
    assert engine.status(name) == "available"


def test_storage_and_engine_are_inherited_but_not_tags_network_and_protection(engine: RunningEngine) -> None:
    source, snapshot = new_name(), new_name()
    tags = [{"Key": "team", "Value": "shop"}]
    parameters = {"AllocatedStorage": 37, "BackupRetentionPeriod": 3, "PreferredBackupWindow": "01:00-01:30"}
    engine.create_instance(source, DeletionProtection=True, MultiAZ=True, Tags=tags, **parameters)
    engine.create_snapshot(source, snapshot)
    restored = engine.restore(snapshot, new_name())
    assert {key: restored[key] for key in parameters} == parameters
    assert restored["MasterUsername"] == engine.describe(source)["MasterUsername"]
    assert (restored["DeletionProtection"], restored["MultiAZ"], restored["TagList"]) == (False, False, [])
    assert restored["DbiResourceId"] != engine.describe(source)["DbiResourceId"]


def test_what_the_request_says_wins(engine: RunningEngine) -> None:
    ec2 = engine.client("ec2")
    vpc, subnets = engine.create_subnets("ab")
    group = ec2.create_security_group(GroupName=new_name(), Description="-", VpcId=vpc)["GroupId"]
    network = new_name("subnets")
    engine.rds.create_db_subnet_group(DBSubnetGroupName=network, DBSubnetGroupDescription="-", SubnetIds=subnets)
    tags = [{"Key": "wrasse:run", "Value": "0123456789abcdef"}]

    restored = engine.restore(
        "prod-people",
        new_name(),
        DBInstanceClass="db.r7g.large",
        DBSubnetGroupName=network,
        VpcSecurityGroupIds=[group],
        PubliclyAccessible=False,
        MultiAZ=False,
        DeletionProtection=False,
        CopyTagsToSnapshot=False,
        BackupRetentionPeriod=0,
        Tags=tags,
    )

    assert restored["DBInstanceClass"] == "db.r7g.large"
    assert restored["DBSubnetGroup"]["DBSubnetGroupName"] == network
    assert restored["DBSubnetGroup"]["VpcId"] == vpc
    assert [entry["VpcSecurityGroupId"] for entry in restored["VpcSecurityGroups"]] == [group]
    assert (restored["PubliclyAccessible"], restored["BackupRetentionPeriod"]) == (False, 0)
    assert restored["TagList"] == tags

    elsewhere: dict[str, Any] = {"DBInstanceIdentifier": new_name(), "VpcSecurityGroupIds": [group]}
    code, message = refusal(
        engine.rds.restore_db_instance_from_db_snapshot, DBSnapshotIdentifier="prod-people", **elsewhere
    )
    assert (code, "different VPCs" in message) == ("InvalidParameterCombination", True)


def test_refusals_have_the_codes_of_the_service_model(engine: RunningEngine) -> None:
    restore, name = engine.rds.restore_db_instance_from_db_snapshot, new_name()
    good: dict[str, Any] = {"DBSnapshotIdentifier": "prod-people", "DBInstanceIdentifier": name}
    changes: list[tuple[dict[str, Any], str]] = [
        ({"DBSnapshotIdentifier": "no-such"}, "DBSnapshotNotFound"),
        ({"DBInstanceIdentifier": "prod"}, "DBInstanceAlreadyExists"),
        ({"DBInstanceIdentifier": "a--b"}, "InvalidParameterValue"),
        ({"DBSubnetGroupName": "no-such"}, "DBSubnetGroupNotFoundFault"),
        ({"VpcSecurityGroupIds": ["sg-00000000000000000"]}, "InvalidParameterValue"),
        ({"AllocatedStorage": 5}, "InvalidParameterValue"),
    ]
    for change, code in changes:
        assert code_of(restore, **{**good, **change}) == code, change
    assert code_of(engine.rds.describe_db_instances, DBInstanceIdentifier=name) == "DBInstanceNotFound"


def test_a_snapshot_that_is_not_available_is_not_restored(engine: RunningEngine) -> None:
    snapshot = new_name()
    engine.rds.create_db_snapshot(DBInstanceIdentifier="prod", DBSnapshotIdentifier=snapshot)
    request = {"DBSnapshotIdentifier": snapshot, "DBInstanceIdentifier": new_name()}
    assert code_of(engine.rds.restore_db_instance_from_db_snapshot, **request) == "InvalidDBSnapshotState"


def test_a_snapshot_is_restored_by_its_arn_too(engine: RunningEngine) -> None:
    arn = engine.snapshot("prod-people")["DBSnapshotArn"]
    assert engine.restore(arn, new_name())["DBInstanceStatus"] == "available"
