"""`python -m wrasse_local serve` and `python -m wrasse_local exec -- COMMAND...`."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import FrameType

from .server import Server


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if options.action == "exec" and not options.command:
        _parser().error("exec needs a command: wrasse_local exec [options] -- COMMAND...")
    state = options.state or Path(tempfile.mkdtemp(prefix="wrasse-"))
    server = Server(state, port=options.port, time_scale=options.time_scale, images=dict(options.image))
    try:
        server.start()
        return _serve(server) if options.action == "serve" else _execute(server, options.command)
    finally:
        server.stop()


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
    """Runs in our process group, so Ctrl-C reaches the command too; we wait for its answer to it."""
    words = command[1:] if command[0] == "--" else command
    environment = {
        **os.environ,
        **server.engine.environment(),
        "WRASSE_STATE": str(server.engine.state),
    }
    process = subprocess.Popen(words, env=environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, frame: process.terminate())
    code = process.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
