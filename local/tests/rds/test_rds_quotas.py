from __future__ import annotations

from .rds_support import RunningEngine, code_of, new_name


def quota(engine: RunningEngine, name: str) -> tuple[int, int]:
    quotas = engine.rds.describe_account_attributes()["AccountQuotas"]
    return next((entry["Used"], entry["Max"]) for entry in quotas if entry["AccountQuotaName"] == name)


def test_manual_snapshots_count_and_automated_ones_do_not(engine: RunningEngine) -> None:
    used, maximum = quota(engine, "ManualSnapshots")
    name = new_name()
    engine.create_instance(name, BackupRetentionPeriod=1)
    engine.create_snapshot(name, new_name())
    assert quota(engine, "ManualSnapshots") == (used + 1, 100)
    assert maximum == 100


def test_a_snapshot_above_the_quota_is_refused(engine: RunningEngine) -> None:
    used, _ = quota(engine, "ManualSnapshots")
    engine.control("/rds/faults", {"kind": "snapshot-quota", "max": used})
    request = {"DBInstanceIdentifier": "prod", "DBSnapshotIdentifier": new_name()}
    assert quota(engine, "ManualSnapshots") == (used, used)
    assert code_of(engine.rds.create_db_snapshot, **request) == "SnapshotQuotaExceeded"
