"""The subnet group and security groups of an instance: they must exist, and in the same VPC.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends
from moto.rds.models import RDSBackend

from .rds_state import refuse


def check_network(backend: RDSBackend, parameters: dict[str, Any]) -> None:
    """Refuses a subnet group or security group that is not there, or security groups of another VPC."""
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    group = parameters.get("db_subnet_group_name")
    if group is None:
        vpc = ec2.get_default_vpc()
        vpc_id = vpc.id if vpc is not None else None
    else:
        vpc_id = backend.describe_db_subnet_groups(group)[0].vpc_id
    check_security_groups(backend, vpc_id, parameters.get("vpc_security_group_ids") or [])


def check_security_groups(backend: RDSBackend, vpc_id: str | None, ids: list[str]) -> None:
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    for identifier in ids:
        group = ec2.get_security_group_from_id(identifier)
        if group is None:
            raise refuse("InvalidParameterValue", f"Invalid security group , groupId= {identifier}, groupName=.")
        if group.vpc_id != vpc_id:
            raise refuse(
                "InvalidParameterCombination",
                "The DB instance and EC2 security group are in different VPCs. "
                f"The DB instance is in {vpc_id} and the EC2 security group is in {group.vpc_id}",
            )
