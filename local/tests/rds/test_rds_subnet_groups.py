from __future__ import annotations

from .rds_support import RunningEngine, code_of, new_name


def test_a_subnet_group_is_described_and_taken_once(engine: RunningEngine) -> None:
    request = {
        "DBSubnetGroupName": new_name(),
        "DBSubnetGroupDescription": "-",
        "SubnetIds": engine.create_subnets("ab")[1],
    }
    engine.rds.create_db_subnet_group(**request)
    described = engine.rds.describe_db_subnet_groups(DBSubnetGroupName=request["DBSubnetGroupName"])["DBSubnetGroups"]
    assert [group["SubnetGroupStatus"] for group in described] == ["Complete"]
    assert code_of(engine.rds.create_db_subnet_group, **request) == "DBSubnetGroupAlreadyExists"


def test_a_subnet_group_covers_two_zones_of_one_vpc(engine: RunningEngine) -> None:
    request = {"DBSubnetGroupName": new_name(), "DBSubnetGroupDescription": "-"}
    create = engine.rds.create_db_subnet_group
    _, one_zone = engine.create_subnets("aa")
    assert code_of(create, SubnetIds=one_zone, **request) == "DBSubnetGroupDoesNotCoverEnoughAZs"
    two_vpcs = [subnet for zone in "ab" for subnet in engine.create_subnets(zone)[1]]
    assert code_of(create, SubnetIds=two_vpcs, **request) == "InvalidSubnet"


def test_a_missing_subnet_group_is_an_error(engine: RunningEngine) -> None:
    assert code_of(engine.rds.describe_db_subnet_groups, DBSubnetGroupName="no-such") == "DBSubnetGroupNotFoundFault"
