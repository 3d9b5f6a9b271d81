"""Where the database servers' folders are, who the servers run as, and how their programs are started."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import tempfile
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from .engine import Engine
from .postgres_binaries import PostgresBinaries, can_enter, find_binaries, server_user
from .processes import Child

SOCKET_PATH_BYTES = 103  # macOS's limit; Linux allows 107


class PostgresHome:
    """The servers' folder, `rds/servers` below the state folder, with its `instances` and `snapshots`."""

    def __init__(self, engine: Engine) -> None:
        self._children = engine.children
        self._logs = engine.folder("logs")
        self.user = server_user()
        self.servers = _servers_folder(engine.folder("rds"), self.user)
        self.sockets = self.new_folder("sockets")
        self.instances = self.new_folder("instances")
        self.snapshots = self.new_folder("snapshots")

    @cached_property
    def binaries(self) -> PostgresBinaries:
        found = find_binaries()
        if can_enter(found.folder, self.user):
            return found
        # A wheel in root's home cannot be run by the unprivileged user, but a copy of it can.
        return found.copied_to(self.servers / "postgresql")

    def new_folder(self, name: str) -> Path:
        """A folder of the servers' user, closed to others."""
        path = self.servers / name
        path.mkdir(mode=0o700)
        self.give(path)
        return path

    def give(self, path: Path) -> None:
        """Makes the servers' user the owner."""
        if self.user is not None:
            account = pwd.getpwnam(self.user)
            os.chown(path, account.pw_uid, account.pw_gid)

    def log_end(self, name: str) -> str:
        """The last words of the program that was started under this name."""
        path = self._log_file(name)
        return path.read_text(errors="replace")[-2000:] if path.exists() else "it wrote no log"

    def spawn(
        self,
        program: str,
        arguments: Sequence[str | Path],
        *,
        name: str,
        stop_signal: signal.Signals = signal.SIGTERM,
        death_signal: signal.Signals = signal.SIGKILL,
    ) -> Child:
        """Starts one of PostgreSQL's programs as the servers' user."""
        return self._children.spawn(
            [self.binaries.program(program), *arguments],
            name=name,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": str(self.servers)},
            cwd=self.servers,
            stdout=self._log_file(name),
            user=self.user,
            stop_signal=stop_signal,
            death_signal=death_signal,
        )

    def _log_file(self, name: str) -> Path:
        return self._logs / f"{name.replace(' ', '-')}.log"


def _servers_folder(state: Path, user: str | None) -> Path:
    """`state/servers`, made anew.

    Where the servers could not use it (their user may not enter it, or a socket's path would be too long) it is a link
    to a new folder in the system's temporary folder, which goes with the engine.
    """
    folder = state / "servers"
    if folder.is_symlink():
        shutil.rmtree(folder.resolve(), ignore_errors=True)
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)
    longest = folder / "sockets" / ".s.PGSQL.65535"
    if can_enter(state, user) and len(os.fsencode(longest)) <= SOCKET_PATH_BYTES:
        folder.mkdir()
        folder.chmod(0o711)
        return folder
    elsewhere = Path(tempfile.mkdtemp(prefix="wrasse-rds-"))
    elsewhere.chmod(0o711)
    folder.symlink_to(elsewhere)
    atexit.register(shutil.rmtree, elsewhere, ignore_errors=True)
    return elsewhere
