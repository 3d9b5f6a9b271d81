"""A subnet group: a name is taken once, and the subnets cover two Availability Zones of one VPC at least.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html
"""

from __future__ import annotations

from typing import Any

from moto.rds.models import RDSBackend

from .rds_state import patch_backend, refuse


def install() -> None:
    def create(
        self: RDSBackend, subnet_name: str, description: str, subnets: list[Any], tags: list[dict[str, str]]
    ) -> Any:
        if subnet_name in self.subnet_groups:
            raise refuse("DBSubnetGroupAlreadyExists", f"The DB subnet group '{subnet_name}' already exists.")
        if len({subnet.vpc_id for subnet in subnets}) > 1:
            raise refuse(
                "InvalidSubnet",
                "The requested subnet is invalid, or multiple subnets were requested that are not all in a common VPC.",
            )
        if len({subnet.availability_zone for subnet in subnets}) < 2:
            raise refuse(
                "DBSubnetGroupDoesNotCoverEnoughAZs",
                "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. "
                "Add subnets to cover at least 2 AZs.",
            )
        return stock(self, subnet_name, description, subnets, tags)

    stock = patch_backend("create_subnet_group", create)
