"""A PostgreSQL server of the tests' own, reached over a socket in a temporary folder, with a master user like RDS's."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

# A tenth of a percent of the demo's: enough that every kind of note and ticket is among them.
PEOPLE = 300


@dataclass(frozen=True)
class Server:
    """A running server; `connect` and `new_database` act as a user that owns its databases and is no superuser."""

    folder: Path

    def connect(self, database: str) -> psycopg.Connection:
        """A connection that commits each statement by itself, as the sanitizer's does."""
        return psycopg.connect(host=str(self.folder), user="shop_admin", dbname=database, autocommit=True)

    def new_database(self, name: str) -> psycopg.Connection:
        """An empty database in the place of one of that name, and a connection to it."""
        with self.connect("postgres") as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name}")
        return self.connect(name)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Started once; ended with the tests."""
    programs = postgresql_programs()
    folder = Path(tempfile.mkdtemp(prefix="wrasse-tests-"))
    # PostgreSQL refuses to run as root, so root hands the server to a user without rights.
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    os.chown(folder, account.pw_uid, account.pw_gid)

    def run(*command: str | Path) -> None:
        subprocess.run(
            command,
            check=True,
            cwd=folder,
            user=account.pw_uid if os.geteuid() == 0 else None,
            group=account.pw_gid if os.geteuid() == 0 else None,
            stdout=subprocess.DEVNULL,
        )

    data = folder / "data"
    run(programs / "initdb", "-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    settings = f"-k {folder} -c listen_addresses='' -c fsync=off"
    run(programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", settings, "start")
    try:
        with psycopg.connect(host=str(folder), user="tests", dbname="postgres", autocommit=True) as connection:
            connection.execute("CREATE ROLE shop_admin LOGIN CREATEDB")
        yield Server(folder)
    finally:
        run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder)


def postgresql_programs() -> Path:
    """The folder of initdb and pg_ctl, which Debian's packages keep off the PATH."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        pytest.fail("these tests need PostgreSQL's server programs: apt-get install postgresql")
    return found[-1]
