"""The tests' own server leaves nothing running behind, however the tests end."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests_demo.conftest import START_SECONDS, Server

LOCAL = Path(__file__).resolve().parents[1]
RUN_UNTIL_KILLED = """
import sys, time
from pathlib import Path
from tests_demo.conftest import running_server
with running_server(Path(sys.argv[1])):
    print("ready", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    # pytest's own folders can't be entered by the user that PostgreSQL runs as, and their paths are long for a socket.
    path = Path(tempfile.mkdtemp(prefix="wrasse-tests-"))
    yield path
    # The dying server may still be removing files of its own.
    shutil.rmtree(path, ignore_errors=True)


def test_the_server_ends_with_tests_that_are_killed(folder: Path) -> None:
    command = [sys.executable, "-c", RUN_UNTIL_KILLED, str(folder)]
    with subprocess.Popen(command, cwd=LOCAL, stdout=subprocess.PIPE, text=True) as tests:
        assert tests.stdout is not None
        assert tests.stdout.readline() == "ready\n"
        server = Server(folder)
        server.connect("postgres").close()
        tests.kill()
    deadline = time.monotonic() + START_SECONDS
    while answers(server) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not answers(server)


def answers(server: Server) -> bool:
    try:
        server.connect("postgres").close()
    except psycopg.OperationalError:
        return False
    return True
