"""CreateDBInstance starts a PostgreSQL server, with the master user and the first database.

An instance with backups takes its first automated one while it is being created.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
"""

from __future__ import annotations

from typing import Any

from moto.rds.models import DBInstance, RDSBackend

from .rds_identifiers import check_database_name, check_instance_identifier, check_master_password, check_master_user
from .rds_instances import PostgresInstance, is_ours
from .rds_networks import check_network
from .rds_snapshot_records import PostgresSnapshot, automated_snapshot_name
from .rds_state import Rds, patch_backend, refuse
from .rds_transitions import CREATE_SECONDS

AWS_MANAGED_KEY = "alias/aws/rds"


def install(rds: Rds) -> None:
    def create(self: RDSBackend, db_kwargs: dict[str, Any]) -> DBInstance:
        if not is_ours(db_kwargs):
            instance: DBInstance = stock(self, db_kwargs)
            return instance
        rds.transitions.settle()
        return _create(rds, self, dict(db_kwargs))

    stock = patch_backend("create_db_instance", create)


def _create(rds: Rds, backend: RDSBackend, parameters: dict[str, Any]) -> PostgresInstance:
    master = check_master_user(parameters.get("master_username"))
    check_database_name(parameters.get("db_name"))
    managed = parameters.pop("manage_master_user_password", None)
    kms_key_id = parameters.pop("master_user_secret_kms_key_id", None)
    password = parameters.pop("master_user_password", None)
    if managed and password:
        raise refuse(
            "InvalidParameterCombination",
            "You can't specify MasterUserPassword when ManageMasterUserPassword is turned on.",
        )
    if not managed:
        check_master_password(password)
    with rds.lock:
        instance = new_instance(rds, backend, parameters)
        if managed:
            password = instance.manage_master_password(kms_key_id).password
    template = rds.template

    def work() -> None:
        instance.server.create(template.folder(), master, password, instance.db_name)

    begin(rds, instance, work, CREATE_SECONDS, "failed")
    return instance


def new_instance(rds: Rds, backend: RDSBackend, parameters: dict[str, Any]) -> PostgresInstance:
    """Checks what every new instance is checked for, and enters it in the backend. To be called under the lock."""
    identifier = parameters["db_instance_identifier"]
    check_instance_identifier(identifier)
    if identifier in backend.databases:
        raise refuse("DBInstanceAlreadyExists", "DB instance already exists")
    check_network(backend, parameters)
    _resolve_key(backend, parameters)
    instance = PostgresInstance(rds, backend, **parameters)
    backend.databases[identifier] = instance
    instance.add_event("DB_INSTANCE_CREATE")
    return instance


def begin(rds: Rds, instance: PostgresInstance, work: Any, seconds: float, failed_status: str) -> None:
    """Does the work that makes an instance, then takes its first automated backup where it has backups."""
    backend = instance.backend
    backup = automated_snapshot_name(rds, instance)
    folder = rds.home.snapshots / backup.replace(":", "-")

    def work_and_back_up() -> None:
        work()
        if instance.backup_retention_period:
            instance.server.back_up(folder)

    def finish(succeeded: bool) -> None:
        if not succeeded:
            instance.state = failed_status
            return
        instance.became_available()
        if instance.master_user_secret is not None:
            instance.master_user_secret.secret_status = "active"
        if instance.backup_retention_period:
            snapshot = PostgresSnapshot(rds, instance, backup, folder, snapshot_type="automated")
            snapshot.state = "available"
            backend.database_snapshots[backup] = snapshot

    rds.transitions.begin(instance.arn, seconds, work_and_back_up, finish)


def _resolve_key(backend: RDSBackend, parameters: dict[str, Any]) -> None:
    """An encrypted instance without a key of its own is encrypted under the AWS-managed key `aws/rds`."""
    if not parameters.get("storage_encrypted"):
        return
    own = parameters.get("kms_key_id")
    key = backend.kms.describe_key(own or AWS_MANAGED_KEY)
    if own is None:
        # moto says CUSTOMER of this key too.
        key.key_manager = "AWS"
    parameters["kms_key_id"] = key.arn
