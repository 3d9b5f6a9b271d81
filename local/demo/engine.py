"""The engine under which the demo runs. Its process starts the demo again as its command, and ends with it."""

from __future__ import annotations

import os
import sys
import time
import urllib.request
from pathlib import Path
from typing import NoReturn

from demo.context import FOLDER, DemoFailed, Stopwatch

ENDPOINT = "AWS_ENDPOINT_URL"
STATE = "WRASSE_STATE"
BEGIN = "WRASSE_DEMO_BEGIN"
HEALTH_TIMEOUT_SECONDS = 2


def running() -> tuple[str, Path] | None:
    """Endpoint and state folder of the engine that this process is a command of, if it is one."""
    if STATE not in os.environ:
        return None
    return os.environ[ENDPOINT], Path(os.environ[STATE])


def watch() -> Stopwatch:
    """Runs since `start`; since now where somebody else started the engine, and the demo can't know when."""
    begin = os.environ.get(BEGIN)
    return Stopwatch(None if begin is None else float(begin))


def start(images: list[str], arguments: list[str]) -> NoReturn:
    """Becomes the engine, with `python -m demo ARGUMENTS` as its command. `images` are NAME=BINARY."""
    state = FOLDER / "engine"
    if (endpoint := answering(state)) is not None:
        raise DemoFailed(f"a demo is running already, at {endpoint}: end it with Ctrl-C in its terminal")
    command = [sys.executable, "-m", "wrasse_local", "exec", "--state", str(state)]
    for image in images:
        command += ["--image", image]
    os.environ[BEGIN] = str(time.monotonic())
    os.execv(sys.executable, [*command, "--", sys.executable, "-m", "demo", *arguments])


def answering(state: Path) -> str | None:
    """The endpoint of the engine that has this state folder, unless there is none or it ended without a word."""
    try:
        endpoint = (state / "endpoint").read_text().strip()
        urllib.request.urlopen(f"{endpoint}/_engine/health", timeout=HEALTH_TIMEOUT_SECONDS).close()
    except OSError:
        return None
    return endpoint
