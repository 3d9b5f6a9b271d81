from __future__ import annotations

from pathlib import Path

import pytest

from wrasse_local import postgres_server
from wrasse_local.data_folders import Skip, copy_file, copy_folder
from wrasse_local.engine import Engine
from wrasse_local.postgres_home import PostgresHome
from wrasse_local.postgres_server import PostgresServer
from wrasse_local.postgres_template import PostgresTemplate
from wrasse_local.tls_certificates import CertificateAuthority

from .rds_support import one_value


@pytest.fixture
def home(bare_engine: Engine) -> PostgresHome:
    return PostgresHome(bare_engine)


@pytest.fixture
def server(home: PostgresHome) -> PostgresServer:
    template = PostgresTemplate(home, CertificateAuthority())
    made = PostgresServer(home, "source", home.instances / "source")
    made.create(template.folder(), "owner", "correct-horse-battery", None)
    return made


def test_a_checkpoint_while_the_files_are_copied_loses_nothing(
    home: PostgresHome, server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy has a row's old page, and a control file that says that the new one is on the disk."""
    with server.connect() as connection:
        connection.execute("CREATE TABLE notes AS SELECT 'old' AS note")

    def copy_amid_a_checkpoint(source: Path, target: Path, *, skip: Skip = lambda _: False) -> None:
        copy_folder(source, target, skip=skip)
        with server.connect() as connection:
            connection.execute("UPDATE notes SET note = 'new'")
            connection.execute("CHECKPOINT")
        (target / "global" / "pg_control").unlink()
        copy_file(source / "global" / "pg_control", target / "global" / "pg_control")

    monkeypatch.setattr(postgres_server, "copy_folder", copy_amid_a_checkpoint)
    server.back_up(home.snapshots / "backup")
    monkeypatch.undo()

    restored = PostgresServer(home, "restored", home.instances / "restored")
    restored.restore(home.snapshots / "backup")
    with restored.connect() as connection:
        assert one_value(connection, "SELECT note FROM notes") == "new"


def test_a_backup_without_its_write_ahead_log_is_an_error(
    home: PostgresHome, server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_a_log_file(source: Path, target: Path) -> None:
        if source.parent.name != "pg_wal":
            copy_file(source, target)

    monkeypatch.setattr(postgres_server, "copy_file", lose_a_log_file)
    with pytest.raises(RuntimeError, match="lacks write-ahead log file"):
        server.back_up(home.snapshots / "backup")


def test_a_backup_leaves_the_server_without_traces(home: PostgresHome, server: PostgresServer) -> None:
    server.back_up(home.snapshots / "one")
    server.back_up(home.snapshots / "two")
    with server.connect() as connection:
        assert one_value(connection, "SELECT count(*) FROM pg_replication_slots") == 0
        assert not (server.folder / "backup_label").exists()
