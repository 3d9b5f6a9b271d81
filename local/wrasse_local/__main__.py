"""`python -m wrasse_local serve` and `python -m wrasse_local exec -- COMMAND...`."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from .engine import without_users_settings
from .processes import STOP_GRACE_SECONDS, die_with_parent

if TYPE_CHECKING:
    from .server import Server

TERMINAL = 0


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if options.action == "exec" and not options.command:
        _parser().error("exec needs a command: wrasse_local exec [options] -- COMMAND...")
    environment = without_users_settings(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    from .server import Server  # only now: moto asks boto3 for its regions when it is imported, which reads AWS_PROFILE

    with contextlib.ExitStack() as ending:
        state = options.state or Path(tempfile.mkdtemp(prefix="wrasse-"))
        if options.state is None:
            ending.callback(shutil.rmtree, state, ignore_errors=True)
        server = Server(state, port=options.port, time_scale=options.time_scale, images=dict(options.image))
        ending.callback(server.stop)
        server.start()
        return _serve(server) if options.action == "serve" else _execute(server, options.command)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wrasse_local", description="The embedded engine that stands in for AWS.")
    actions = parser.add_subparsers(dest="action", required=True)
    serve = actions.add_parser("serve", help="serve until interrupted; prints `ready ENDPOINT`")
    execute = actions.add_parser("exec", help="serve, run a command against the engine, stop all")
    for action in (serve, execute):
        action.add_argument("--port", type=int, default=0, help="the port on 127.0.0.1; 0: a free one")
        action.add_argument("--state", type=Path, help="the folder of all state; default: a new temporary one")
        action.add_argument("--time-scale", type=float, default=0.0, help="real seconds slept per second waited")
        action.add_argument(
            "--image",
            type=_image,
            action="append",
            default=[],
            metavar="NAME=BINARY",
            help="the binary that stands for a container image; may be repeated",
        )
    execute.add_argument("command", nargs=argparse.REMAINDER, help="-- COMMAND...")
    return parser


def _image(text: str) -> tuple[str, Path]:
    name, separator, binary = text.partition("=")
    if not separator or not Path(binary).is_file():
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=BINARY with a file that exists")
    return name, Path(binary).resolve()


def _serve(server: Server) -> int:
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    print(f"ready {server.engine.endpoint}", flush=True)
    stopping.wait()
    return 0


def _execute(server: Server, command: list[str]) -> int:
    """Runs the command in a process group of its own, which gets our signals and ends with it.

    Where we have the terminal the group gets it, so that the command can read from it and Ctrl-C reaches it.
    """
    words = command[1:] if command[0] == "--" else command
    # `main` has cleaned our own environment. What is left of it, as the exceptions to a proxy, comes first.
    environment = {**server.engine.environment(), **os.environ, "WRASSE_STATE": str(server.engine.state)}
    terminal = os.isatty(TERMINAL) and os.tcgetpgrp(TERMINAL) == os.getpgrp()
    process: subprocess.Popen[bytes] | None = None
    early: list[int] = []

    def receive(number: int, frame: object) -> None:
        if process is None:
            early.append(number)
        else:
            _pass_on(process, number)

    # Before there is a command: what it starts may be told to end before we would get to it.
    signal.signal(signal.SIGINT, receive)
    signal.signal(signal.SIGTERM, receive)
    process = subprocess.Popen(words, env=environment, process_group=0, preexec_fn=_prepare(terminal))
    for number in early:
        _pass_on(process, number)
    try:
        code = process.wait()
    finally:
        _signal_group(process, signal.SIGKILL)
        if terminal:
            _take_terminal()
    return code if code >= 0 else 128 - code


def _prepare(terminal: bool) -> Callable[[], None]:
    """What the command's process does before it becomes the command."""
    ask_for_signal = die_with_parent(signal.SIGKILL)

    def prepare() -> None:
        if ask_for_signal is not None:
            ask_for_signal()
        if terminal:
            _take_terminal()
            # Ctrl-Z would stop the command alone, and the shell would wait for the engine in vain.
            signal.signal(signal.SIGTSTP, signal.SIG_IGN)

    return prepare


def _take_terminal() -> None:
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.tcsetpgrp(TERMINAL, os.getpgrp())
    signal.signal(signal.SIGTTOU, before)


def _pass_on(process: subprocess.Popen[bytes], number: int) -> None:
    if number == signal.SIGTERM:
        _end_group(process)
    else:
        _signal_group(process, signal.SIGINT)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    _signal_group(process, signal.SIGTERM)
    killing = threading.Timer(STOP_GRACE_SECONDS, _signal_group, (process, signal.SIGKILL))
    killing.daemon = True
    killing.start()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


if __name__ == "__main__":
    sys.exit(main())
