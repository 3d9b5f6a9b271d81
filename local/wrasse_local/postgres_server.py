"""A PostgreSQL server that stands for an RDS instance: start, stop, roles and databases as RDS has them.

Listens on 127.0.0.1 only. Over TCP TLS is compulsory (`rds.force_ssl` is on by default since RDS for PostgreSQL 15).
The superuser `rdsadmin` comes in over a local socket only, from the engine's own operating system user.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.rds_superuser.html
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

import psycopg
from psycopg import sql

from .data_folders import copy_file, copy_folder
from .postgres_home import PostgresHome
from .processes import Child

ADMIN = "rdsadmin"
HOST = "127.0.0.1"
START_SECONDS = 60.0
START_ATTEMPTS = 5
STOP_SECONDS = 30.0
POLL_SECONDS = 0.005
FAST_SHUTDOWN = signal.SIGINT
IMMEDIATE_SHUTDOWN = signal.SIGQUIT

# Left out of a base backup, each for the reason that PostgreSQL's own manual gives.
# https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP-DATA
EMPTIED = {
    "pg_wal",
    "pg_replslot",
    "pg_dynshmem",
    "pg_notify",
    "pg_serial",
    "pg_snapshots",
    "pg_stat_tmp",
    "pg_subtrans",
}
LEFT_OUT = ("postmaster.pid", "postmaster.opts", "pgsql_tmp", "pg_internal.init")


class PostgresServer:
    """A server on one data folder. `start` before anything else; nothing here is safe to call twice at a time."""

    def __init__(self, home: PostgresHome, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.port = 0
        self._home = home
        self._log_name = f"rds {name}"
        self._child: Child | None = None

    def create(self, template: Path, master: str, password: str, database: str | None) -> None:
        """Makes the data folder from a template's, starts the server, adds the master user and its database."""
        copy_folder(template, self.folder)
        self.start()
        with self.connect() as connection:
            user = sql.Identifier(master)
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE VALID UNTIL 'infinity' PASSWORD {}").format(
                    user, _verifier(connection, master, password)
                )
            )
            connection.execute(sql.SQL("GRANT rds_superuser TO {} WITH ADMIN OPTION").format(user))
            for own in ("postgres", "template1"):
                connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(sql.Identifier(own), user))
            if database is not None and database != "postgres":
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), user))

    def restore(self, backup: Path) -> None:
        """Makes the data folder from a backup, and starts the server: roles and passwords are the backup's."""
        copy_folder(backup, self.folder)
        self.start()

    def start(self) -> None:
        """Starts the server and waits until it answers. RuntimeError with the end of its log when it does not."""
        for _ in range(START_ATTEMPTS):
            # Another process can take the port before the server does: hence the attempts.
            self.port = _free_port()
            if self._start_on_port():
                return
        raise RuntimeError(f"the database server of {self.name} did not start: {self._home.log_end(self._log_name)}")

    def stop(self) -> None:
        """Stops the server cleanly; no error when it does not run."""
        if self._child is not None:
            self._child.signal(FAST_SHUTDOWN)
            self._child.wait(STOP_SECONDS)
            self._child.terminate()
            self._child = None

    def remove(self) -> None:
        """Stops the server without ceremony and deletes its data folder."""
        if self._child is not None:
            self._child.terminate()
            self._child = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def set_password(self, role: str, password: str) -> None:
        with self.connect() as connection:
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), _verifier(connection, role, password))
            )

    def back_up(self, target: Path) -> None:
        """Copies the running server's files to `target`, consistently, with the write-ahead log that this needs.

        RuntimeError when the copy would not restore.
        https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP
        """
        old = self._home.binaries.version < (15, 0)
        begin, end = ("pg_start_backup", "pg_stop_backup") if old else ("pg_backup_start", "pg_backup_stop")
        with self.connect() as connection:
            # The slot keeps the server from removing the write-ahead log that the copy still needs.
            slot = f"wrasse_{secrets.token_hex(8)}"
            connection.execute("SELECT pg_create_physical_replication_slot(%s, true, true)", [slot])
            arguments = "%s, true, false" if old else "%s, true"
            first = _value(connection, f"SELECT pg_walfile_name({begin}({arguments}))", [slot])
            copy_folder(self.folder, target, skip=_not_in_backup)
            stop = "SELECT pg_walfile_name(lsn), labelfile FROM {}(false)"
            row = connection.execute(sql.SQL(stop).format(sql.Identifier(end))).fetchone()
            assert row is not None
            last, label = row
            _write_like(target / "PG_VERSION", target / "backup_label", label)
            self._copy_log(first, last, target)

    def connect(self) -> psycopg.Connection[Any]:
        """A connection of the superuser over the local socket, committing each statement."""
        return psycopg.connect(
            host=str(self._home.sockets), port=self.port, user=ADMIN, dbname="postgres", autocommit=True
        )

    def _start_on_port(self) -> bool:
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        self._child = self._home.spawn(
            "postgres",
            ["-D", self.folder, "-h", HOST, "-p", str(self.port), "-k", self._home.sockets],
            name=self._log_name,
            stop_signal=IMMEDIATE_SHUTDOWN,
            death_signal=IMMEDIATE_SHUTDOWN,
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._child.wait(POLL_SECONDS) is not None:
                return False
            with suppress(psycopg.OperationalError):
                self.connect().close()
                return True
        log = self._home.log_end(self._log_name)
        raise RuntimeError(f"the database server of {self.name} was not ready after {START_SECONDS} s: {log}")

    def _copy_log(self, first: str, last: str, target: Path) -> None:
        log = self.folder / "pg_wal"
        for name in sorted(path.name for path in log.iterdir() if first <= path.name <= last):
            copy_file(log / name, target / "pg_wal" / name)
        for name in (first, last):
            if not (target / "pg_wal" / name).exists():
                raise RuntimeError(f"the backup of {self.name} lacks write-ahead log file {name}")


def _not_in_backup(path: PurePosixPath) -> bool:
    if len(path.parts) > 1 and path.parts[0] in EMPTIED:
        # PostgreSQL makes this one folder only when it makes the data folder.
        return str(path) != "pg_wal/archive_status"
    return path.name.startswith(LEFT_OUT)


def _verifier(connection: psycopg.Connection[Any], role: str, password: str) -> sql.Literal:
    """The SCRAM verifier of a password: what the server stores, so that no statement carries the password itself."""
    encrypted = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    return sql.Literal(encrypted.decode())


def _value(connection: psycopg.Connection[Any], query: str, parameters: list[str]) -> Any:
    row = connection.execute(query.encode(), parameters).fetchone()
    assert row is not None
    return row[0]


def _write_like(model: Path, path: Path, text: str) -> None:
    """Writes a file with the mode and owner of `model`."""
    status = model.stat()
    path.write_text(text)
    path.chmod(status.st_mode & 0o777)
    if os.geteuid() == 0:
        os.chown(path, status.st_uid, status.st_gid)


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
