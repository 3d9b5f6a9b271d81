"""DescribeDBInstances and DescribeDBSnapshots show what is due by now, in pages of 20 to 100 records.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshots.html
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.models import DBInstance, DBSnapshot, RDSBackend
from moto.rds.responses import RDSResponse

from .rds_identifiers import snapshot_name
from .rds_state import Rds, patch_backend, patch_response, refuse

PAGE_SIZES = range(20, 101)
DEFAULT_PAGE_SIZE = 100


def install(rds: Rds) -> None:
    def describe_instances(self: RDSBackend, *args: Any, **kwargs: Any) -> list[DBInstance]:
        rds.transitions.settle()
        instances: list[DBInstance] = stock_instances(self, *args, **kwargs)
        return instances

    def describe_snapshots(
        self: RDSBackend,
        db_instance_identifier: str | None,
        db_snapshot_identifier: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> list[DBSnapshot]:
        rds.transitions.settle()
        name = snapshot_name(db_snapshot_identifier) if db_snapshot_identifier else None
        snapshots: list[DBSnapshot] = stock_snapshots(self, db_instance_identifier, name, *args, **kwargs)
        return snapshots

    stock_instances = patch_backend("describe_db_instances", describe_instances)
    stock_snapshots = patch_backend("describe_db_snapshots", describe_snapshots)
    patch_response("describe_db_instances", _paged(RDSResponse.describe_db_instances))
    patch_response("describe_db_snapshots", _paged(RDSResponse.describe_db_snapshots))


def _paged(stock: Any) -> Any:
    """The operation in pages, by ARN. Stock moto answers all snapshots at once, and fails on a second page."""

    def describe(self: RDSResponse) -> ActionResult:
        size, marker = self.params.get("MaxRecords"), self.params.get("Marker")
        if size is not None and int(size) not in PAGE_SIZES:
            raise refuse("InvalidParameterValue", f"Invalid value {size} for MaxRecords. Must be between 20 and 100")
        ((name, records),) = stock(self)._result.items()
        page, next_marker = page_of(sorted(records, key=_arn), marker, int(size or DEFAULT_PAGE_SIZE))
        return ActionResult({name: page, "Marker": next_marker})

    return describe


def page_of(records: Sequence[Any], marker: str | None, size: int) -> tuple[Sequence[Any], str | None]:
    """The page after the record that `marker` names, and the marker of the next page if there is one."""
    after = _arn_in(marker) if marker else ""
    rest = [record for record in records if _arn(record) > after]
    more = len(rest) > size
    return rest[:size], base64.urlsafe_b64encode(_arn(rest[size - 1]).encode()).decode() if more else None


def _arn(record: Any) -> str:
    return str(record.arn)


def _arn_in(marker: str) -> str:
    try:
        return base64.urlsafe_b64decode(marker).decode()
    except ValueError as error:
        raise refuse("InvalidParameterValue", f"Invalid value {marker} for Marker") from error
