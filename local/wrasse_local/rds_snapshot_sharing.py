"""A manual snapshot is shared with at most 20 accounts, by the attribute `restore`.

A snapshot under the AWS-managed key cannot be shared: no other account may use that key.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBSnapshotAttribute.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html
"""

from __future__ import annotations

import re
from typing import Any

from moto.rds.models import RDSBackend

from .rds_snapshot_records import PostgresSnapshot, find_snapshot
from .rds_state import Rds, patch_backend, refuse

ACCOUNT = re.compile(r"\d{12}")
PUBLIC = "all"


def install(rds: Rds) -> None:
    def modify(
        self: RDSBackend,
        db_snapshot_identifier: str,
        attribute_name: str,
        values_to_add: list[str] | None = None,
        values_to_remove: list[str] | None = None,
    ) -> Any:
        rds.transitions.settle()
        snapshot = find_snapshot(self, db_snapshot_identifier)
        if isinstance(snapshot, PostgresSnapshot):
            _check(self, snapshot, values_to_add or [])
        # Stock moto would list an account that is added again twice.
        new = [account for account in values_to_add or [] if account not in snapshot.attributes[attribute_name]]
        return stock(self, db_snapshot_identifier, attribute_name, new, values_to_remove)

    stock = patch_backend("modify_db_snapshot_attribute", modify)


def _check(backend: RDSBackend, snapshot: PostgresSnapshot, accounts: list[str]) -> None:
    if snapshot.state != "available":
        raise refuse(
            "InvalidDBSnapshotState",
            f"The snapshot {snapshot.db_snapshot_identifier} is {snapshot.state}, not available.",
        )
    for account in accounts:
        if account != PUBLIC and not ACCOUNT.fullmatch(account):
            raise refuse("InvalidParameterValue", f"Invalid AWS account ID: {account}")
    if accounts and snapshot.encrypted and _aws_managed(backend, str(snapshot.kms_key_id)):
        raise refuse(
            "InvalidParameterCombination",
            "You can't share a snapshot that is encrypted with the default AWS KMS key aws/rds.",
        )


def _aws_managed(backend: RDSBackend, key: str) -> bool:
    return bool(backend.kms.describe_key(key).key_manager == "AWS")
