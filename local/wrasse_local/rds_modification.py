"""ModifyDBInstance: a new master password, own or managed, is applied after a while; the rest at once.

Between the request and its completion the password is in PendingModifiedValues, at first with status `available`:
"available" alone does not mean applied.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from moto.rds.models import DBInstance, RDSBackend

from .rds_identifiers import check_master_password
from .rds_instances import PostgresInstance, find_instance
from .rds_networks import check_security_groups
from .rds_state import Rds, patch_backend, refuse
from .rds_transitions import MODIFY_SECONDS

PENDING_SECONDS = 30
NOT_IN_ENGINE = ("new_db_instance_identifier", "rotate_master_user_password", "engine_version", "db_subnet_group_name")
HIDDEN = "****"


def install(rds: Rds) -> None:
    def modify(self: RDSBackend, db_instance_identifier: str, db_kwargs: dict[str, Any]) -> DBInstance:
        rds.transitions.settle()
        instance = find_instance(self, db_instance_identifier)
        if not isinstance(instance, PostgresInstance):
            modified: DBInstance = stock(self, db_instance_identifier, db_kwargs)
            return modified
        with rds.lock:
            _modify(rds, instance, dict(db_kwargs), lambda rest: stock(self, db_instance_identifier, rest))
        return instance

    stock = patch_backend("modify_db_instance", modify)


def _modify(rds: Rds, instance: PostgresInstance, parameters: dict[str, Any], stock: Any) -> None:
    if instance.status != "available" or instance.pending_modified_values:
        raise refuse("InvalidDBInstanceState", "Database instance is not in available state.")
    for name in NOT_IN_ENGINE:
        if parameters.get(name):
            raise refuse("InvalidParameterCombination", f"The embedded engine cannot change {name} of an instance.")
    group = getattr(instance, "db_subnet_group", None)
    vpc_id = group.vpc_id if group is not None else None
    if vpc_id is not None:
        check_security_groups(instance.backend, vpc_id, parameters.get("vpc_security_group_ids") or [])
    password = _new_password(instance, parameters)
    for name in ("manage_master_user_password", "master_user_secret_kms_key_id", "master_user_password"):
        parameters.pop(name, None)
    stock(parameters)
    if password is not None:
        _apply_password(rds, instance, password)


def _new_password(instance: PostgresInstance, parameters: dict[str, Any]) -> str | None:
    managed = parameters.get("manage_master_user_password")
    password = parameters.get("master_user_password")
    if managed:
        if password:
            raise refuse(
                "InvalidParameterCombination",
                "You can't specify MasterUserPassword when ManageMasterUserPassword is turned on.",
            )
        if instance.master_user_secret is not None:
            return None
        return instance.manage_master_password(parameters.get("master_user_secret_kms_key_id")).password
    if managed is None and password is not None and instance.master_user_secret is not None:
        raise refuse(
            "InvalidParameterCombination",
            "You can't specify MasterUserPassword for an instance with ManageMasterUserPassword turned on.",
        )
    if managed is None and password is None:
        return None
    checked = check_master_password(password)
    instance.stop_managing_master_password()
    return checked


def _apply_password(rds: Rds, instance: PostgresInstance, password: str) -> None:
    done_at = rds.clock.now() + timedelta(seconds=MODIFY_SECONDS)
    instance.pending_modified_values = {"MasterUserPassword": HIDDEN}

    def start(_: bool) -> None:
        instance.state = "resetting-master-credentials"
        left = _seconds_until(rds, done_at)
        rds.transitions.begin(
            instance.arn, left, lambda: instance.server.set_password(str(instance.master_username), password), finish
        )

    def finish(_: bool) -> None:
        instance.state = "available"
        instance.pending_modified_values = {}
        instance.add_event("DB_INSTANCE_RESET_MASTER_CREDENTIALS")
        if instance.master_user_secret is not None:
            instance.master_user_secret.secret_status = "active"

    rds.transitions.begin(instance.arn, PENDING_SECONDS, lambda: None, start)


def _seconds_until(rds: Rds, time: datetime) -> float:
    return (time - rds.clock.now()).total_seconds()
