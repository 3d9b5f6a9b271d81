"""A PostgreSQL server of the tests' own, reached over a socket in a temporary folder, with a master user like RDS's."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from wrasse_local.postgres_binaries import PostgresBinaries, can_enter, find_binaries, server_user
from wrasse_local.processes import Child, Children

# A tenth of a percent of the demo's: enough that every kind of note and ticket is among them.
PEOPLE = 300

START_SECONDS = 60


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
    folder = Path(tempfile.mkdtemp(prefix="wrasse-tests-"))
    try:
        with running_server(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder)


@contextmanager
def running_server(folder: Path) -> Iterator[Server]:
    """A server in `folder`. It is a child of this process and ends with it, also when this process is killed."""
    user = server_user()
    if user is not None:
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)
    binaries = programs(folder, user)
    data, log = folder / "data", folder / "log"
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(folder)}
    children = Children()

    def start(program: str, *arguments: str | Path) -> Child:
        return children.spawn(
            [binaries.program(program), "-D", data, *arguments],
            name=program,
            env=environment,
            cwd=folder,
            stdout=log,
            user=user,
            stop_signal=signal.SIGQUIT,
            death_signal=signal.SIGQUIT,
        )

    try:
        made = start("initdb", "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        assert made.wait() == 0, log.read_text()
        child = start("postgres", "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off")
        with first_connection(folder, child) as connection:
            connection.execute("CREATE ROLE shop_admin LOGIN CREATEDB")
        yield Server(folder)
    finally:
        children.stop_all()


def programs(folder: Path, user: str | None) -> PostgresBinaries:
    """The programs that the engine runs, or a copy where `user` may not enter their folder."""
    found = find_binaries()
    return found if can_enter(found.folder, user) else found.copied_to(folder / "postgresql")


def first_connection(folder: Path, server: Child) -> psycopg.Connection:
    """The superuser's connection, once the server takes any."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return psycopg.connect(host=str(folder), user="tests", dbname="postgres", autocommit=True)
        except psycopg.OperationalError:
            if server.wait(0.02) is not None or time.monotonic() > deadline:
                pytest.fail(f"PostgreSQL did not start: {(folder / 'log').read_text()}")
