from __future__ import annotations

import subprocess
from pathlib import Path

import psycopg
import pytest

from .rds_support import MASTER, RunningEngine, one_value, running_engine


def test_the_master_user_has_rdss_rights_and_no_more(engine: RunningEngine) -> None:
    with engine.connect("prod") as connection:
        rights = "SELECT rolsuper, rolbypassrls, rolreplication, rolcreatedb, rolcreaterole FROM pg_roles"
        row = connection.execute(f"{rights} WHERE rolname = %s".encode(), [MASTER]).fetchone()
        assert row == (False, False, False, True, True)
        assert one_value(connection, "SELECT pg_has_role(current_user, 'rds_superuser', 'member')")
        assert one_value(connection, "SELECT pg_has_role(current_user, 'pg_read_all_stats', 'usage')")
        owners = "SELECT datname, pg_get_userbyid(datdba) FROM pg_database WHERE NOT datistemplate ORDER BY 1"
        assert connection.execute(owners).fetchall() == [
            ("postgres", MASTER),
            ("rdsadmin", "rdsadmin"),
            ("shop", MASTER),
        ]
        connection.execute("CREATE TABLE orders (person int REFERENCES people)")
        for refused in (
            "ALTER TABLE orders DISABLE TRIGGER ALL",
            "CREATE ROLE boss SUPERUSER",
            "ALTER ROLE rdsadmin NOLOGIN",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(refused.encode())


def test_only_tls_with_the_right_password_gets_in(engine: RunningEngine) -> None:
    with engine.connect("prod") as connection:
        assert one_value(connection, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        engine.connect("prod", sslmode="disable")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        engine.connect("prod", "wrong-password")


def test_the_certificate_is_for_localhost_and_from_the_engines_own_authority(engine: RunningEngine) -> None:
    port = engine.describe("prod")["Endpoint"]["Port"]
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-starttls", "postgres"]
    command += ["-CAfile", str(engine.ca), "-x509_strict", "-verify_hostname"]
    answers = {
        name: subprocess.run([*command, name], input="", capture_output=True, text=True, check=False).stdout
        for name in ("localhost", "db.example.com")
    }
    assert "Verify return code: 0 (ok)" in answers["localhost"]
    assert "hostname mismatch" in answers["db.example.com"]


def test_the_superuser_comes_in_over_the_local_socket_only(engine: RunningEngine) -> None:
    for options in ({"user": "rdsadmin"}, {"dbname": "rdsadmin"}):
        with pytest.raises(psycopg.OperationalError, match="rejects connection"):
            engine.connect("prod", **options)


def test_servers_listen_on_loopback_only_and_not_as_root(engine: RunningEngine) -> None:
    with engine.connect("prod") as connection:
        assert one_value(connection, "SHOW listen_addresses") == "127.0.0.1"
    servers = [child for child in engine.control("/processes") if child["name"] == "rds prod"]
    assert [Path(f"/proc/{child['pid']}").stat().st_uid == 0 for child in servers] == [False]


def test_a_killed_engine_leaves_no_postgres_behind() -> None:
    with running_engine() as engine:
        engine.create_instance("one")
        engine.create_instance("two")
        with engine.connect("one") as connection:
            servers = {child["pid"] for child in engine.control("/processes")}
            assert len(servers) == 2
            watched = engine.watch_postgres()
            assert len(watched) > 2
            engine.kill()
            assert engine.all_end(watched)
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")


def test_a_stopped_engine_leaves_no_postgres_behind() -> None:
    with running_engine() as engine:
        engine.create_instance("one")
        watched = engine.watch_postgres()
        assert watched
        engine.stop()
        assert engine.all_end(watched)


def test_an_engine_whose_folder_the_servers_may_not_enter_puts_them_elsewhere() -> None:
    with running_engine(open_to_others=False) as engine:
        engine.create_instance("one")
        with engine.connect("one") as connection:
            assert one_value(connection, "SELECT 1") == 1
        assert (engine.state / "rds" / "servers" / "instances" / "one").is_dir()
