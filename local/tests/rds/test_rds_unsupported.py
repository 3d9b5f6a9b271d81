from __future__ import annotations

from typing import Any

from .rds_support import RunningEngine, refusal


def test_what_the_engine_cannot_do_with_data_is_refused(engine: RunningEngine) -> None:
    rds = engine.rds
    calls: list[tuple[Any, dict[str, Any]]] = [
        (rds.stop_db_instance, {"DBInstanceIdentifier": "prod"}),
        (rds.start_db_instance, {"DBInstanceIdentifier": "prod"}),
        (rds.reboot_db_instance, {"DBInstanceIdentifier": "prod"}),
        (
            rds.restore_db_instance_to_point_in_time,
            {
                "SourceDBInstanceIdentifier": "prod",
                "TargetDBInstanceIdentifier": "then",
                "UseLatestRestorableTime": True,
            },
        ),
        (
            rds.create_db_instance_read_replica,
            {"SourceDBInstanceIdentifier": "prod", "DBInstanceIdentifier": "replica"},
        ),
        (
            rds.copy_db_snapshot,
            {"SourceDBSnapshotIdentifier": "prod-people", "TargetDBSnapshotIdentifier": "people-copy"},
        ),
    ]
    for call, parameters in calls:
        code, message = refusal(call, **parameters)
        assert (code, "The embedded engine has no" in message) == ("InvalidParameterCombination", True)
    assert engine.status("prod") == "available"
