"""The data folder that every new database server starts from: made once, then copied.

It holds what RDS lays down before the customer's first database: the superuser `rdsadmin` with its database, the role
`rds_superuser`, compulsory TLS, and settings. `fsync` is off: the files need not survive a crash of the machine.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.html
"""

from __future__ import annotations

import os
import pwd
import threading
from pathlib import Path

from .postgres_home import PostgresHome
from .postgres_server import ADMIN, PostgresServer
from .tls_certificates import CertificateAuthority

LOCALES = ("en_US.UTF-8", "C.UTF-8", "C")
INITDB_SECONDS = 120.0
# Small segments of write-ahead log: a server and a snapshot have one at least, and each is copied.
INITDB_OPTIONS = ("--encoding=UTF8", "--auth=peer", "--wal-segsize=1", "--no-sync")

SETTINGS = """
fsync = off
max_connections = 100
max_wal_size = 1GB
password_encryption = scram-sha-256
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%t:%r:%u@%d:[%p]:'
wal_level = replica
wal_recycle = off
wal_init_zero = off
"""
TLS_SETTINGS = """
ssl = on
ssl_cert_file = '{certificate}'
ssl_key_file = '{key}'
"""
# RDS: nobody but rdsadmin reaches its role and its database.
HOST_RULES = """
local all {admin} peer map=engine
host  all {admin} all reject
host  {admin} all all reject
{host} all all 127.0.0.1/32 scram-sha-256
"""
ROLES = f"""
CREATE ROLE rds_superuser NOLOGIN;
CREATE ROLE rds_replication NOLOGIN;
CREATE ROLE rds_password NOLOGIN;
CREATE ROLE rds_iam NOLOGIN;
GRANT pg_monitor, pg_signal_backend TO rds_superuser WITH ADMIN OPTION;
GRANT rds_replication, rds_password TO rds_superuser WITH ADMIN OPTION;
CREATE DATABASE {ADMIN} OWNER {ADMIN};
REVOKE ALL ON DATABASE {ADMIN} FROM PUBLIC;
"""


class PostgresTemplate:
    """The template's data folder, made when it is first asked for."""

    def __init__(self, home: PostgresHome, authority: CertificateAuthority) -> None:
        self._home = home
        self._authority = authority
        self._lock = threading.Lock()
        self._folder: Path | None = None

    def folder(self) -> Path:
        """RuntimeError with PostgreSQL's own words when it cannot be made."""
        with self._lock:
            if self._folder is None:
                self._folder = self._make()
            return self._folder

    def _make(self) -> Path:
        tls = self._home.binaries.tls
        folder = self._home.new_folder("template")
        self._init(folder)
        with open(folder / "postgresql.conf", "a") as settings:
            settings.write(SETTINGS)
            if tls:
                settings.write(self._tls_settings())
        rules = HOST_RULES.format(admin=ADMIN, host="hostssl" if tls else "host")
        (folder / "pg_hba.conf").write_text(rules)
        us = pwd.getpwuid(os.geteuid()).pw_name
        (folder / "pg_ident.conf").write_text(f"engine {us} {ADMIN}\n")
        self._add_roles(folder)
        return folder

    def _init(self, folder: Path) -> None:
        name = "rds initdb"
        for locale in LOCALES:
            arguments: list[str | Path] = ["-D", folder, "-U", ADMIN, f"--locale={locale}", *INITDB_OPTIONS]
            if self._home.spawn("initdb", arguments, name=name).wait(INITDB_SECONDS) == 0:
                return
        raise RuntimeError(f"initdb failed: {self._home.log_end(name)}")

    def _add_roles(self, folder: Path) -> None:
        server = PostgresServer(self._home, "template", folder)
        server.start()
        with server.connect() as connection:
            for statement in ROLES.strip().splitlines():
                connection.execute(statement.encode())
        server.stop()

    def _tls_settings(self) -> str:
        folder = self._home.new_folder("tls")
        certificate, key = folder / "server.crt", folder / "server.key"
        self._authority.write_server_certificate(certificate, key)
        self._home.give(certificate)
        self._home.give(key)
        return TLS_SETTINGS.format(certificate=certificate, key=key)
