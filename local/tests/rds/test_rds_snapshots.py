from __future__ import annotations

import threading

import psycopg

from .rds_support import PASSWORD, RunningEngine, code_of, new_name, one_value


def test_a_restored_snapshot_has_the_rows_roles_and_passwords_of_its_time(engine: RunningEngine) -> None:
    source, snapshot, copy = new_name(), new_name(), new_name()
    engine.create_instance(source)
    with engine.connect(source) as connection:
        connection.execute("CREATE TABLE notes (note text)")
        connection.execute("INSERT INTO notes VALUES ('before')")
        connection.execute("CREATE ROLE clerk LOGIN PASSWORD 'clerks-own-word'")
    engine.create_snapshot(source, snapshot)
    with engine.connect(source) as connection:
        connection.execute("INSERT INTO notes VALUES ('after')")

    engine.restore(snapshot, copy)

    with engine.connect(copy) as connection:
        assert connection.execute("SELECT note FROM notes").fetchall() == [("before",)]
    with engine.connect(copy, user="clerk", password="clerks-own-word") as connection:
        assert one_value(connection, "SELECT current_user") == "clerk"


def test_a_snapshot_taken_amid_writes_restores_to_one_point_in_time(engine: RunningEngine) -> None:
    source, snapshot, copy = new_name(), new_name(), new_name()
    engine.create_instance(source)
    with engine.connect(source) as connection:
        connection.execute("CREATE TABLE accounts (id int PRIMARY KEY, balance int, filler text)")
        connection.execute("INSERT INTO accounts SELECT n, 100, repeat('x', 500) FROM generate_series(1, 20000) n")
    stop, writing = threading.Event(), threading.Event()

    def transfer() -> None:
        with engine.connect(source) as connection:
            while not stop.is_set():
                connection.execute(
                    "UPDATE accounts SET balance = balance + CASE WHEN id <= 5000 THEN -1 ELSE 1 END WHERE id <= 10000"
                )
                writing.set()

    writer = threading.Thread(target=transfer)
    writer.start()
    try:
        assert writing.wait(60)
        engine.create_snapshot(source, snapshot)
    finally:
        stop.set()
        writer.join()

    engine.restore(snapshot, copy)
    with engine.connect(copy) as connection:
        assert one_value(connection, "SELECT sum(balance) FROM accounts") == 20000 * 100
        assert one_value(connection, "SELECT count(*) FROM accounts") == 20000
        connection.execute("REINDEX TABLE accounts")


def test_a_snapshot_is_creating_with_progress_for_150_seconds(engine: RunningEngine) -> None:
    name = new_name()
    created = engine.rds.create_db_snapshot(DBInstanceIdentifier="prod", DBSnapshotIdentifier=name)["DBSnapshot"]
    assert (created["Status"], created["PercentProgress"]) == ("creating", 0)
    assert engine.status("prod") == "backing-up"
    engine.advance(75)
    assert engine.snapshot(name)["Status"] == "creating"
    assert 49 <= engine.snapshot(name)["PercentProgress"] <= 53
    engine.advance(75)
    assert (engine.snapshot(name)["Status"], engine.snapshot(name)["PercentProgress"]) == ("available", 100)
    assert engine.status("prod") == "available"


def test_refusals_have_the_codes_of_the_service_model(engine: RunningEngine) -> None:
    rds, name = engine.rds, new_name()
    taken = {"DBInstanceIdentifier": "prod", "DBSnapshotIdentifier": "prod-people"}
    assert code_of(rds.create_db_snapshot, **taken) == "DBSnapshotAlreadyExists"
    missing = {"DBInstanceIdentifier": "no-such", "DBSnapshotIdentifier": name}
    assert code_of(rds.create_db_snapshot, **missing) == "DBInstanceNotFound"
    for illegal in ("-a", "a--b", "a-", "1a", "a_b"):
        request = {"DBInstanceIdentifier": "prod", "DBSnapshotIdentifier": illegal}
        assert code_of(rds.create_db_snapshot, **request) == "InvalidParameterValue"
    assert code_of(rds.describe_db_snapshots, DBSnapshotIdentifier=name) == "DBSnapshotNotFound"
    assert code_of(rds.delete_db_snapshot, DBSnapshotIdentifier=name) == "DBSnapshotNotFound"


def test_an_instance_that_is_not_available_is_not_snapshotted(engine: RunningEngine) -> None:
    engine.control("/rds/faults", {"kind": "instance-status", "instance": "prod", "status": "stopped"})
    request = {"DBInstanceIdentifier": "prod", "DBSnapshotIdentifier": new_name()}
    assert code_of(engine.rds.create_db_snapshot, **request) == "InvalidDBInstanceState"


def test_a_deleted_snapshot_and_its_files_are_gone_after_five_seconds(engine: RunningEngine) -> None:
    name = new_name()
    engine.rds.create_db_snapshot(DBInstanceIdentifier="prod", DBSnapshotIdentifier=name)
    assert code_of(engine.rds.delete_db_snapshot, DBSnapshotIdentifier=name) == "InvalidDBSnapshotState"
    engine.advance(150)
    assert engine.snapshot(name)["Status"] == "available"
    folder = engine.state / "rds" / "servers" / "snapshots" / name
    assert folder.is_dir()

    engine.rds.delete_db_snapshot(DBSnapshotIdentifier=name)
    assert engine.snapshot(name)["Status"] == "deleting"
    assert code_of(engine.rds.delete_db_snapshot, DBSnapshotIdentifier=name) == "InvalidDBSnapshotState"
    engine.advance(5)

    assert code_of(engine.rds.describe_db_snapshots, DBSnapshotIdentifier=name) == "DBSnapshotNotFound"
    assert not folder.exists()


def test_tags_come_from_the_request_or_else_from_an_instance_that_copies_them(engine: RunningEngine) -> None:
    own = engine.create_snapshot("prod", new_name(), Tags=[{"Key": "a", "Value": "b"}])
    copied = engine.create_snapshot("prod", new_name())
    assert own["TagList"] == [{"Key": "a", "Value": "b"}]
    assert copied["TagList"] == [{"Key": "team", "Value": "shop"}]


def test_a_snapshots_files_hold_only_the_write_ahead_log_it_needs(engine: RunningEngine) -> None:
    source, snapshot = new_name(), new_name()
    engine.create_instance(source)
    with engine.connect(source) as connection:
        connection.execute("CREATE TABLE secrets (secret text)")
        connection.execute("INSERT INTO secrets VALUES ('a-secret-' || 'of-production')")
        connection.execute("UPDATE secrets SET secret = 'clean'")
        connection.execute("VACUUM FULL secrets")
    engine.create_snapshot(source, snapshot)
    folder = engine.state / "rds" / "servers" / "snapshots" / snapshot
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if b"a-secret-of-production" in path.read_bytes()] == []


def test_the_password_of_a_master_user_is_in_no_log(engine: RunningEngine) -> None:
    with engine.connect("prod") as connection:
        assert isinstance(connection, psycopg.Connection)
    for path in (engine.state / "logs").rglob("*"):
        assert PASSWORD.encode() not in path.read_bytes(), path
