"""The engine's child processes: Lambda functions, ECS tasks, PostgreSQL servers. None outlives the engine.

On an orderly end `Children.stop_all` stops them. When the engine is killed the kernel does: every child asks for a
signal at its parent's death (`PR_SET_PDEATHSIG`, Linux only). "Parent" there means the *thread* that forked, so one
thread that lives as long as the engine does all the forking.
See https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html
"""

from __future__ import annotations

import builtins
import ctypes
import os
import pwd
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
STOP_GRACE_SECONDS = 5.0


@dataclass
class Child:
    """A process in its own process group."""

    name: str
    args: list[str]
    stop_signal: signal.Signals
    _popen: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self._popen.pid

    def poll(self) -> int | None:
        """The exit code (negative: the signal that ended it), or None while it runs."""
        return self._popen.poll()

    def wait(self, timeout: float | None = None) -> int | None:
        """Waits for the end; the exit code as `poll` gives it, or None when `timeout` seconds were not enough."""
        try:
            return self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def signal(self, number: signal.Signals) -> None:
        """Signals the whole process group; a process that has ended is no error."""
        if self.poll() is None:
            try:
                os.killpg(self.pid, number)
            except ProcessLookupError:
                return

    def terminate(self, grace: float = STOP_GRACE_SECONDS) -> int:
        """Asks the group to stop, kills it after `grace` seconds, and returns the exit code."""
        self.signal(self.stop_signal)
        code = self.wait(grace)
        if code is None:
            self.signal(signal.SIGKILL)
            code = self._popen.wait()
        return code


class Children:
    """Starts child processes, knows those that run, and stops them all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._children: builtins.list[Child] = []
        self._closed = False
        self._requests: queue.SimpleQueue[tuple[Callable[[], Child], Future[Child]]] = queue.SimpleQueue()
        threading.Thread(target=self._serve_requests, name="spawner", daemon=True).start()

    def spawn(
        self,
        args: Sequence[str | Path],
        *,
        name: str,
        env: Mapping[str, str],
        cwd: Path | None = None,
        stdout: Path | None = None,
        user: str | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        death_signal: signal.Signals = signal.SIGKILL,
    ) -> Child:
        """Starts a process with exactly the environment `env`.

        `stdout` is a file that standard output and standard error are appended to (None: nowhere). `user` is the user
        it runs as (None: ours). `stop_signal` is what `terminate` sends first; `death_signal` is what the kernel sends
        when the engine dies.

        Raises OSError when the program cannot be started, RuntimeError once `stop_all` was called.
        """
        words = [str(word) for word in args]
        future: Future[Child] = Future()

        def start() -> Child:
            return Child(name, words, stop_signal, _popen(words, env, cwd, stdout, user, death_signal))

        self._requests.put((start, future))
        return future.result()

    def list(self) -> builtins.list[dict[str, object]]:
        """The running children: pid, name and arguments."""
        return [{"pid": child.pid, "name": child.name, "args": child.args} for child in self._running()]

    def stop_all(self, grace: float = STOP_GRACE_SECONDS) -> None:
        """Stops all children, those still running after `grace` seconds by SIGKILL. Nothing can be spawned after it."""
        with self._lock:
            self._closed = True
        running = self._running()
        for child in running:
            child.signal(child.stop_signal)
        deadline = time.monotonic() + grace
        for child in running:
            if child.wait(max(0.0, deadline - time.monotonic())) is None:
                child.terminate(grace=0)

    def _running(self) -> builtins.list[Child]:
        with self._lock:
            self._children = [child for child in self._children if child.poll() is None]
            return list(self._children)

    def _serve_requests(self) -> None:
        while True:
            start, future = self._requests.get()
            try:
                with self._lock:
                    if self._closed:
                        raise RuntimeError("the engine is stopping: no process is started any more")
                    child = start()
                    self._children.append(child)
            except Exception as error:  # noqa: BLE001 -- raised again in the thread that asked
                future.set_exception(error)
            else:
                future.set_result(child)


def _popen(
    args: Sequence[str],
    env: Mapping[str, str],
    cwd: Path | None,
    stdout: Path | None,
    user: str | None,
    death_signal: signal.Signals,
) -> subprocess.Popen[bytes]:
    account = pwd.getpwnam(user) if user is not None else None
    output = open(stdout, "ab") if stdout is not None else None  # noqa: SIM115
    try:
        return subprocess.Popen(
            args,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output or subprocess.DEVNULL,
            stderr=subprocess.STDOUT if output else subprocess.DEVNULL,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            process_group=0,
            # Runs after the user change, which would clear the request. It takes no lock, so it is safe after a fork.
            preexec_fn=die_with_parent(death_signal),
        )
    finally:
        if output is not None:
            output.close()


def die_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn` that asks the kernel for this signal when the thread that forks ends; None where it can't."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask_for_signal() -> None:
        prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask_for_signal
