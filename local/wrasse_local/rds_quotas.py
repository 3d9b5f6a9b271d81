"""DescribeAccountAttributes shows how much of each quota is used.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeAccountAttributes.html
"""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.rds.responses import RDSResponse

from .rds_snapshots import manual_snapshots
from .rds_state import Rds, patch_response

DB_INSTANCE_QUOTA = 40
SUBNET_GROUP_QUOTA = 50


def install(rds: Rds) -> None:
    def describe(self: RDSResponse) -> ActionResult:
        rds.transitions.settle()
        backend = self.backend
        quotas = [
            ("DBInstances", len(backend.databases), DB_INSTANCE_QUOTA),
            ("ManualSnapshots", manual_snapshots(backend), rds.manual_snapshot_quota),
            ("DBSubnetGroups", len(backend.subnet_groups), SUBNET_GROUP_QUOTA),
        ]
        return ActionResult(
            {
                "AccountQuotas": [
                    {"AccountQuotaName": name, "Used": used, "Max": maximum} for name, used, maximum in quotas
                ]
            }
        )

    patch_response("describe_account_attributes", describe)
