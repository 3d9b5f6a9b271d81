from __future__ import annotations

import os
import pwd
from pathlib import Path

import psycopg
import pytest

from wrasse_local import postgres_binaries
from wrasse_local.engine import Engine
from wrasse_local.postgres_binaries import can_enter, find_binaries
from wrasse_local.postgres_home import PostgresHome
from wrasse_local.postgres_server import PostgresServer
from wrasse_local.postgres_template import PostgresTemplate
from wrasse_local.tls_certificates import CertificateAuthority


def installation(folder: Path, version: str) -> Path:
    for name, words in (("postgres", f"postgres (PostgreSQL) {version} (Debian)"), ("initdb", "")):
        program = folder / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\necho '{words}'\n")
        program.chmod(0o755)
    return folder


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_binaries, "_system_folders", list)


def test_the_newest_version_is_taken_by_number_not_by_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [installation(tmp_path / version, version) for version in ("9.6", "17.2", "17.10")]
    monkeypatch.setattr(postgres_binaries, "_system_folders", lambda: [tmp_path / "none", *folders])
    found = find_binaries()
    assert (found.folder, found.version) == (tmp_path / "17.10", (17, 10))


def test_without_any_the_error_says_what_to_install(nothing_installed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_binaries, "_wheel_folders", list)
    with pytest.raises(RuntimeError, match="apt-get install postgresql"):
        find_binaries()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives up its user")
def test_a_folder_closed_to_others_cannot_be_entered_by_them(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert can_enter(closed, None)
    assert not can_enter(closed, "nobody")
    assert can_enter(Path("/"), "nobody")


def test_the_wheels_server_serves_too_without_tls(nothing_installed: None, bare_engine: Engine) -> None:
    home = PostgresHome(bare_engine)
    template = PostgresTemplate(home, CertificateAuthority())
    server = PostgresServer(home, "one", home.instances / "one")
    server.create(template.folder(), "owner", "correct-horse-battery", "shop")
    assert not home.binaries.tls
    login = {"host": "localhost", "dbname": "shop", "user": "owner", "password": "correct-horse-battery"}
    with psycopg.connect(port=server.port, sslmode="disable", **login) as connection:
        connection.execute("CREATE TABLE notes AS SELECT 'kept' AS note")
    server.back_up(home.snapshots / "one")
    copy = PostgresServer(home, "two", home.instances / "two")
    copy.restore(home.snapshots / "one")
    with psycopg.connect(port=copy.port, sslmode="disable", **login) as connection:
        assert connection.execute("SELECT note FROM notes").fetchall() == [("kept",)]


def test_a_server_that_does_not_start_says_why_in_its_own_words(bare_engine: Engine) -> None:
    home = PostgresHome(bare_engine)
    empty = home.new_folder("empty")
    with pytest.raises(RuntimeError, match=r"postgresql\.conf"):
        PostgresServer(home, "broken", empty).start()
    assert pwd.getpwuid(empty.stat().st_uid).pw_name == (home.user or pwd.getpwuid(os.geteuid()).pw_name)
