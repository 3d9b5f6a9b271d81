"""Tags of an instance or snapshot that is not there are an error, and a tag key never starts with `aws:`.

Stock moto answers no tags, and success.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_AddTagsToResource.html
"""

from __future__ import annotations

from typing import Any

from moto.rds.models import RDSBackend

from .rds_instances import find_instance
from .rds_snapshot_records import find_snapshot
from .rds_state import Rds, patch_backend, refuse

RESERVED_PREFIX = "aws:"


def install(rds: Rds) -> None:
    def resource(self: RDSBackend, arn: str) -> Any:
        rds.transitions.settle()
        kind, _, name = arn.partition(":rds:")[2].partition(":")[2].partition(":")[2].partition(":")
        if kind == "db":
            return find_instance(self, name)
        if kind == "snapshot":
            return find_snapshot(self, arn)
        return stock_resource(self, arn)

    def add(self: RDSBackend, arn: str, tags: list[dict[str, str]]) -> Any:
        for tag in tags:
            if tag["Key"].lower().startswith(RESERVED_PREFIX):
                raise refuse("InvalidParameterValue", f"Tag keys must not start with {RESERVED_PREFIX}: {tag['Key']}")
        return stock_add(self, arn, tags)

    stock_resource = patch_backend("_get_resource_for_tagging", resource)
    stock_add = patch_backend("add_tags_to_resource", add)
